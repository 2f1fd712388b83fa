"""CareTeam: the circle of care, for its holder and its members (FHR-166)."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

import orjson
from django.conf import settings
from django.http import HttpResponse

from espace_sante.acces.cercle import Cercle, lire_le_cercle, lire_le_mien
from espace_sante.acces.errors import CercleRefuse, EspaceFerme
from espace_sante.acces.porte import Cible, resoudre
from espace_sante.interop import reponses
from espace_sante.interop.fhir.cercle import Service, lire_recherche, ressource
from espace_sante.interop.fhir.constats import RefusFhir
from espace_sante.interop.fhir.erreurs import Erreur
from espace_sante.interop.requete import Appel, base, lire_parametres
from espace_sante.interop.views.enveloppe import vue_fhir
from espace_sante.kernel.codes import GenreActeur


@vue_fhir("user/CareTeam.s", "patient/CareTeam.s")
def chercher(appel: Appel) -> HttpResponse:
    """GET [base]/CareTeam?patient.identifier=… and POST [base]/CareTeam/_search."""
    demande = lire_recherche(
        lire_parametres(appel.requete),
        fictifs=settings.ES_INSTANCE != "production",
        strict=appel.strict,
        titulaire=_titulaire(appel),
        service=_service(),
    )
    cible: Cible | None = demande.ins or demande.dossier_id
    if demande.ins and demande.dossier_id and resoudre(demande.ins) != demande.dossier_id:
        # They name two people, or nobody.
        cible = UUID(int=0)
    cercle = _lire(appel, cible)
    adresse = f"{base()}/CareTeam"
    retenus = [cercle] if all(critere(cercle) for critere in demande.criteres) else []
    lien = f"{adresse}?{urlencode([('patient', f'Patient/{cercle.dossier_id}'), *demande.utilises])}"
    return reponses.searchset(
        len(retenus),
        [("self", lien)],
        [(f"{adresse}/{c.dossier_id}", orjson.dumps(ressource(c, base(), _service()))) for c in retenus],
        demande.avertissements,
    )


def lire_ressource(appel: Appel, dossier_id: UUID) -> HttpResponse:
    """The circle of that record, as it stands."""
    return reponses.json(orjson.dumps(ressource(_lire(appel, dossier_id), base(), _service())))


def _lire(appel: Appel, cible: Cible | None) -> Cercle:
    try:
        if _titulaire(appel):
            return lire_le_mien(appel.acteur, cible, contexte=appel.contexte)
        if cible is None:
            raise RefusFhir([Erreur.CRITERE_PATIENT.constat("http.patient")])
        return lire_le_cercle(
            appel.acteur, cible, contexte=appel.contexte, identite_qualifiee=appel.identite_qualifiee
        )
    except CercleRefuse:
        raise RefusFhir([Erreur.CERCLE_RESERVE.constat()]) from None
    except EspaceFerme:
        raise RefusFhir([Erreur.DICAH_D.constat()]) from None


def _titulaire(appel: Appel) -> bool:
    return appel.acteur.genre is GenreActeur.TITULAIRE


def _service() -> Service:
    return Service(settings.ES_SERVICE_ID, settings.ES_SERVICE_NOM)
