"""ITI-65 and ITI-105: deposits (FHR-57 to FHR-96)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import TypeVar
from uuid import UUID

import orjson
from django.conf import settings
from django.http import HttpResponse

from espace_sante.acces.alimentation import alimenter
from espace_sante.acces.constats import noter_refus, noter_sans_depot
from espace_sante.acces.errors import AlimentationRefusee
from espace_sante.acces.porte import resoudre
from espace_sante.acces.renvois import deja_fait
from espace_sante.documents.depot import LotADeposer
from espace_sante.documents.metadonnees import Auteur, Code
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.models import Structure
from espace_sante.interop import reponses
from espace_sante.interop.fhir.affluence import Affluence
from espace_sante.interop.fhir.constats import RefusFhir, en_422, ressource_outcome
from espace_sante.interop.fhir.erreurs import Erreur
from espace_sante.interop.fhir.generation import generer
from espace_sante.interop.fhir.identifiants import composer
from espace_sante.interop.fhir.lot import LotLu, lire_lot
from espace_sante.interop.fhir.regles import Deposant, Regles
from espace_sante.interop.fhir.rendu import absolue
from espace_sante.interop.fhir.simplifie import DepotSimple, lire_simplifie
from espace_sante.interop.requete import Appel, base, lire_corps
from espace_sante.interop.views.enveloppe import refus_alimentation, vue_fhir
from espace_sante.interop.views.remplacements import ecarts
from espace_sante.kernel.codes import GenreActeur
from espace_sante.kernel.identifiants import rpps_vers_idnat
from espace_sante.kernel.ins import Ins
from espace_sante.traces.ecriture import Action

Lu = TypeVar("Lu", LotLu, DepotSimple)
_ETAG = 'W/"1"'
_INCONNU = UUID(int=0)
# A change of a structure's registration is seen within this time.
_MEMOIRE_S = 60
_SYSTEME_ETABLISSEMENT = "urn:oid:1.2.250.1.71.4.2.4"
_SYSTEME_CADRE = "urn:oid:1.2.250.1.213.1.1.4.9"


_AFFLUENCE = Affluence()


class _DejaLa(Exception):
    """The very same document is there already and the client asked for no second copy (FHR-79)."""

    def __init__(self, dossier_id: UUID, document_id: UUID) -> None:
        super().__init__()
        self.dossier_id = dossier_id
        self.document_id = document_id


@vue_fhir("ITI-65")
def lot(appel: Appel) -> HttpResponse:
    """POST [base]: a transaction Bundle, all or nothing (FHR-57, FHR-61)."""
    exiger_option("ITI-65")
    with _place(appel):
        return _lot(appel)


def _lot(appel: Appel) -> HttpResponse:
    lu = _lire(appel, lire_lot)
    si_absent = lu.si_absent and len(lu.documents) == 1
    try:
        dossier_id, depot = _deposer(appel, lu, si_absent=si_absent)
    except _DejaLa as deja:
        adresse = f"DocumentReference/{composer(deja.dossier_id, deja.document_id)}"
        return _transaction(
            [("200 OK", adresse if e.genre == "document" else "") for e in lu.entrees], lu, {}
        )
    ressources: dict[str, bytes] = {}
    if "return=representation" in appel.preferences:
        ressources = {
            f"DocumentReference/{composer(dossier_id, d.id)}": absolue(d.representation or b"", base())
            for d in depot.documents
        }
    return _transaction(lu.reponses(dossier_id), lu, ressources)


@vue_fhir("ITI-105")
def simplifie(appel: Appel) -> HttpResponse:
    """POST [base]/DocumentReference: one document with its content inside (FHR-92)."""
    exiger_option("ITI-105")
    with _place(appel):
        return _simplifie(appel)


@vue_fhir("ITI-106")
def fiche_generee(appel: Appel) -> HttpResponse:
    """POST [base]/DocumentReference/$generate-metadata: the DocumentReference of a CDA; nothing is stored (FHR-97)."""
    exiger_option("ITI-106")
    with _place(appel):
        try:
            ressource, ins = generer(lire_corps(appel.requete), _regles(appel.acteur))
        except RefusFhir as refus:
            _tracer_refus(appel, refus, None)
            raise
    noter_sans_depot(appel.acteur, "essai", contexte=appel.contexte, ins=ins)
    return reponses.json(ressource)


def exiger_option(transaction: str) -> None:
    """An option of deposit that the operator left on (FHR-98). Raises RefusFhir 405."""
    if transaction not in settings.ES_FHIR_DEPOTS:
        raise RefusFhir([Erreur.METHODE.constat()])


def _simplifie(appel: Appel) -> HttpResponse:
    lu = _lire(appel, lire_simplifie)
    si_absent = appel.requete.headers.get("If-None-Exist", "").startswith("identifier=")
    try:
        dossier_id, depot = _deposer(appel, lu, si_absent=si_absent)
    except _DejaLa as deja:
        reponse = reponses.json(orjson.dumps(ressource_outcome(lu.avertissements, base())), 200)
        reponse["Location"] = f"{base()}/DocumentReference/{composer(deja.dossier_id, deja.document_id)}"
        return reponse
    corps = b""
    if "return=OperationOutcome" in appel.preferences:
        corps = orjson.dumps(ressource_outcome(lu.avertissements, base()))
    elif "return=minimal" not in appel.preferences:
        corps = absolue(depot.documents[0].representation or b"", base())
    reponse = reponses.json(corps, 201)
    reponse["Location"] = f"{base()}/DocumentReference/{composer(dossier_id, lu.id)}"
    return reponses.etiqueter(reponse, 1, lu.regles.maintenant)


def _transaction(lignes: list[tuple[str, str]], lu: LotLu, ressources: dict[str, bytes]) -> HttpResponse:
    """The transaction-response, in the order of the request; warnings go with the first entry (FHR-59)."""
    avis = orjson.dumps(ressource_outcome(lu.avertissements, base())) if lu.avertissements else b""
    entrees = []
    for rang, (statut, adresse) in enumerate(lignes):
        reponse: dict[str, object] = {"status": statut}
        if adresse:
            reponse |= {"location": adresse, "etag": _ETAG}
        if avis and rang == 0:
            reponse["outcome"] = orjson.Fragment(avis)
        entree: dict[str, object] = {"response": reponse}
        if adresse in ressources:
            entree["resource"] = orjson.Fragment(ressources[adresse])
        entrees.append(entree)
    return reponses.json(
        orjson.dumps({"resourceType": "Bundle", "type": "transaction-response", "entry": entrees})
    )


@contextmanager
def _place(appel: Appel) -> Iterator[None]:
    """Room for the body and its contents until they are stored, asked for before the body is read."""
    annonce = appel.requete.headers.get("Content-Length", "0")
    octets = int(annonce) if annonce.isascii() and annonce.isdigit() else 0
    if octets > settings.ES_FHIR_MAX_REQUETE:
        octets = 0  # it will be refused unread
    with ExitStack() as pile:
        try:
            pile.enter_context(_AFFLUENCE.entrer(octets))
        except RefusFhir as refus:
            _tracer_refus(appel, refus, None)
            raise
        yield


def _lire(appel: Appel, lecteur: Callable[[bytes, Regles], Lu]) -> Lu:
    try:
        return lecteur(lire_corps(appel.requete), _regles(appel.acteur))
    except RefusFhir as refus:
        _tracer_refus(appel, refus, None)
        raise


def _deposer(appel: Appel, lu: LotLu | DepotSimple, *, si_absent: bool) -> tuple[UUID, LotADeposer]:
    """Store through the gate. Raises RefusFhir, _DejaLa."""
    dossier_id = resoudre(lu.ins) if lu.ins else lu.dossier_id
    constats = []
    if lu.dossier_id not in (None, dossier_id):
        constats.append(Erreur.PATIENTS_DIFFERENTS.constat())
    if dossier_id is not None:
        # Another number in a content is good when it is a former one of the same person (CDA-23).
        constats += [
            Erreur.INS_DIFFERENT.constat(chemin)
            for ins, chemin in lu.ins_a_verifier
            if resoudre(ins) != dossier_id
        ]
    if constats:
        refus = RefusFhir(en_422(constats) if isinstance(lu, DepotSimple) else constats)
        _tracer_refus(appel, refus, lu.ins)
        raise refus
    if (
        dossier_id is not None
        and "X-Request-Id" in appel.requete.headers
        and (deja := _reprendre(appel, lu, dossier_id))
    ):
        return dossier_id, deja
    depot = lu.a_deposer(dossier_id or _INCONNU)
    cible = dossier_id or lu.ins
    assert cible is not None  # noqa: S101 - a request that names nobody was refused before
    try:
        fait = alimenter(
            appel.acteur,
            cible,
            depot,
            contexte=appel.contexte,
            identite_qualifiee=appel.identite_non_contredite,
        )
    except AlimentationRefusee as refuse:
        if si_absent and refuse.existant is not None and dossier_id is not None:
            raise _DejaLa(dossier_id, refuse.existant) from None
        raise refus_alimentation(refuse, dossier_id, simple=isinstance(lu, DepotSimple)) from None
    if fait.noms_differents:
        lu.avertissements.append(Erreur.NOMS_DIFFERENTS.constat(gravite="warning"))
    lu.avertissements.extend(ecarts(lu, fait))
    return fait.dossier_id, depot


def _reprendre(appel: Appel, lu: LotLu | DepotSimple, dossier_id: UUID) -> LotADeposer | None:
    """The deposit of this very request when it was answered before, with the ids and the time of then (FHR-91).

    Asked only of a client that names its requests. Raises RefusFhir 409 when the name was used for another body.
    """
    fait = deja_fait(appel.acteur, dossier_id, appel.contexte)
    if fait is None:
        return None
    envoyes = {d.lu.metadonnees.unique_id: d.lu.metadonnees.sha1 for d in lu.a_ranger}
    depot = None
    if envoyes == {n: d.sha1 for n, d in fait.documents.items()} and len(lu.classeurs) == len(fait.classeurs):
        for document in lu.a_ranger:
            garde = fait.documents[document.lu.metadonnees.unique_id]
            document.id, document.entree = garde.id, garde.entree
        for classeur, (identifiant, _) in zip(lu.classeurs, fait.classeurs, strict=True):
            classeur.renommer(identifiant)
        lu.renommer(fait.lot_id)
        lu.regles = replace(lu.regles, maintenant=fait.quand)
        depot = lu.a_deposer(dossier_id)
    if depot is None or not fait.meme_corps(depot, avec_listes=isinstance(lu, LotLu)):
        refus = RefusFhir([Erreur.REQUETE_DIFFERENTE.constat()])
        _tracer_refus(appel, refus, lu.ins)
        raise refus
    noter_sans_depot(appel.acteur, "renvoi", contexte=appel.contexte)
    return depot


def _tracer_refus(appel: Appel, refus: RefusFhir, ins: Ins | None) -> None:
    """A body that was refused is traced too; it reached no record (FHR-40, FHR-61)."""
    motif = next((c.code for c in refus.constats if c.refuse), "")
    noter_refus(appel.acteur, Action.DEPOT, motif[:40], contexte=appel.contexte, ins=ins)


def _regles(acteur: Acteur) -> Regles:
    production = settings.ES_INSTANCE == "production"
    return Regles(
        maintenant=datetime.now(UTC),
        deposant=_deposant(acteur),
        fictifs=not production,
        production=production,
        schema=settings.ES_CDA_XSD or None,
        max_document=settings.ES_FHIR_MAX_DOCUMENT,
    )


def _deposant(acteur: Acteur) -> Deposant:
    etablissement, cadre = _enregistrement(acteur.structure_id, int(time.monotonic() / _MEMOIRE_S))
    auteur = Auteur(
        "personne" if acteur.genre is GenreActeur.PROFESSIONNEL else "organisation",
        idnat=rpps_vers_idnat(acteur.rpps) if acteur.rpps else "",
        nom=acteur.nom,
        structure_idnat=acteur.structure_id,
        structure_nom=acteur.structure_nom,
    )
    return Deposant(auteur, f"urn:espace-sante-ouvert:client:{acteur.client_id}", etablissement, cadre)


@lru_cache(maxsize=4096)
def _enregistrement(structure_id: str, _periode: int) -> tuple[Code | None, Code | None]:
    """Facility type and practice setting of a structure's registration (FHR-94)."""
    if not structure_id:
        return None, None
    ligne = Structure.objects.filter(id=structure_id).values_list("etablissement_code", "cadre_code").first()
    etablissement, cadre = ligne or ("", "")
    return (
        Code(etablissement, _SYSTEME_ETABLISSEMENT) if etablissement else None,
        Code(cadre, _SYSTEME_CADRE) if cadre else None,
    )
