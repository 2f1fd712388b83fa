"""An emergency declared by software, with the token that will serve for it (rules EMG-01, EMG-02, FHR-38).

The purpose of use travels in the token; the reason and the person travel with the request for it, as a VIHF states
them (Mode_Acces_Raison, resource-id). The gate judges as for the portal and opens the same window.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest

from espace_sante.acces import urgence
from espace_sante.acces.dicah import SANS_MOTIF
from espace_sante.acces.errors import AccesRefuse, UrgenceRefusee
from espace_sante.api.oauth.erreurs import RefusOAuth
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.kernel.codes import ModeAcces
from espace_sante.kernel.ins import OIDS_FICTIFS, Ins, InsInvalide

_QUALIFIEE = "VALI"


def declarer(request: HttpRequest, acteur: Acteur, corps: dict[str, str]) -> datetime | None:
    """Open the window for the person that the request names; until when, None when it names nobody.

    `person_id` (`urn:oid:…|matricule`), `purpose_of_use_reason`, and for bris de glace `hors_d_etat` and
    `risque_immediat` (`true`); `X-MES-Identite: VALI` states a qualified INS, as for a reading. Raises RefusOAuth
    with the gate's own code in `motif`.
    """
    if not corps.get("person_id"):
        return None
    if acteur.finalite is ModeAcces.NORMAL:
        raise RefusOAuth("invalid_request", "Une personne ne se nomme que pour une urgence (purpose_of_use).")
    ins = lire_personne(corps["person_id"])
    declaration = urgence.Declaration(
        corps.get("purpose_of_use_reason", ""),
        hors_d_etat=corps.get("hors_d_etat") == "true",
        risque_immediat=corps.get("risque_immediat") == "true",
    )
    contexte: Contexte = request.contexte  # type: ignore[attr-defined]
    try:
        ouverte = urgence.ouvrir(
            acteur,
            ins,
            acteur.finalite,
            declaration,
            contexte=replace(contexte, porte="fhir", logiciel=acteur.client_id),
            identite_qualifiee=request.headers.get("X-MES-Identite", "").strip() == _QUALIFIEE,
        )
    except UrgenceRefusee as refus:
        motif = SANS_MOTIF if refus.code == "motif_absent" else refus.code
        raise RefusOAuth("invalid_request", refus.message, motif=motif) from None
    except AccesRefuse as refus:
        lettres = {lettre.value: etat.value for lettre, etat in refus.decision.lettres}
        raise RefusOAuth("access_denied", refus.message, 403, motif=refus.code, dicah=lettres) from None
    return ouverte.expire_le


def lire_personne(texte: str) -> Ins:
    """The INS of `urn:oid:…|matricule`. Raises RefusOAuth."""
    systeme, _, matricule = texte.partition("|")
    try:
        ins = Ins.lire(matricule, systeme.removeprefix("urn:oid:"))
    except InsInvalide as refus:
        raise RefusOAuth("invalid_request", refus.message, motif=refus.code) from None
    if ins.oid in OIDS_FICTIFS and settings.ES_INSTANCE == "production":
        raise RefusOAuth(
            "invalid_request", "Cet identifiant de test n'est pas admis ici.", motif="oid_inconnu"
        )
    return ins
