"""Feeding through the gate: who may, replacement, all or nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import connection

from espace_sante.acces import controle
from espace_sante.acces.alimentation import alimenter
from espace_sante.acces.consentements import recueillir_consentement
from espace_sante.acces.errors import (
    AccesRefuse,
    AlimentationRefusee,
    ConsentementRefuse,
)
from espace_sante.acces.mon_espace import ouvrir_mon_espace
from espace_sante.acces.porte import open_dossier
from espace_sante.acces.tests.fabrique import (
    CONTEXTE,
    document,
    dossier,
    lot,
    professionnel,
    titulaire,
)  # fmt: skip
from espace_sante.documents.filtre import Filtre
from espace_sante.identite.acteurs import Acteur
from espace_sante.kernel.codes import GenreActeur, ModeAcces, ModeAuthentification
from espace_sante.platform.postgres.rls import portee

pytestmark = pytest.mark.django_db


def _refus(acteur, cible, **autres) -> str:
    autres = {"identite_qualifiee": True, **autres}
    with pytest.raises(AccesRefuse) as refus, open_dossier(acteur, cible, contexte=CONTEXTE, **autres):
        pytest.fail("opened")
    return refus.value.code


@pytest.mark.rule(
    "ACC-31", "ACC-75", "ACC-76", "IDN-62", "IDN-63", "IDN-65", "DOC-10", "DOC-12", "FHR-32", "FHR-33"
)
def test_a_structure_feeds_with_a_named_author_and_never_reads() -> None:
    _, numero = dossier()
    medecin = professionnel(structure="1990000055")
    structure = Acteur(
        genre=GenreActeur.STRUCTURE, nom="Hôpital", structure_id="1990000055",
        mode_authentification=ModeAuthentification.INDIRECTE,
    )  # fmt: skip
    alimenter(structure, numero, lot(structure, document(auteur=medecin)), contexte=CONTEXTE)
    from espace_sante.documents.metadonnees import Auteur

    anonyme = document(
        auteurs=(Auteur("organisation", structure_idnat="1990000055", structure_nom="Hôpital"),)
    )
    with pytest.raises(AlimentationRefusee, match="auteur_manquant"):
        alimenter(structure, numero, lot(structure, anonyme), contexte=CONTEXTE)
    assert _refus(structure, numero) == "authentification_insuffisante"
    secretaire = Acteur(
        genre=GenreActeur.STRUCTURE, nom="Secrétariat", structure_id="1990000055", deux_facteurs=True
    )
    recueillir_refuse = pytest.raises(ConsentementRefuse, match="consentement_interdit")
    with recueillir_refuse:
        recueillir_consentement(secretaire, numero, contexte=CONTEXTE)
    assert _refus(secretaire, numero) == "consentement_absent"


@pytest.mark.rule("ACC-14", "FHR-80", "DOC-31", "FHR-102", "DOC-29", "FHR-99", "DOC-30", "FHR-103")
def test_depositor_must_be_the_source_and_only_the_author_replaces() -> None:
    dossier_id, numero = dossier()
    auteur, autre = professionnel("99000000061"), professionnel("99000000062", structure="1990000062")
    ancien = document(auteur=auteur)
    with pytest.raises(AlimentationRefusee, match="deposant_inconnu"):
        alimenter(autre, numero, lot(auteur, ancien), contexte=CONTEXTE)
    alimenter(auteur, numero, lot(auteur, ancien), contexte=CONTEXTE)
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        espace.masquer(ancien.id)
    cible = ancien.metadonnees.unique_id
    with pytest.raises(AlimentationRefusee, match="non_auteur"):
        alimenter(autre, numero, lot(autre, document(auteur=autre, remplace=cible)), contexte=CONTEXTE)
    with pytest.raises(AlimentationRefusee, match="remplacement_inconnu"):
        alimenter(
            auteur,
            numero,
            lot(auteur, document(auteur=auteur, remplace="urn:oid:1.2.3.4")),
            contexte=CONTEXTE,
        )
    neuf = document(auteur=auteur, remplace=cible)
    alimenter(auteur, numero, lot(auteur, neuf), contexte=CONTEXTE)
    with pytest.raises(AlimentationRefusee, match="deja_remplace"):
        alimenter(auteur, numero, lot(auteur, document(auteur=auteur, remplace=cible)), contexte=CONTEXTE)
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        assert [d.id for d in espace.lister(Filtre()).elements] == [neuf.id]
        # The holder's mask passes on to the replacement.
        assert espace.document(neuf.id).masque_ps
        assert espace.document(ancien.id).statut == "superseded"
        assert espace.document(ancien.id).remplace_par_id == neuf.id


@pytest.mark.rule("AUD-04", "DOC-15", "FHR-40", "FHR-61")
def test_an_act_whose_trace_fails_fails_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    dossier_id, numero = dossier()
    medecin = professionnel()

    def panne(*_: object) -> None:
        raise RuntimeError("trace")

    with monkeypatch.context() as m:
        m.setattr("espace_sante.acces.alimentation.tracer", panne)
        with pytest.raises(RuntimeError):
            alimenter(medecin, numero, lot(medecin, document(auteur=medecin)), contexte=CONTEXTE)
    with portee(dossier_id), connection.cursor() as c:
        for table in ("documents_document", "documents_contenu", "documents_lot", "documents_registre"):
            c.execute(f"SELECT count(*) FROM {table}")
            assert c.fetchone() == (0,), table


@pytest.mark.rule("EMG-14")
def test_feeding_in_an_emergency_follows_the_holder_s_switch() -> None:
    dossier_id, numero = dossier()
    urgentiste = replace(professionnel(), finalite=ModeAcces.BRIS_DE_GLACE)
    alimenter(urgentiste, numero, lot(urgentiste, document(auteur=urgentiste)), contexte=CONTEXTE)
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        controle.regler(espace, "urgence_alimentation", permis=False)
    with pytest.raises(AlimentationRefusee, match="oppose_par_titulaire"):
        alimenter(urgentiste, numero, lot(urgentiste, document(auteur=urgentiste)), contexte=CONTEXTE)
    # An ordinary deposit is not an emergency.
    medecin = professionnel()
    alimenter(medecin, numero, lot(medecin, document(auteur=medecin)), contexte=CONTEXTE)
