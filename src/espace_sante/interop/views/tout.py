"""`Patient/<id>/$everything`: a holder takes what he sees by a token of his own, page by page (R4, POR-01)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

import orjson
from django.conf import settings
from django.http import HttpResponse

from espace_sante.acces.cercle import lire_le_mien
from espace_sante.acces.errors import CercleRefuse, EspaceFerme, ToutRefuse
from espace_sante.acces.exportation.fhir import patient
from espace_sante.acces.tout_lire import ToutVu, lire_tout
from espace_sante.documents.filtre import Filtre
from espace_sante.documents.queries import Fiche
from espace_sante.interop import reponses
from espace_sante.interop.fhir import cercle
from espace_sante.interop.fhir.constats import RefusFhir
from espace_sante.interop.fhir.curseur import Reprise
from espace_sante.interop.fhir.erreurs import Erreur
from espace_sante.interop.fhir.identifiants import composer
from espace_sante.interop.fhir.parametres import LectureParametres
from espace_sante.interop.fhir.rendu import absolue, ressource
from espace_sante.interop.fhir.valeurs import lire_id
from espace_sante.interop.requete import Appel, base, lire_parametres
from espace_sante.interop.views.enveloppe import vue_fhir
from espace_sante.interop.views.pages import CURSEUR, liens, reprendre

TYPES: Final = ("Patient", "CareTeam", "DocumentReference")


@dataclass(slots=True, kw_only=True)
class _Demande(LectureParametres):
    """`_count`, `_type`."""

    types: frozenset[str] = field(default=frozenset(TYPES))

    def type(self, nom: str, valeur: str) -> None:
        voulus = frozenset(valeur.split(","))
        if voulus <= frozenset(TYPES):
            self.types &= voulus
        else:
            self.invalide(nom)


@vue_fhir("patient/Patient.r")
def lire(appel: Appel, texte: str) -> HttpResponse:
    """GET [base]/Patient/<id>/$everything?_count=&_type=: the holder of the token, nobody else."""
    dossier_id = lire_id(texte)
    if dossier_id is None:
        raise RefusFhir([Erreur.INTROUVABLE.constat()])
    parametres = lire_parametres(appel.requete)
    if curseur := next((valeur for nom, valeur in parametres if nom == CURSEUR), ""):
        ici = reprendre(appel, curseur, Filtre)
        if ici.dossier_id != dossier_id:
            raise RefusFhir([Erreur.CURSEUR_INVALIDE.constat(f"http.{CURSEUR}")])
        return _page(appel, ici, f"?{urlencode({CURSEUR: curseur})}", ("DocumentReference",))
    demande = _Demande(fictifs=settings.ES_INSTANCE != "production")
    lecteurs = {"_count": demande.compte, "_type": demande.type, "_format": _rien, "_pretty": _rien}
    demande.lire(parametres, lecteurs, patient=(), strict=appel.strict)
    if demande.constats:
        raise RefusFhir(demande.constats)
    filtre = Filtre(limite=demande.limite if "DocumentReference" in demande.types else 0)
    utilises = [(nom, valeur) for nom, valeur in demande.utilises if nom.startswith(("_count", "_type"))]
    lien = f"?{urlencode(utilises)}" if utilises else ""
    return _page(appel, Reprise(dossier_id, filtre), lien, demande.types, demande)


def _rien(_nom: str, _valeur: str) -> None:
    """The format is negotiated elsewhere."""


def _page(
    appel: Appel,
    ici: Reprise[Filtre],
    lien: str,
    types: Collection[str],
    demande: _Demande | None = None,
) -> HttpResponse:
    racine = base()
    adresse = f"{racine}/Patient/{ici.dossier_id}/$everything"
    try:
        vu = lire_tout(appel.acteur, ici.dossier_id, ici.filtre, contexte=appel.contexte)
        autres = list(_autres(appel, vu, types, racine))
    except (ToutRefuse, CercleRefuse):
        raise RefusFhir([Erreur.TOUT_RESERVE.constat()]) from None
    except EspaceFerme:
        raise RefusFhir([Erreur.DICAH_D.constat()]) from None
    documents = (
        (
            f"{racine}/DocumentReference/{composer(ici.dossier_id, fiche.id)}",
            _document(fiche, ici.dossier_id, vu.caches, racine),
        )
        for fiche in vu.documents.elements
    )
    # The number of all kinds together is not asked for.
    suite = vu.documents.suite if "DocumentReference" in types else None
    return reponses.searchset(
        None,
        liens(appel, adresse, suite, ici, lien, []),
        [*autres, *documents],
        demande.avertissements if demande else (),
    )


def _autres(appel: Appel, vu: ToutVu, types: Collection[str], racine: str) -> Iterator[tuple[str, bytes]]:
    """Who he is, who treats him: on the first page."""
    dossier_id = vu.titulaire.dossier_id
    if "Patient" in types:
        yield f"{racine}/Patient/{dossier_id}", orjson.dumps(patient(vu.titulaire))
    if "CareTeam" in types:
        sien = lire_le_mien(appel.acteur, None, contexte=appel.contexte)
        service = cercle.Service(settings.ES_SERVICE_ID, settings.ES_SERVICE_NOM)
        yield f"{racine}/CareTeam/{dossier_id}", orjson.dumps(cercle.ressource(sien, racine, service))


def _document(fiche: Fiche, dossier_id: UUID, caches: Collection[UUID], racine: str) -> bytes:
    """The resource as the door gives it, without a word on a document that he may not know of."""
    if fiche.representation is not None:
        brut = absolue(fiche.representation, racine)
    else:
        assert fiche.document is not None  # noqa: S101 - a file without its resource carries its metadata
        brut = ressource(fiche.document, racine)
    tus = [composer(dossier_id, c) for c in caches]
    if not any(t.encode() in brut for t in tus):
        return brut
    lue = orjson.loads(brut)
    gardees = [r for r in lue.get("relatesTo", []) if not any(t in orjson.dumps(r).decode() for t in tus)]
    lue.pop("relatesTo", None)
    return orjson.dumps(lue | ({"relatesTo": gardees} if gardees else {}))
