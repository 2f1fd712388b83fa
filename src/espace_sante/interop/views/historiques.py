"""Metadata versions of a DocumentReference: `_history` and one version (FHR-28)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import orjson
from django.http import HttpResponse

from espace_sante.documents.historique import Version
from espace_sante.documents.queries import DocumentVu
from espace_sante.interop import reponses
from espace_sante.interop.fhir.constats import RefusFhir
from espace_sante.interop.fhir.erreurs import Erreur
from espace_sante.interop.fhir.identifiants import decomposer
from espace_sante.interop.fhir.parametres import COMPTE_MAX
from espace_sante.interop.fhir.rendu import ressource
from espace_sante.interop.fhir.valeurs import ecrire_date, lire_instant
from espace_sante.interop.requete import Appel, base, lire_parametres
from espace_sante.interop.views.enveloppe import vue_fhir


@vue_fhir("ITI-67")
def lister(appel: Appel, fil: str) -> HttpResponse:
    """GET [base]/DocumentReference/<id>/_history: what the caller may know of its versions, newest first."""
    depuis: datetime | None = None
    compte = COMPTE_MAX
    for nom, valeur in lire_parametres(appel.requete):
        if nom == "_since":
            lu = lire_instant(valeur.replace(" ", "+"))
            if isinstance(lu, Erreur):
                raise RefusFhir([lu.constat("http._since")])
            depuis = lu
        elif nom == "_count":
            if not (valeur.isascii() and valeur.isdigit() and len(valeur) < 10):
                raise RefusFhir([Erreur.COMPTE_INVALIDE.constat("http._count")])
            compte = min(int(valeur), COMPTE_MAX)
    vu, versions = _versions(appel, fil)
    retenues = [v for v in versions if depuis is None or v.quand >= depuis]
    adresse = f"{base()}/DocumentReference/{fil}"
    entrees = [
        {
            "fullUrl": adresse,
            "resource": orjson.Fragment(ressource(_alors(vu, v), base())),
            "request": {
                "method": "POST" if v.version == 1 else "PATCH",
                "url": "DocumentReference" if v.version == 1 else f"DocumentReference/{fil}",
            },
            "response": {
                "status": "201" if v.version == 1 else "200",
                "etag": f'W/"{v.version}"',
                "lastModified": ecrire_date(v.quand),
            },
        }
        for v in retenues[:compte]
    ]
    lot = {
        "resourceType": "Bundle",
        "type": "history",
        "total": len(retenues),
        "link": [{"relation": "self", "url": f"{adresse}/_history"}],
        **({"entry": entrees} if entrees else {}),
    }
    return reponses.json(orjson.dumps(lot))


@vue_fhir("ITI-67")
def lire(appel: Appel, fil: str, version: int) -> HttpResponse:
    """GET [base]/DocumentReference/<id>/_history/<version>."""
    vu, versions = _versions(appel, fil)
    voulue = next((v for v in versions if v.version == version), None)
    if voulue is None:
        raise RefusFhir([Erreur.INTROUVABLE.constat()])
    reponse = reponses.json(ressource(_alors(vu, voulue), base()))
    return reponses.etiqueter(reponse, voulue.version, voulue.quand)


def _versions(appel: Appel, fil: str) -> tuple[DocumentVu, list[Version]]:
    ids = decomposer(fil)
    if ids is None:
        raise RefusFhir([Erreur.INTROUVABLE.constat()])
    with appel.ouvrir(ids[0]) as dossier:
        return dossier.versions_entieres(ids[1])


def _alors(vu: DocumentVu, version: Version) -> DocumentVu:
    """The document as its metadata were at that version."""
    return replace(
        vu,
        version=version.version,
        entree_courante=version.entree,
        statut=version.statut,
        confidentialite=version.confidentialite,
        masque_ps=version.masque_ps,
        invisible_patient=version.invisible_patient,
        invisible_representants=version.invisible_representants,
        archive=version.archive,
        maj_le=version.quand,
    )
