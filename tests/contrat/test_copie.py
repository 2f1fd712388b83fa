"""What a holder's copy holds of each table that names his record, or why it does not (rules REG-01, REG-02)."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.db import connection

from espace_sante.acces.exportation.tests.lecture import copier, ouvrir
from espace_sante.dossier.models import Export
from espace_sante.identite.comptes import creer_compte
from espace_sante.identite.models import LienFranceConnect
from espace_sante.platform.postgres.rls import portee
from tests.contrat.test_tables import dossier_rempli

__all__ = ["dossier_rempli"]
pytestmark = pytest.mark.django_db

# Table → (file of the copy, what is looked for in it), for the record that `dossier_rempli` fills.
DANS_LA_COPIE = {
    "agenda_annotationrendezvous": ("agenda/rendez-vous.csv", "Apporter l’ordonnance"),
    "agenda_ficherendezvous": ("agenda/rendez-vous.csv", "Suivi déplacé"),
    "agenda_versionrendezvous": ("agenda/anciennes-versions.csv", "Suivi annuel"),
    "acces_appairage": ("compte/services.csv", "Carnet de tension"),
    "acces_blocage": ("compte/blocages.csv", "10000000002"),
    "acces_choixetablissement": ("reprise/acces_choixetablissement.jsonl", "1990000001"),
    "acces_codeacces": ("compte/codes-acces.csv", "20"),
    "acces_consentement": ("compte/accords.csv", "ponctuel"),
    "acces_exclusion": ("compte/equipes-sauf.csv", "Anne Morel"),
    "acces_partage": ("compte/partages.csv", "10000000001"),
    "acces_propositioncercle": ("reprise/acces_propositioncercle.jsonl", "Luc Petit"),
    "acces_referent": ("compte/roles.csv", "medecin_traitant"),
    "acces_urgence": ("compte/urgences.csv", "bris_de_glace"),
    "documents_classement": ("dossier/rangement.csv", "Analyses"),
    "documents_contenu": ("documents/", "%PDF-1.7 exemple"),
    "documents_document": ("index.csv", "Analyse de sang"),
    "documents_dossierperso": ("dossier/dossiers.csv", "Analyses"),
    "documents_epingle": ("dossier/rangement.csv", "oui"),
    "documents_lot": ("reprise/documents_lot.jsonl", "unique_id"),
    "documents_registre": ("fhir/dossier.json", "masterIdentifier"),
    "documents_suppression": ("dossier/suppressions.csv", "annulee"),
    "dossier_accordextraction": ("compte/choix.json", "lecture_automatique"),
    "dossier_dossier": ("compte/choix.json", "urgence_samu"),
    "dossier_export": ("compte/choix.json", "copies_demandees"),
    "documents_versiondocument": ("reprise/documents_versiondocument.jsonl", "entree"),
    "identite_ancienmatricule": ("compte/compte.json", "785037500001104"),
    "identite_compte": ("compte/compte.json", "paule.exemple"),
    "identite_lienfranceconnect": ("compte/compte.json", "lie_le"),
    "identite_titulaire": ("compte/compte.json", "EXEMPLE"),
    "notifications_avis": ("compte/avis.csv", "première fois"),
    "notifications_preference": ("compte/choix.json", '"documents"'),
    "notifications_venue": ("reprise/notifications_venue.jsonl", "acteur_id"),
    "profil_medical_appareil": ("fhir/dossier.json", "Ma balance"),
    "profil_medical_mesure": ("mesures/mesures.csv", "71,5"),
    "traces_etapesignalement": ("compte/demandes.json", "recu"),
    "traces_feuille": ("traces/preuves.json", '"journaux"'),
    "traces_signalement": ("compte/demandes.json", "Une information est fausse."),
    "traces_trace": ("traces/traces.csv", "depot"),
}
PAS_DANS_LA_COPIE = {
    "acces_abonnement": "what a software asked for its user; who asked is in the history",
    "acces_suiviabonnement": "which records the job of subscriptions looks at",
    "acces_envoiabonnement": "the queue of what software is told of; what it was told is in the history",
    "acces_controleurgence": "the operator's list; the opening itself is in compte/urgences.csv",
    "acces_sessionappairage": "codes and tokens of services, as hashes; the pairings are in compte/services.csv",
    "acces_essaicode": "counters of wrong codes for an hour; what was tried is in the history",
    "documents_depotprepare": "a professional's draft: nothing is in the record before he deposits it",
    "documents_echeance": "dates of the daily job; they would tell of a document that waits for its announcement",
    "documents_indextexte": "words taken from the documents, made again from them",
    "documents_retard": "a board of structures, about nobody",
    "dossier_morceauexport": "the pieces of former copies themselves",
    "identite_fusionafaire": "the operator's list of records to merge; what INSi said is in the history",
    "identite_indexins": "a keyed hash of the INS that is in compte/compte.json",
    "notifications_avisprofessionnel": "notices to professionals",
    "notifications_envoi": "e-mails about to leave, without any text",
    "traces_effacement": "that traces were destroyed: the proofs of the history say it",
    "traces_suivisignalement": "the operator's queue; the requests themselves are in compte/demandes.json",
}


@pytest.mark.rule("REG-01", "REG-02")
def test_each_table_of_a_record_is_in_the_copy_or_has_a_reason(dossier_rempli: UUID) -> None:
    with connection.cursor() as c:
        c.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
            " WHERE a.attname = 'dossier_id' AND NOT a.attisdropped AND c.relkind IN ('r', 'p')"
            " AND c.relnamespace = 'public'::regnamespace"
        )
        tables = {t for (t,) in c.fetchall()}
    assert set(DANS_LA_COPIE) | set(PAS_DANS_LA_COPIE) == tables, "a new table: in the copy, or why not"
    assert not set(DANS_LA_COPIE) & set(PAS_DANS_LA_COPIE)

    creer_compte(dossier_rempli, "paule.exemple", "Un-mot-2-passe-solide", "paule@example.test")
    LienFranceConnect.objects.create(dossier_id=dossier_rempli, sub="paule")
    with portee(dossier_rempli):
        Export.objects.filter(dossier_id=dossier_rempli).update(etat="detruit")
    fichiers = ouvrir(copier(dossier_rempli))
    absents = {
        table: nom
        for table, (nom, texte) in DANS_LA_COPIE.items()
        if not any(n.startswith(nom) and texte in contenu.decode() for n, contenu in fichiers.items())
    }
    assert absents == {}


@pytest.mark.rule("REG-02")
def test_no_table_of_the_copy_has_only_its_heading(dossier_rempli: UUID) -> None:
    creer_compte(dossier_rempli, "paule.exemple", "Un-mot-2-passe-solide", "paule@example.test")
    with portee(dossier_rempli):
        Export.objects.filter(dossier_id=dossier_rempli).update(etat="detruit")
    for nom, contenu in ouvrir(copier(dossier_rempli)).items():
        if nom.endswith(".csv"):
            assert len(contenu.decode().splitlines()) > 1, nom
