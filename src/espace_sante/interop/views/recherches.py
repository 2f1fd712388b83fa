"""ITI-67: search of DocumentReference (FHR-16, FHR-22 to FHR-27, FHR-106 to FHR-117)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse

from espace_sante.acces.existence import tester_existence
from espace_sante.acces.modification import dossier_de
from espace_sante.acces.porte import resoudre
from espace_sante.documents.filtre import Filtre
from espace_sante.documents.queries import Fiche, Page
from espace_sante.interop import reponses
from espace_sante.interop.fhir import patient
from espace_sante.interop.fhir.constats import Constat, RefusFhir
from espace_sante.interop.fhir.curseur import Reprise
from espace_sante.interop.fhir.erreurs import Erreur
from espace_sante.interop.fhir.identifiants import composer
from espace_sante.interop.fhir.presentation import Presentation, lire_presentation
from espace_sante.interop.fhir.recherche import Recherche, lire_recherche
from espace_sante.interop.fhir.rendu import absolue, ressource
from espace_sante.interop.requete import Appel, base, lire_parametres
from espace_sante.interop.views.enveloppe import vue_fhir
from espace_sante.interop.views.pages import CURSEUR, liens, reprendre
from espace_sante.interop.views.patients import PORTEES
from espace_sante.kernel.ins import Ins

_PERSONNE: Final = UUID(int=0)
_SUJET: Final = "DocumentReference:subject"


@vue_fhir("ITI-67")
def documents(appel: Appel) -> HttpResponse:
    """GET [base]/DocumentReference?… and POST [base]/DocumentReference/_search."""
    parametres = lire_parametres(appel.requete)
    vue, avis = lire_presentation(parametres, "DocumentReference", strict=appel.strict)
    texte = next((valeur for nom, valeur in parametres if nom == CURSEUR), "")
    if texte:
        reprise = reprendre(appel, texte, Filtre)
        page = _lister(appel, reprise.dossier_id, reprise.filtre)
        return _reponse(appel, page, reprise, f"?{urlencode([(CURSEUR, texte), *vue.utilises])}", vue, avis)
    demande = lire_recherche(
        parametres,
        maintenant=datetime.now(UTC),
        fictifs=settings.ES_INSTANCE != "production",
        strict=appel.strict,
    )
    if vue.resume == "count":
        demande = replace(demande, filtre=replace(demande.filtre, limite=0))
    if not vue.total:
        demande = replace(demande, filtre=replace(demande.filtre, avec_total=False))
    return _chercher(appel, demande, vue, avis)


def _chercher(appel: Appel, demande: Recherche, vue: Presentation, avis: Sequence[Constat]) -> HttpResponse:
    cible: Ins | UUID | None = demande.ins or demande.dossier_id
    if cible is None:
        cible = _dossier_de(demande.filtre.identifiants)
    if demande.ins and demande.dossier_id and resoudre(demande.ins) != demande.dossier_id:
        demande = replace(demande, vide=True)
    filtre = replace(demande.filtre, limite=0, avec_total=False) if demande.vide else demande.filtre
    with appel.ouvrir(cible) as dossier:
        page = dossier.lister_fiches(filtre)
        dossier_id = dossier.dossier_id
    if demande.vide:
        page = Page((), 0, None)
    lien = "?" + urlencode([("patient", f"Patient/{dossier_id}"), *demande.utilises, *vue.utilises])
    return _reponse(
        appel, page, Reprise(dossier_id, demande.filtre), lien, vue, (*avis, *demande.avertissements)
    )


def _dossier_de(identifiants: tuple[str, ...]) -> UUID:
    """The record that a uniqueId names by itself (FHR-106). Raises RefusFhir: an entryUUID asks for the patient.

    A number that nobody has gives the answer of a record that nobody has.
    """
    if not identifiants:
        raise RefusFhir([Erreur.CRITERE_PATIENT.constat("http.patient")])
    dossiers = {dossier_id for dossier_id, _ in dossier_de(identifiants)}
    if len(dossiers) > 1:
        raise RefusFhir([Erreur.CRITERE_PATIENT.constat("http.patient")])
    return dossiers.pop() if dossiers else _PERSONNE


def _lister(appel: Appel, dossier_id: UUID, filtre: Filtre) -> Page[Fiche]:
    with appel.ouvrir(dossier_id) as dossier:
        return dossier.lister_fiches(filtre)


def _reponse(
    appel: Appel,
    page: Page[Fiche],
    ici: Reprise[Filtre],
    lien: str,
    vue: Presentation,
    avis: Sequence[Constat],
) -> HttpResponse:
    racine = base()
    adresse = f"{racine}/DocumentReference"
    inclus: list[tuple[str, bytes]] = []
    if _SUJET in vue.inclusions and page.elements:
        if appel.acteur.portees & frozenset(PORTEES):
            inclus = _sujet(appel, ici.dossier_id, racine)
        else:
            avis = [*avis, Erreur.PORTEE.constat("http._include", gravite="warning")]
    return reponses.searchset(
        page.total if ici.filtre.avec_total else None,
        liens(appel, adresse, page.suite, ici, lien, list(vue.utilises)),
        fiches(page.elements, ici.dossier_id, racine, vue),
        avis,
        inclus,
    )


def fiches(
    elements: Sequence[Fiche], dossier_id: UUID, racine: str, vue: Presentation
) -> list[tuple[str, bytes]]:
    """(full URL, resource) of each document."""
    return [
        (f"{racine}/DocumentReference/{composer(dossier_id, f.id)}", vue.montrer(_ressource(f, racine)))
        for f in elements
    ]


def _sujet(appel: Appel, dossier_id: UUID, racine: str) -> list[tuple[str, bytes]]:
    """The patient, as TD0.2 gives it to the same caller (FHR-49). Authors are contained in their documents."""
    trouve = tester_existence(appel.acteur, dossier_id, contexte=appel.contexte)
    return [(f"{racine}/Patient/{dossier_id}", patient.rendre(trouve))] if trouve else []


def _ressource(fiche: Fiche, racine: str) -> bytes:
    if fiche.representation is not None:
        return absolue(fiche.representation, racine)
    assert fiche.document is not None  # noqa: S101 - a file without its resource carries its metadata
    return ressource(fiche.document, racine)
