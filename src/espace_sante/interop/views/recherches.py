"""ITI-67: search of DocumentReference (FHR-16, FHR-22 to FHR-26, FHR-106 to FHR-117)."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse

from espace_sante.acces.porte import resoudre
from espace_sante.documents.filtre import Filtre
from espace_sante.documents.queries import Fiche, Page
from espace_sante.interop import reponses
from espace_sante.interop.fhir import curseur
from espace_sante.interop.fhir.constats import Constat, RefusFhir
from espace_sante.interop.fhir.curseur import Reprise
from espace_sante.interop.fhir.erreurs import Erreur
from espace_sante.interop.fhir.identifiants import composer
from espace_sante.interop.fhir.recherche import Recherche, lire_recherche
from espace_sante.interop.fhir.rendu import absolue, ressource
from espace_sante.interop.requete import Appel, base, lire_parametres
from espace_sante.interop.views.enveloppe import vue_fhir
from espace_sante.kernel.ins import Ins

_CURSEUR = "_curseur"


@vue_fhir("ITI-67")
def documents(appel: Appel) -> HttpResponse:
    """GET [base]/DocumentReference?… and POST [base]/DocumentReference/_search."""
    parametres = lire_parametres(appel.requete)
    texte = next((valeur for nom, valeur in parametres if nom == _CURSEUR), "")
    if texte:
        reprise = curseur.ouvrir(texte, cle=_cle(), appelant=_appelant(appel), maintenant=int(time.time()))
        page = _lister(appel, reprise.dossier_id, reprise.filtre)
        return _reponse(appel, page, reprise, f"?{urlencode({_CURSEUR: texte})}")
    demande = lire_recherche(
        parametres,
        maintenant=datetime.now(UTC),
        fictifs=settings.ES_INSTANCE != "production",
        strict=appel.strict,
    )
    return _chercher(appel, demande)


def _chercher(appel: Appel, demande: Recherche) -> HttpResponse:
    cible: Ins | UUID | None = demande.ins or demande.dossier_id
    if cible is None:
        # The gate opens a record, and a uniqueId alone does not name one (FHR-106 allows it: not offered yet).
        raise RefusFhir([Erreur.CRITERE_PATIENT.constat("http.patient")])
    if demande.ins and demande.dossier_id and resoudre(demande.ins) != demande.dossier_id:
        demande = replace(demande, vide=True)
    filtre = replace(demande.filtre, limite=0, avec_total=False) if demande.vide else demande.filtre
    with appel.ouvrir(cible) as dossier:
        page = dossier.lister_fiches(filtre)
        dossier_id = dossier.dossier_id
    if demande.vide:
        page = Page((), 0, None)
    lien = "?" + urlencode([("patient", f"Patient/{dossier_id}"), *demande.utilises])
    return _reponse(appel, page, Reprise(dossier_id, demande.filtre), lien, demande.avertissements)


def _lister(appel: Appel, dossier_id: UUID, filtre: Filtre) -> Page[Fiche]:
    with appel.ouvrir(dossier_id) as dossier:
        return dossier.lister_fiches(filtre)


def _reponse(
    appel: Appel, page: Page[Fiche], ici: Reprise, lien: str, avertissements: Sequence[Constat] = ()
) -> HttpResponse:
    racine = base()
    adresse = f"{racine}/DocumentReference"
    liens = [("self", adresse + lien)]
    position = ici.filtre.apres
    if page.suite or position:
        # Where the first page began is the same criteria without a position.
        liens.append(
            ("first", _lien(appel, adresse, Reprise(ici.dossier_id, replace(ici.filtre, apres=None))))
        )
    if page.suite:
        suivante = Reprise(ici.dossier_id, replace(ici.filtre, apres=page.suite), (*ici.avant, position))
        liens.append(("next", _lien(appel, adresse, suivante)))
    if position and ici.avant:
        precedente = Reprise(ici.dossier_id, replace(ici.filtre, apres=ici.avant[-1]), ici.avant[:-1])
        liens.append(("previous", _lien(appel, adresse, precedente)))
    ressources = [
        (f"{adresse}/{composer(ici.dossier_id, fiche.id)}", _ressource(fiche, racine))
        for fiche in page.elements
    ]
    return reponses.searchset(page.total, liens, ressources, avertissements)


def _ressource(fiche: Fiche, racine: str) -> bytes:
    if fiche.representation is not None:
        return absolue(fiche.representation, racine)
    assert fiche.document is not None  # noqa: S101 - a file without its resource carries its metadata
    return ressource(fiche.document, racine)


def _lien(appel: Appel, adresse: str, reprise: Reprise) -> str:
    scelle = curseur.sceller(reprise, cle=_cle(), appelant=_appelant(appel), maintenant=int(time.time()))
    return f"{adresse}?{urlencode({_CURSEUR: scelle})}"


@lru_cache(maxsize=1)
def _cle() -> bytes:
    return hashlib.sha256(b"espace-sante/curseur/" + settings.SECRET_KEY.encode()).digest()


def _appelant(appel: Appel) -> str:
    """Who may use the cursor again: the same person through the same software (FHR-24)."""
    return f"{appel.acteur.client_id}|{appel.acteur.identifiant}|{appel.acteur.structure_id}"
