"""One FHIR call: who, in which formats, with which body (FHR-04, FHR-12, FHR-17, FHR-31, FHR-38)."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import cache
from io import BytesIO
from pathlib import Path
from urllib.parse import parse_qsl

from django.conf import settings
from django.http import HttpRequest

from espace_sante.acces.dossier_ouvert import DossierOuvert
from espace_sante.acces.porte import Cible, open_dossier
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.identite.jetons import JetonInvalide, lire_jeton
from espace_sante.interop.fhir.constats import RefusFhir
from espace_sante.interop.fhir.erreurs import Erreur
from espace_sante.interop.fhir.xml.lecture import vers_json
from espace_sante.interop.formats import JSON, XML, retenir_format
from espace_sante.kernel.codes import GenreActeur, ModeAcces
from espace_sante.platform import certificats
from espace_sante.platform.quota import Quota

_FORMULAIRE = "application/x-www-form-urlencoded"
_MAX_FORMULAIRE = 65_536
_MAX_PARAMETRES = 100
_BOUT = 262_144
IDENTITE_QUALIFIEE = "VALI"
CONNEXION_SECRETE = "secrete"  # noqa: S105 - a mode of work, no password


@dataclass(frozen=True, slots=True)
class Appel:
    """An authenticated call."""

    requete: HttpRequest
    acteur: Acteur
    contexte: Contexte

    @property
    def identite_qualifiee(self) -> bool:
        """The software states a qualified INS for this call (FHR-31)."""
        return self.requete.headers.get("X-MES-Identite", "").strip() == IDENTITE_QUALIFIEE

    @property
    def identite_non_contredite(self) -> bool:
        """For feeding: a registered software sends qualified INS only, unless it says otherwise (IDN-14, FHR-33)."""
        return self.requete.headers.get("X-MES-Identite", IDENTITE_QUALIFIEE).strip() == IDENTITE_QUALIFIEE

    @property
    def mode(self) -> ModeAcces:
        """Purpose of use: that of the token, never of a header (FHR-38)."""
        return self.acteur.finalite

    def ouvrir(self, cible: Cible) -> AbstractContextManager[DossierOuvert]:
        """The gate, for this caller. Raises AccesRefuse, already traced."""
        return open_dossier(
            self.acteur,
            cible,
            contexte=self.contexte,
            mode=self.mode,
            identite_qualifiee=self.identite_qualifiee,
        )

    @property
    def strict(self) -> bool:
        """`Prefer: handling=strict` (FHR-21)."""
        return "handling=strict" in self.preferences

    @property
    def preferences(self) -> frozenset[str]:
        """Values of `Prefer`."""
        brut = self.requete.headers.get("Prefer", "").replace(";", ",")
        return frozenset(p.strip().replace('"', "") for p in brut.split(",") if p.strip())


def base() -> str:
    """Root of the interface, absolute (FHR-01)."""
    return f"{settings.ES_BASE_URL}/fhir"


def authentifier(requete: HttpRequest, portees: frozenset[str]) -> Appel:
    """The call of a bearer token that has one of these scopes. Raises RefusFhir 401, 403, or 429 (FHR-18)."""
    if "access_token=" in requete.META.get("QUERY_STRING", ""):
        # Addresses are kept by logs and relays: what was written there is no secret any more (OID-23).
        raise RefusFhir([Erreur.JETON_DANS_ADRESSE.constat()])
    entete = requete.headers.get("Authorization", "")
    schema, _, jeton = entete.partition(" ")
    if schema.lower() != "bearer" or not jeton.strip():
        raise RefusFhir([Erreur.JETON_ABSENT.constat()])
    try:
        acteur = lire_jeton(jeton.strip(), certificats.empreinte(requete.META))
    except JetonInvalide:
        raise RefusFhir([Erreur.JETON_INVALIDE.constat()]) from None
    if attente := _quota().attente_s(acteur.client_id):
        raise RefusFhir([Erreur.QUOTA.constat()], reprise_s=attente)
    if not acteur.portees & portees:
        raise RefusFhir([Erreur.PORTEE.constat()])
    contexte: Contexte = requete.contexte  # type: ignore[attr-defined]
    secret = acteur.genre is GenreActeur.PROFESSIONNEL and (
        requete.headers.get("X-MES-Connexion", "").strip() == CONNEXION_SECRETE
    )
    return Appel(requete, acteur, replace(contexte, porte="fhir", logiciel=acteur.client_id, secret=secret))


@cache
def _quota() -> Quota:
    return Quota(Path(settings.ES_DATA) / "quota", settings.ES_FHIR_QUOTA, settings.ES_FHIR_RAFALE)


def lire_corps(requete: HttpRequest) -> bytes:
    """Body of a FHIR request as JSON; its type and size are judged before it is read.

    XML becomes JSON here (FHR-04). Raises RefusFhir 400, 411, 413, 415.
    """
    media = media_du_corps(requete)
    if media not in JSON and media not in XML:
        raise RefusFhir([Erreur.MEDIA_REQUETE.constat()])
    corps = _lire(requete, settings.ES_FHIR_MAX_REQUETE)
    return corps if media in JSON else vers_json(corps)


def lire_patch(requete: HttpRequest, medias: Collection[str], maximum: int) -> tuple[str, bytes]:
    """Media type and body of a PATCH, whose type is one of these. Raises RefusFhir 411, 413, 415."""
    media = media_du_corps(requete)
    if media not in medias:
        raise RefusFhir([Erreur.MEDIA_PATCH.constat()])
    return media, _lire(requete, maximum)


def media_du_corps(requete: HttpRequest) -> str:
    """Media type of the body, empty when its text is not UTF-8."""
    media, _, parametres = requete.headers.get("Content-Type", "").lower().partition(";")
    charset = parametres.partition("charset=")[2].strip().strip('"')
    return media.strip() if charset.partition(";")[0] in ("", "utf-8", "utf8") else ""


def lire_parametres(requete: HttpRequest) -> list[tuple[str, str]]:
    """Search parameters of the URL, and of the form of a POST, together (FHR-16)."""
    brut = requete.META.get("QUERY_STRING", "")
    parametres = _decoder(brut)
    if requete.method == "POST":
        media = requete.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if media != _FORMULAIRE:
            raise RefusFhir([Erreur.MEDIA_FORMULAIRE.constat()])
        formulaire = _decoder(_lire(requete, _MAX_FORMULAIRE).decode("utf-8", "replace"))
        for nom, valeur in formulaire:
            if nom == "_format":
                retenir_format(requete, valeur)
        parametres += formulaire
    return parametres


def _decoder(texte: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(texte, keep_blank_values=True, max_num_fields=_MAX_PARAMETRES, errors="replace")
    except ValueError:
        raise RefusFhir([Erreur.PARAMETRE_INVALIDE.constat("http")]) from None


def _lire(requete: HttpRequest, maximum: int) -> bytes:
    if requete.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise RefusFhir([Erreur.MEDIA_REQUETE.constat()])
    if requete.headers.get("Transfer-Encoding", "").lower() == "chunked":
        # Without its length a body cannot be refused before it is read (FHR-17), and memory must stay bounded.
        raise RefusFhir([Erreur.LONGUEUR_REQUISE.constat()])
    annonce = requete.headers.get("Content-Length", "0")
    if annonce.isascii() and annonce.isdigit() and int(annonce) > maximum:
        raise RefusFhir([Erreur.REQUETE_TROP_GRANDE.constat(maximum=maximum)])
    # `read`, not `body`: Django's own limit is for pages, ours has just been checked. Bit by bit: one long read
    # holds the body twice.
    tampon = BytesIO()
    while (bout := requete.read(_BOUT)) and tampon.tell() <= maximum:
        tampon.write(bout)
    if tampon.tell() > maximum:
        raise RefusFhir([Erreur.REQUETE_TROP_GRANDE.constat(maximum=maximum)])
    return tampon.getvalue()
