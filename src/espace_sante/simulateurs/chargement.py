"""Loading the synthetic population into an empty installation, in one transaction (all or nothing).

Set-based, by COPY as owner: row-level security allows no COPY to the application's role. Documents are
sealed with their record's key exactly as a deposit does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

import psycopg
from django.contrib.auth.hashers import make_password
from django.db import connections

from espace_sante.documents.ecriture import auteur_principal
from espace_sante.documents.regles import jour_d_avis, jour_de_visibilite
from espace_sante.identite import professions
from espace_sante.identite.index import hacher
from espace_sante.kernel.codes import EtatProfil
from espace_sante.kernel.traits import plier
from espace_sante.platform.crypto import CleDossier, cle_maitre
from espace_sante.simulateurs.population import ASSURANCE_MALADIE, SERVICE, Population
from espace_sante.simulateurs.population.modeles import (
    DocumentFictif,
    ProfessionnelFictif,
    TitulaireFictif,
    VisiteFictive,
)
from espace_sante.traces.ecriture import Action, Resultat

# Hashing a password takes long on purpose: accounts are made for this many holders, records for all.
COMPTES_MAX = 300
_LOT = 20
_SANS_CLE = frozenset({EtatProfil.NON_NOTIFIE, EtatProfil.NOTIFIE, EtatProfil.OPPOSE, EtatProfil.SUPPRIME})

COLONNES = {
    "identite_structure": "id, nom, commune, code_postal, etablissement_code, cadre_code, commune_pliee",
    "identite_professionnel": "rpps, civilite, nom, prenom, actif, regulation, recherche",
    "identite_situationexercice": "id, professionnel_id, profession_systeme, profession_code, savoir_faire,"
    " structure_id, secteur, actif",
    "acces_equipesoins": "id, nom, structure_id",
    "acces_membreequipe": "equipe_id, rpps, depuis, jusqua",
    "identite_indexins": "ins_hache, dossier_id, actuel",
    "identite_titulaire": "dossier_id, matricule, oid, nom_naissance, prenoms, nom_utilise, prenom_utilise,"
    " date_naissance, sexe, lieu_naissance, statut_identite, courriel",
    "dossier_dossier": "dossier_id, etat, etat_depuis, ferme_le, motif_fermeture, cle_scellee, cle_maitre,"
    " remboursements_masques, urgence_samu, urgence_bris_de_glace, urgence_documents_masques, urgence_alimentation,"
    " masque_par_defaut, directives_masquees, antecedents_masques",
    "identite_compte": "id, identifiant, dossier_id, courriel, password, last_login, is_active",
    "identite_lienfranceconnect": "sub, dossier_id, lie_le",
    "acces_consentement": "dossier_id, id, genre, rpps, equipe_id, recueilli_le, expire_le, retire_le,"
    " recueilli_par, recueilli_par_nom, structure_id, structure_nom, mode_recueil",
    "documents_lot": "dossier_id, id, unique_id, source_id, date, titre, auteur_nom, auteur_idnat,"
    " auteur_structure, designation, depose_le, representation",
    "documents_document": "dossier_id, id, lot_id, unique_id, entree, version, statut, archive, type_code,"
    " type_systeme, type_libelle, classe_code, titre, description, langue, format_code, format_systeme, mime,"
    " taille, sha1, creation, date, periode_debut, periode_fin, etablissement_code, etablissement_systeme,"
    " cadre_code, cadre_systeme, evenements, confidentialite, masque_ps, masque_par, invisible_patient,"
    " invisible_representants, auteur_nom, auteur_idnat, auteur_structure, auteur_structure_nom,"
    " auteur_specialite, deposant_genre, deposant_rpps, deposant_structure, remplace_id, remplace_par_id,"
    " depose_le, maj_le, representation, representation_version",
    "documents_contenu": "dossier_id, document_id, scelle",
    "documents_versiondocument": "dossier_id, document_id, version, entree, statut, confidentialite, masque_ps,"
    " invisible_patient, invisible_representants, archive, quand, par",
    "documents_registre": "unique_id, dossier_id, document_id",
    "documents_echeance": "dossier_id, document_id, genre, quand",
    "traces_trace": "dossier_id, id, quand, acteur_genre, acteur_id, acteur_nom, profession, structure_id,"
    " structure_nom, structure_commune, action, resultat, motif, lettres, document_ids, document_type,"
    " document_titre, mode, matrice_edition, porte, logiciel, adresse_hachee, requete",
}


@dataclass(slots=True)
class Bilan:
    """What was loaded."""

    titulaires: int = 0
    documents: int = 0


class _Tampon:
    """Rows waiting for their COPY, table by table, in the order that foreign keys want."""

    def __init__(self, cx: psycopg.Connection[Any]) -> None:
        self._cx = cx
        self._lignes: dict[str, list[tuple[Any, ...]]] = {table: [] for table in COLONNES}

    def ajouter(self, table: str, *valeurs: Any) -> None:
        self._lignes[table].append(valeurs)

    def vider(self) -> None:
        with self._cx.cursor() as c:
            for table, lignes in self._lignes.items():
                if not lignes:
                    continue
                with c.copy(f"COPY {table} ({COLONNES[table]}) FROM STDIN") as copie:
                    for ligne in lignes:
                        copie.write_row(ligne)
                lignes.clear()


def deja_charge() -> bool:
    """Whether this installation has people already."""
    with connections["proprietaire"].cursor() as c:
        c.execute("SELECT EXISTS (SELECT 1 FROM identite_indexins)")
        return bool(c.fetchone()[0])


def charger(population: Population, avancement: Callable[[int], None] = lambda _: None) -> Bilan:
    """Load everyone; `avancement` is told the number of holders done. Durable when it returns."""
    connections["proprietaire"].ensure_connection()
    cx: psycopg.Connection[Any] = connections["proprietaire"].connection
    pros = {p.rpps: p for p in population.professionnels}
    bilan = Bilan()
    with cx.transaction():
        tampon = _Tampon(cx)
        _annuaire(tampon, population)
        for rang, titulaire in enumerate(population.titulaires(), start=1):
            _titulaire(tampon, titulaire, pros, bilan)
            bilan.titulaires += 1
            if rang % _LOT == 0:
                tampon.vider()
                avancement(rang)
        tampon.vider()
    with cx.cursor() as c:
        c.execute("ANALYZE")
    return bilan


def _annuaire(tampon: _Tampon, population: Population) -> None:
    debut = datetime(2020, 1, 1, tzinfo=UTC)
    for s in (*population.structures, ASSURANCE_MALADIE, SERVICE):
        tampon.ajouter(
            "identite_structure", s.id, s.nom, s.adresse.commune, s.adresse.code_postal,
            s.etablissement_code, s.cadre_code, plier(s.adresse.commune),
        )  # fmt: skip
    for p in population.professionnels:
        tampon.ajouter(
            "identite_professionnel", p.rpps, p.titre or p.civilite, p.nom, p.prenom, p.actif, p.regulation,
            plier(f"{p.nom} {p.prenom}"),
        )  # fmt: skip
        for x in p.situations:
            tampon.ajouter(
                "identite_situationexercice", str(x.id), p.rpps, x.profession_systeme, x.profession_code,
                x.savoir_faire, x.structure.id if x.structure else None, x.secteur[:10], x.actif,
            )  # fmt: skip
    for e in population.equipes:
        tampon.ajouter("acces_equipesoins", e.id, e.nom, e.structure_id)
        for rpps in e.membres:
            tampon.ajouter("acces_membreequipe", e.id, rpps, debut, None)
    tampon.vider()


def _titulaire(
    tampon: _Tampon,
    t: TitulaireFictif,
    pros: dict[str, ProfessionnelFictif],
    bilan: Bilan,
) -> None:
    cle, scellee = None, None
    if t.etat not in _SANS_CLE:
        cle, scellee = CleDossier.nouvelle(t.dossier_id.bytes)
    tampon.ajouter("identite_indexins", hacher(t.ins), t.dossier_id, True)
    tampon.ajouter(
        "identite_titulaire", t.dossier_id, t.ins.matricule, t.ins.oid, t.traits.nom_naissance, t.traits.prenoms,
        t.nom_utilise, t.prenom_utilise, t.traits.date_naissance, t.traits.sexe, t.traits.lieu_naissance,
        "QUALIFIEE", t.courriel,
    )  # fmt: skip
    ferme_le = t.etat_depuis.date() if t.etat is EtatProfil.CLOTURE else None
    tampon.ajouter(
        "dossier_dossier", t.dossier_id, t.etat.value, t.etat_depuis, ferme_le,
        t.motif if ferme_le else "", scellee, cle_maitre().nom if scellee else "", False,
        True, True, False, True, False, False, False,
    )  # fmt: skip
    if t.identifiant and t.rang < COMPTES_MAX:
        tampon.ajouter(
            "identite_compte", uuid5(t.dossier_id, "compte"), t.identifiant, t.dossier_id, t.courriel,
            make_password(t.mot_de_passe), None, True,
        )  # fmt: skip
        tampon.ajouter(
            "identite_lienfranceconnect", sub_franceconnect(t.dossier_id), t.dossier_id, t.etat_depuis
        )
    if cle is None:
        return
    for c in t.consentements:
        p = pros.get(c.recueilli_par)
        structure = _structure(p, c.structure_id)
        tampon.ajouter(
            "acces_consentement", t.dossier_id, c.id, c.genre, c.rpps, c.equipe, c.debut, c.fin, c.retire_le,
            c.recueilli_par, p.affichage if p else "", c.structure_id, structure[0], c.mode,
        )  # fmt: skip
    deposes: dict[UUID, DocumentFictif] = {}
    documents = list(t.documents())
    par_unique_id = {d.metadonnees.unique_id: d for d in documents}
    suites = {
        par_unique_id[d.metadonnees.remplace].id: d.id
        for d in documents
        if d.metadonnees.remplace in par_unique_id
    }
    for d in documents:
        ancien = par_unique_id.get(d.metadonnees.remplace)
        _document(tampon, t, d, cle, pros, ancien.id if ancien else None, suites.get(d.id))
        deposes[d.id] = d
        bilan.documents += 1
    for visite in t.visites:
        _visite(tampon, t, visite, deposes, pros)


def sub_franceconnect(dossier_id: UUID) -> str:
    """Subject that the local FranceConnect gives for a synthetic holder: opaque, always the same."""
    return uuid5(dossier_id, "franceconnect").hex


def _structure(p: ProfessionnelFictif | None, structure_id: str) -> tuple[str, str]:
    for x in p.situations if p else ():
        if x.structure and x.structure.id == structure_id:
            return x.structure.nom, x.structure.adresse.commune
    return "", ""


def _document(
    tampon: _Tampon, t: TitulaireFictif, d: DocumentFictif, cle: CleDossier,
    pros: dict[str, ProfessionnelFictif], remplace: UUID | None, remplace_par: UUID | None,
) -> None:  # fmt: skip
    m = d.metadonnees
    auteur = auteur_principal(m.auteurs)
    p = pros.get(d.deposant)
    if p:
        genre, rpps, structure = "professionnel", p.rpps, auteur.structure_idnat
    elif d.deposant:
        genre = "assurance_maladie" if m.type.code == "REMB" else "structure"
        rpps, structure = "", d.deposant
    else:
        genre, rpps, structure = "titulaire", "", ""
    par = f"8{rpps}" if rpps else structure or genre
    lot_id = uuid5(d.id, "lot")
    statut = "superseded" if remplace_par else "current"
    tampon.ajouter(
        "documents_lot", t.dossier_id, lot_id, f"urn:uuid:{lot_id}", "urn:oid:1.2.250.1.213.1.99", d.depose_le, "",
        auteur.affichage, auteur.idnat, auteur.structure_idnat, "", d.depose_le, None,
    )  # fmt: skip
    tampon.ajouter(
        "documents_document", t.dossier_id, d.id, lot_id, m.unique_id, d.entree, 1, statut, False, m.type.code,
        m.type.systeme, m.type.libelle, m.classe.code, m.titre, m.description, m.langue, m.format.code,
        m.format.systeme, m.mime, m.taille, m.sha1, m.creation, m.date, m.periode_debut, m.periode_fin,
        m.etablissement.code, m.etablissement.systeme, m.cadre.code, m.cadre.systeme,
        [e.code for e in m.evenements], m.confidentialite, m.masque_ps, "titulaire" if m.masque_ps else "",
        m.invisible_patient, m.invisible_representants, auteur.affichage, auteur.idnat, auteur.structure_idnat,
        auteur.structure_nom, auteur.specialite.code if auteur.specialite else "", genre, rpps, structure,
        remplace, remplace_par, d.depose_le, d.depose_le, None, 0,
    )  # fmt: skip
    tampon.ajouter("documents_contenu", t.dossier_id, d.id, cle.sceller(d.contenu, d.id.bytes))
    tampon.ajouter(
        "documents_versiondocument", t.dossier_id, d.id, 1, d.entree, statut, m.confidentialite, m.masque_ps,
        m.invisible_patient, m.invisible_representants, False, d.depose_le, par,
    )  # fmt: skip
    tampon.ajouter("documents_registre", m.unique_id, t.dossier_id, d.id)
    if m.invisible_patient:
        tampon.ajouter("documents_echeance", t.dossier_id, d.id, "avis", jour_d_avis(d.depose_le))
        tampon.ajouter(
            "documents_echeance", t.dossier_id, d.id, "visibilite", jour_de_visibilite(d.depose_le)
        )
    profession, structure_nom, commune = "", auteur.structure_nom, ""
    nom = auteur.structure_nom or auteur.affichage
    if p:
        profession, nom = _profession(p, structure), p.affichage
        structure_nom, commune = _structure(p, structure)
    elif genre == "titulaire":
        nom = (
            f"{t.prenom_utilise or t.traits.prenoms.split(' ')[0]} {t.nom_utilise or t.traits.nom_naissance}"
        )
        structure_nom = ""
    _trace(
        tampon, t, d.entree, d.depose_le, genre, rpps or structure or str(t.dossier_id), nom, profession,
        (structure, structure_nom, commune), Action.DEPOT, Resultat.FAIT, document=d, logiciel="LPS de démonstration",
    )  # fmt: skip


def _visite(
    tampon: _Tampon, t: TitulaireFictif, v: VisiteFictive, deposes: dict[UUID, DocumentFictif],
    pros: dict[str, ProfessionnelFictif],
) -> None:  # fmt: skip
    if v.acte == "depot":
        return
    p = pros[v.rpps]
    action = (
        Action.LECTURE if v.acte == "lecture" else Action.LISTE if v.acte == "ouverture" else Action.OUVERTURE
    )
    nom, commune = _structure(p, v.structure_id)
    _trace(
        tampon, t, v.id, v.moment, "professionnel", p.rpps, p.affichage, _profession(p, v.structure_id),
        (v.structure_id, nom, commune), action, Resultat.REFUS if v.refus else Resultat.FAIT,
        document=deposes.get(v.document) if v.document else None, motif=v.refus, logiciel="LPS de démonstration",
    )  # fmt: skip


def _profession(p: ProfessionnelFictif, structure_id: str) -> str:
    for x in p.situations:
        if x.structure is None or x.structure.id == structure_id:
            return professions.libelle(x.profession_systeme, x.profession_code)
    return ""


def _trace(
    tampon: _Tampon, t: TitulaireFictif, id_: UUID, quand: datetime, genre: str, acteur_id: str, nom: str,
    profession: str, structure: Iterable[str], action: Action, resultat: Resultat, *,
    document: DocumentFictif | None, motif: str = "", logiciel: str = "",
) -> None:  # fmt: skip
    identifiant, structure_nom, commune = structure
    tampon.ajouter(
        "traces_trace", t.dossier_id, id_, quand, genre, acteur_id, nom, profession, identifiant, structure_nom,
        commune, action.value, resultat.value, motif, "", [document.id] if document else [],
        document.metadonnees.type.code if document else "", document.metadonnees.titre if document else "",
        "normal", 1, "fhir", logiciel, "", uuid5(id_, "requete"),
    )  # fmt: skip
