"""A whole record from its copy, into an installation where it is not: the operator's act (POR-16, XDM-18).

Checked to the last byte first, then written in one transaction: all of it, or nothing. Documents keep their ids,
bytes, labels and versions, the history its acts and dates; the contents are sealed anew with a key of this place.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import psycopg
from django.db import Error, IntegrityError, transaction

from espace_sante.acces.exportation import reprise
from espace_sante.acces.exportation.noms import REPRISE
from espace_sante.acces.exportation.pieces import pieces
from espace_sante.acces.importation.copie import Copie, ouvrir
from espace_sante.acces.importation.erreurs import RepriseRefusee
from espace_sante.acces.importation.lignes import inserer
from espace_sante.documents.reprise import ranger_contenu
from espace_sante.dossier.models import Dossier
from espace_sante.dossier.services import NouveauDossier, creer
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.identite.index import hacher
from espace_sante.identite.insi.erreurs import InsDejaAttribue
from espace_sante.identite.models import AncienMatricule, IndexIns, Titulaire
from espace_sante.kernel.codes import EtatProfil
from espace_sante.kernel.ins import Ins
from espace_sante.kernel.traits import Traits
from espace_sante.platform.crypto import CleDossier
from espace_sante.platform.postgres.rls import portee
from espace_sante.traces.ecriture import Acte, Action, tracer

# Of the identity, what `creer` does not take: how sure it is, and since when.
_IDENTITE = (
    "statut_identite",
    "homonyme",
    "douteux",
    "fictif",
    "source_identite",
    "verifiee_le",
    "piece_identite",
)


@dataclass(frozen=True, slots=True)
class Reprise:
    """What was taken up."""

    dossier_id: UUID
    documents: int
    actes: int


def reprendre(parties: Sequence[Path], cle: bytes, *, acteur: Acteur, contexte: Contexte) -> Reprise:
    """Take up the record of these parts, signed with the other installation's key (PEM).

    Raises CopieAlteree, RepriseRefusee, DonneesRefusees (a real person in a demonstration), OSError. Traced.
    """
    with ExitStack() as pile:
        fichiers = [pile.enter_context(chemin.open("rb")) for chemin in parties]
        copie = pile.enter_context(ouvrir(fichiers, cle))
        _exiger_entiere(copie)
        try:
            with transaction.atomic():
                return _ecrire(copie, acteur, contexte)
        except InsDejaAttribue:
            raise _present() from None
        except (psycopg.errors.UniqueViolation, IntegrityError) as erreur:
            cause = erreur if isinstance(erreur, psycopg.Error) else erreur.__cause__
            if not isinstance(cause, psycopg.errors.UniqueViolation):
                raise _incoherente() from None
            if (cause.diag.table_name or "").startswith(("identite_", "dossier_")):
                raise _present() from None
            if not (cause.diag.table_name or "").startswith("documents_"):
                raise _incoherente() from None
            raise RepriseRefusee(
                "document_present", "Un document de cette copie est déjà ici : rien n'a été repris."
            ) from None
        except (psycopg.Error, Error, KeyError, TypeError, ValueError):
            raise _incoherente() from None


def _exiger_entiere(copie: Copie) -> None:
    m = copie.manifeste
    if not m["complete"] or m["presentes"] != list(range(1, m["parties"] + 1)):
        raise RepriseRefusee(
            "copie_partielle",
            f"Cette copie n'est pas entière : il faut toutes ses parties ({m['parties']}), et tous ses documents.",
        )
    connus = {reprise.PERSONNE, *(t.fichier for t in reprise.TABLES)}
    connus |= {t.fichier for p in pieces() for t in p.tables} | {
        s.fichier for p in pieces() for s in p.suites
    }
    if any(nom.startswith(f"{REPRISE}/") and nom not in connus for nom in copie.noms()):
        # What this copy of the product does not keep would be lost without a word.
        raise RepriseRefusee("version_inconnue", "Cette copie vient d'une version plus récente.")


def _ecrire(copie: Copie, acteur: Acteur, contexte: Contexte) -> Reprise:
    personne = orjson.loads(copie.lire(reprise.PERSONNE))
    dossier_id, nombre, actes = UUID(personne["dossier_id"]), 0, 0
    cle = _creer(dossier_id, personne["titulaire"], personne["dossier"])
    with portee(dossier_id):
        _completer(dossier_id, personne)
        inserer(reprise.LOTS, dossier_id, copie.lignes(reprise.LOTS.fichier))
        for objet in copie.lignes(reprise.DOCUMENTS.fichier):
            _document(copie, dossier_id, objet, cle)
            nombre += 1
        inserer(reprise.VERSIONS, dossier_id, copie.lignes(reprise.VERSIONS.fichier))
        for table in reprise.AUTRES:
            ecrites = inserer(table, dossier_id, copie.lignes(table.fichier))
            actes = ecrites if table.nom == "traces_trace" else actes
        _autres_pieces(copie, dossier_id, cle)
        _anciens(dossier_id)
        tracer(dossier_id, acteur, contexte, Acte(Action.REPRISE))
    return Reprise(dossier_id, nombre, actes)


def _autres_pieces(copie: Copie, dossier_id: UUID, cle: CleDossier) -> None:
    """What the rooms above keep; a copy made before a room existed has nothing of it."""
    presents = copie.noms()
    for piece in pieces():
        for table in piece.tables:
            if table.fichier in presents:
                inserer(table, dossier_id, copie.lignes(table.fichier))
        for suite in piece.suites:
            if suite.fichier in presents:
                suite.reprendre(dossier_id, cle, copie.lignes(suite.fichier))


def _creer(dossier_id: UUID, t: dict[str, Any], d: dict[str, Any]) -> CleDossier:
    cle = creer(
        NouveauDossier(
            dossier_id=dossier_id,
            ins=Ins.lire(t["matricule"], t["oid"], verifier_cle=False),
            traits=Traits(
                t["nom_naissance"], t["prenoms"], t["date_naissance"], t["sexe"], t["lieu_naissance"]
            ),
            etat=EtatProfil(d["etat"]),
            etat_depuis=datetime.fromisoformat(d["etat_depuis"]),
            nom_utilise=t["nom_utilise"],
            prenom_utilise=t["prenom_utilise"],
            courriel=t["courriel"],
            ferme_le=date.fromisoformat(d["ferme_le"]) if d["ferme_le"] else None,
            motif_fermeture=d["motif_fermeture"],
        )
    )
    if cle is None:
        raise _incoherente()
    return cle


def _completer(dossier_id: UUID, personne: dict[str, Any]) -> None:
    d, t = personne["dossier"], personne["titulaire"]
    reglages = {nom: bool(d[nom]) for nom in reprise.REGLAGES if nom in d}
    Dossier.objects.filter(dossier_id=dossier_id).update(**reglages)
    identite = {nom: t[nom] for nom in _IDENTITE if nom in t}
    if quand := identite.get("verifiee_le"):
        identite["verifiee_le"] = datetime.fromisoformat(quand)
    Titulaire.objects.filter(dossier_id=dossier_id).update(**identite)


def _document(copie: Copie, dossier_id: UUID, objet: dict[str, Any], cle: CleDossier) -> None:
    ligne = objet["ligne"]
    contenu = copie.lire(objet["fichier"])
    empreinte = hashlib.sha1(contenu, usedforsecurity=False).hexdigest()
    if len(contenu) != ligne["taille"] or ligne["sha1"] != f"\\x{empreinte}" or ligne["invisible_patient"]:
        raise _incoherente()
    inserer(reprise.DOCUMENTS, dossier_id, _une(ligne))
    ranger_contenu(dossier_id, UUID(ligne["id"]), ligne["unique_id"], contenu, cle)


def _une(ligne: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield ligne


def _anciens(dossier_id: UUID) -> None:
    """Former matricules find the record here too (INS-16)."""
    for ancien in AncienMatricule.objects.filter(dossier_id=dossier_id):
        IndexIns.objects.create(
            ins_hache=hacher(Ins(ancien.matricule, ancien.oid)), dossier_id=dossier_id, actuel=False
        )


def _present() -> RepriseRefusee:
    return RepriseRefusee("dossier_present", "Ce dossier est déjà ici : rien n'a été repris.")


def _incoherente() -> RepriseRefusee:
    return RepriseRefusee("donnees_incoherentes", "Cette copie se contredit : rien n'a été repris.")
