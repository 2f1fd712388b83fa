"""PATCH of a DocumentReference, by id or by criteria: status, labels, archive (FHR-124 to FHR-140)."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import orjson
from django.conf import settings
from django.http import HttpResponse

from espace_sante.acces.constats import noter_refus
from espace_sante.acces.errors import DocumentIntrouvable
from espace_sante.acces.modification import designer, dossier_de, modifier, volatiles
from espace_sante.acces.porte import resoudre
from espace_sante.documents.queries import DocumentVu
from espace_sante.documents.regles_modification import Volatiles
from espace_sante.interop import reponses
from espace_sante.interop.fhir.constats import RefusFhir, ressource_outcome
from espace_sante.interop.fhir.erreurs import Erreur
from espace_sante.interop.fhir.etiquettes import ORDRE
from espace_sante.interop.fhir.identifiants import decomposer
from espace_sante.interop.fhir.patch import LECTEURS, MAX_PATCH, Etat, Operation, appliquer
from espace_sante.interop.fhir.patch.operations import est_archivage
from espace_sante.interop.fhir.recherche import Recherche, lire_recherche
from espace_sante.interop.fhir.rendu import ressource
from espace_sante.interop.requete import Appel, base, lire_parametres, lire_patch
from espace_sante.interop.views.enveloppe import vue_fhir
from espace_sante.traces.ecriture import Action

# Who may feed may change what he fed; what else he may, the gate says (FHR-134).
_PORTEES = ("ITI-65", "ITI-105")
_VERSION = re.compile(r'(?:W/)?"(\d{1,9})"', re.ASCII)


@vue_fhir(*_PORTEES)
def par_id(appel: Appel, fil: str) -> HttpResponse:
    """PATCH [base]/DocumentReference/<id>."""
    operations = _lire(appel)
    ids = decomposer(fil)
    if ids is None:
        raise RefusFhir([Erreur.INTROUVABLE.constat()])
    return _modifier(appel, ids[0], (ids[1],), operations)


@vue_fhir(*_PORTEES)
def conditionnelle(appel: Appel) -> HttpResponse:
    """PATCH [base]/DocumentReference?identifier=…[&patient.identifier=…]: no match 404, several 412."""
    operations = _lire(appel)
    demande = lire_recherche(
        lire_parametres(appel.requete),
        maintenant=datetime.now(UTC),
        fictifs=settings.ES_INSTANCE != "production",
        strict=True,
    )
    identifiants = demande.filtre.identifiants
    criteres = {nom for nom, _ in demande.utilises}
    if not identifiants or criteres != {"identifier"}:
        raise RefusFhir([Erreur.CRITERE_IDENTIFIANT.constat("http.identifier")])
    dossier_id, ids = _designer(demande, identifiants)
    return _modifier(appel, dossier_id, ids, operations)


def _designer(demande: Recherche, identifiants: tuple[str, ...]) -> tuple[UUID, tuple[UUID, ...]]:
    """Record and documents that the criteria name. Raises DocumentIntrouvable."""
    if demande.ins is None and demande.dossier_id is None:
        # A uniqueId names its record by itself; an entryUUID does not, and asks for the patient.
        trouves = dossier_de(identifiants)
        if len({dossier_id for dossier_id, _ in trouves}) != 1:
            raise DocumentIntrouvable
        return trouves[0][0], tuple(document_id for _, document_id in trouves)
    dossier_id = resoudre(demande.ins) if demande.ins else demande.dossier_id
    if dossier_id is None or demande.vide or demande.dossier_id not in (None, dossier_id):
        raise DocumentIntrouvable
    return dossier_id, designer(dossier_id, identifiants)


def _lire(appel: Appel) -> tuple[Operation, ...]:
    """The operations; a body that is refused is traced (FHR-40)."""
    try:
        media, corps = lire_patch(appel.requete, LECTEURS, MAX_PATCH)
        return LECTEURS[media](corps)
    except RefusFhir as refus:
        _tracer_refus(appel, refus)
        raise


def _modifier(
    appel: Appel, dossier_id: UUID, ids: tuple[UUID, ...], operations: tuple[Operation, ...]
) -> HttpResponse:
    try:
        vu = modifier(
            appel.acteur,
            dossier_id,
            ids,
            lambda vu: _voulu(vu, operations),
            contexte=appel.contexte,
            identite_qualifiee=appel.identite_qualifiee,
            version=_version_vue(appel),
        )
    except RefusFhir as refus:
        _tracer_refus(appel, refus)
        raise
    if "return=OperationOutcome" in appel.preferences:
        corps = orjson.dumps(ressource_outcome([], base()))
    else:
        corps = b"" if "return=minimal" in appel.preferences else ressource(vu, base())
    return reponses.etiqueter(reponses.json(corps), vu.version, vu.maj_le)


def _voulu(vu: DocumentVu, operations: tuple[Operation, ...]) -> Volatiles:
    """What the operations want of this document. Raises RefusFhir 405, 422."""
    avant = volatiles(vu)
    drapeaux = (avant.masque_ps, avant.invisible_patient, avant.invisible_representants)
    montrees = (*(code for code, mis in zip(ORDRE, drapeaux, strict=True) if mis), avant.niveau)
    extensions = orjson.loads(ressource(vu, "")).get("extension", [])
    autres = sum(not est_archivage(e) for e in extensions)
    voulu = appliquer(operations, Etat(avant.statut, montrees, avant.archive, autres))
    masque, invisible, representants = (code in voulu.etiquettes for code in ORDRE)
    return replace(
        avant,
        statut=voulu.statut,
        archive=voulu.archive,
        niveau=voulu.etiquettes[-1],
        masque_ps=masque,
        invisible_patient=invisible,
        invisible_representants=representants,
    )


def _version_vue(appel: Appel) -> int | None:
    """The version of `If-Match`, None when any will do (FHR-13). Raises RefusFhir 412."""
    entete = appel.requete.headers.get("If-Match", "").strip()
    if entete in ("", "*"):
        return None
    forme = _VERSION.fullmatch(entete)
    if forme is None:
        raise RefusFhir([Erreur.VERSION_PERIMEE.constat("http.If-Match")])
    return int(forme[1])


def _tracer_refus(appel: Appel, refus: RefusFhir) -> None:
    motif = next((c.code for c in refus.constats if c.refuse), "")
    noter_refus(appel.acteur, Action.CONFIDENTIALITE, motif[:40], contexte=appel.contexte)
