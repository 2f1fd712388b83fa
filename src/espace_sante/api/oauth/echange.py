"""Token exchange: a professional's Pro Santé Connect token for ours (RFC 8693; rules OID-11, OID-14, OID-15)."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace

from django.conf import settings

from espace_sante.api.oauth.erreurs import RefusOAuth
from espace_sante.api.oauth.portees import accordees
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.annuaire import ProfessionnelRefuse, acteur_professionnel, situations
from espace_sante.identite.models import Logiciel, SituationExercice
from espace_sante.kernel.codes import ModeAcces
from espace_sante.kernel.identifiants import IdentifiantInvalide, idnat_vers_rpps
from espace_sante.platform import oidc

TYPE_ACCES = "urn:ietf:params:oauth:token-type:access_token"
_TYPES = frozenset({TYPE_ACCES, "urn:ietf:params:oauth:token-type:jwt"})
_FINALITES = {m.value: m for m in ModeAcces}


def pro_sante_connect() -> oidc.Fournisseur:
    """The issuer that subject tokens are introspected at."""
    return oidc.Fournisseur(
        emetteur=settings.ES_PSC_ISSUER,
        client_id=settings.ES_PSC_CLIENT[0],
        client_secret=settings.ES_PSC_CLIENT[1],
        portees="openid scope_all",
        acr="eidas1",
        decouverte="/.well-known/wallet-openid-configuration",
    )


def acteur_par_echange(corps: dict[str, str], logiciel: Logiciel, mandante: str = "") -> Acteur:
    """The actor of an exchange request, in the structure that vouches for it when one does. Raises RefusOAuth.

    Parameters of our own: `situation` (id) or `structure` (FINESS or Struct_IdNat) choose among several
    situations d'exercice; `purpose_of_use` asks for another purpose than `normal` (FHR-38): see `urgence`.
    """
    if corps.get("subject_token_type") not in _TYPES or not corps.get("subject_token"):
        raise RefusOAuth("invalid_request", "Le jeton présenté ou son type manque (subject_token).")
    if corps.get("requested_token_type", TYPE_ACCES) != TYPE_ACCES:
        raise RefusOAuth("invalid_request", "Seul un jeton d'accès peut être demandé.")
    if any(corps.get(c, "") not in {"", settings.ES_BASE_URL, _fhir()} for c in ("resource", "audience")):
        raise RefusOAuth("invalid_target", "Un jeton n'est donné ici que pour ce service.")
    portees = accordees(corps.get("scope", ""), logiciel)
    finalite = _FINALITES.get(corps.get("purpose_of_use", ModeAcces.NORMAL.value))
    if finalite is None:
        raise RefusOAuth("invalid_request", "La finalité demandée n'existe pas (purpose_of_use).")
    rpps, regulation = _personne(corps["subject_token"], logiciel)
    if finalite is ModeAcces.CENTRE_15 and not regulation:
        raise RefusOAuth("access_denied", "Cette finalité demande le droit de régulation médicale.", 403)
    situation = situation_choisie(rpps, corps, mandante)
    return replace(acteur_en(situation, logiciel, portees, regulation=regulation), finalite=finalite)


def acteur_en(
    situation: SituationExercice, logiciel: Logiciel, portees: frozenset[str], *, regulation: bool
) -> Acteur:
    """A professional who proved who he is with two factors, in one situation, through that software."""
    acteur = acteur_professionnel(
        situation, deux_facteurs=True, client_id=logiciel.client_id, portees=portees
    )
    return replace(acteur, regulation=regulation)


def situation_choisie(rpps: str, corps: Mapping[str, str], mandante: str = "") -> SituationExercice:
    """Where that professional acts, as the request says or as there is only one (IDN-53). Raises RefusOAuth."""
    try:
        return _choisir(situations(rpps), {**corps, "structure": mandante} if mandante else corps)
    except ProfessionnelRefuse as erreur:
        raise RefusOAuth("invalid_grant", erreur.message, motif=erreur.code) from None


def _personne(jeton: str, logiciel: Logiciel) -> tuple[str, bool]:
    """RPPS and regulation flag behind a living token; asked to its issuer each time (OID-14)."""
    psc = pro_sante_connect()
    try:
        etat = oidc.introspecter(psc, jeton)
        if not _vaut_pour(etat, psc, logiciel):
            raise RefusOAuth(
                "invalid_grant", "Le jeton présenté n'est pas, ou plus, valable pour ce logiciel."
            )
        oidc.exige_niveau(etat.get("acr"), psc.acr)
        infos = oidc.informations(psc, jeton, str(etat.get("sub") or ""))
    except oidc.FournisseurInjoignable as erreur:
        raise RefusOAuth("temporarily_unavailable", erreur.message, 503) from None
    except (oidc.AuthentificationInsuffisante, oidc.JetonIdentiteRefuse) as erreur:
        raise RefusOAuth("invalid_grant", erreur.message, motif=erreur.code) from None
    return rpps_et_regulation(infos)


def rpps_et_regulation(infos: Mapping[str, object]) -> tuple[str, bool]:
    """What is taken of a userinfo: the number and the regulation flag, nothing else (IDN-56). Raises RefusOAuth."""
    try:
        rpps = idnat_vers_rpps(str(infos.get("SubjectNameID") or ""))
    except IdentifiantInvalide:
        raise RefusOAuth(
            "invalid_grant", "Cet identifiant national n'est pas un numéro RPPS.", motif="rpps_inconnu"
        ) from None
    return rpps, infos.get("Acces_Regulation_Medicale") == "VRAI"


def _vaut_pour(etat: dict[str, object], psc: oidc.Fournisseur, logiciel: Logiciel) -> bool:
    """Living, of that issuer, for this software. What the issuer says twice must agree."""
    exp = etat.get("exp")
    return (
        etat.get("active") is True
        and etat.get("iss", psc.emetteur) == psc.emetteur
        and (exp is None or (isinstance(exp, int | float) and exp > time.time()))
        and _emis_pour(etat, logiciel.psc_client_id or logiciel.client_id)
    )


def _emis_pour(etat: dict[str, object], logiciel: str) -> bool:
    """Issued to the calling software itself: never a token taken from another one, whatever its audience."""
    return logiciel in {etat.get("azp"), etat.get("client_id")}


def _fhir() -> str:
    return f"{settings.ES_BASE_URL}/fhir"


def _choisir(offertes: list[SituationExercice], corps: Mapping[str, str]) -> SituationExercice:
    """The situation asked for, or the only one (IDN-53, IDN-54). Raises ProfessionnelRefuse, RefusOAuth."""
    choix = offertes
    if situation := corps.get("situation"):
        choix = [s for s in choix if s.id == situation]
    if structure := corps.get("structure"):
        choix = [s for s in choix if s.structure_id in {structure, f"1{structure}"}]
    if not choix:
        raise ProfessionnelRefuse("situation_inconnue", "Ce professionnel n'exerce pas là.")
    if len(choix) > 1:
        raise RefusOAuth(
            "invalid_request",
            "Ce professionnel a plusieurs situations d'exercice : choisissez-en une (situation ou structure).",
            situations=[
                {"situation": s.id, "structure": s.structure_id or "", "profession": s.profession_code}
                for s in choix
            ],
        )
    return choix[0]
