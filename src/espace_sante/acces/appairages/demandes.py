"""The request of a service to be paired, read whole before anything is shown (OID-28, OID-30, CAT-35, RFC 6749 §4.1.1).

What is wrong with the service or its return address is told on our own page; anything else goes back to the service,
at an address that it registered.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlencode, urlsplit, urlunsplit

from django.conf import settings

from espace_sante.acces.appairages import droits
from espace_sante.acces.appairages.choix import Ligne
from espace_sante.acces.appairages.droits import Droit
from espace_sante.identite.logiciels.finalites import FINALITES
from espace_sante.identite.models import Logiciel
from espace_sante.kernel.errors import EspaceSanteError

# Every parameter of the request that we read; carried by our form word for word.
PARAMETRES: Final = (
    "response_type", "client_id", "redirect_uri", "scope", "state", "nonce", "code_challenge", "code_challenge_method",
    "prompt", "response_mode", "request", "request_uri",
)  # fmt: skip
_DEFI: Final = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_TEXTE: Final = re.compile(r"[\x21-\x7e]{1,255}", re.ASCII)
_SANS_DONNEES: Final = frozenset({"openid", "offline_access"})


class DemandeIllisible(EspaceSanteError):
    """Nobody to answer: told on our page. Codes `service_inconnu`, `retour_inconnu`, `parametre_en_double`."""


class DemandeRefusee(EspaceSanteError):
    """Told to the service at its return address; `code` is the OAuth error, `motif` ours, for the trace."""

    def __init__(self, code: str, message: str, retour: str, etat: str, motif: str = "") -> None:
        super().__init__(code, message)
        self.retour = retour
        self.etat = etat
        self.motif = motif or code


@dataclass(frozen=True, slots=True)
class Offre:
    """One purpose of a service: what for, in its own words, and which rights it asks for."""

    finalite: str
    texte: str
    droits: tuple[Droit, ...]

    @property
    def titre(self) -> str:
        return FINALITES[self.finalite]


@dataclass(frozen=True, slots=True)
class Demande:
    """A request that may be shown to the holder."""

    service: Logiciel
    retour: str
    etat: str
    nonce: str
    defi: str
    prompt: str
    offres: tuple[Offre, ...]

    @property
    def lignes(self) -> frozenset[Ligne]:
        """Every box that the holder may tick."""
        return lignes_de(self.offres)


def offres_de(service: Logiciel) -> tuple[Offre, ...]:
    """What a service declared when it was registered, in the order of our lists."""
    ordre = list(droits.GENRES)
    lues = (
        Offre(
            f["code"],
            f["texte"],
            tuple(
                sorted(
                    {d for t in f["droits"] if (d := droits.lire(t))},
                    key=lambda d: (ordre.index(d.genre), d.sens != "lire"),
                )
            ),
        )
        for f in service.finalites
        if f["code"] in FINALITES
    )
    return tuple(sorted(lues, key=lambda o: list(FINALITES).index(o.finalite)))


def lignes_de(offres: tuple[Offre, ...]) -> frozenset[Ligne]:
    return frozenset(Ligne(o.finalite, d) for o in offres for d in o.droits)


def service_ouvert(client_id: str) -> Logiciel | None:
    """The referenced service that holders may pair with now (OID-32, OID-34)."""
    trouve = Logiciel.objects.filter(client_id=client_id, service=True, actif=True).first()
    if trouve is not None and settings.ES_INSTANCE == "production" and trouve.etape != "production":
        return None
    return trouve


def lire(parametres: Mapping[str, list[str]]) -> Demande:
    """The request. Raises DemandeIllisible, DemandeRefusee."""
    donnes = {nom: parametres[nom][0] for nom in PARAMETRES if parametres.get(nom)}
    if any(len(parametres.get(nom, ())) > 1 for nom in PARAMETRES):
        raise DemandeIllisible("parametre_en_double", "La demande de ce service est mal formée.")
    client_id = donnes.get("client_id", "")
    service = service_ouvert(client_id) if "\x00" not in client_id else None
    if service is None:
        raise DemandeIllisible("service_inconnu", "Ce service n’est pas référencé ici, ou ne l’est plus.")
    retour = donnes.get("redirect_uri", "")
    # Letter for letter (OID-30): whatever else is wrong is then told there and nowhere else.
    if retour not in service.retours:
        raise DemandeIllisible("retour_inconnu", "L’adresse de retour donnée n’est pas celle de ce service.")
    etat = donnes.get("state", "")

    def refuser(code: str, message: str, motif: str = "") -> DemandeRefusee:
        return DemandeRefusee(code, message, retour, etat if _TEXTE.fullmatch(etat) else "", motif)

    if "request" in donnes or "request_uri" in donnes:
        raise refuser("request_not_supported", "Les paramètres se donnent en clair dans l'adresse.")
    if donnes.get("response_type") != "code":
        raise refuser("unsupported_response_type", "Seul le type de réponse « code » existe.")
    if donnes.get("response_mode", "query") != "query":
        raise refuser("invalid_request", "La réponse se donne dans l'adresse (query).", "mode_de_reponse")
    if not _TEXTE.fullmatch(etat) or not _TEXTE.fullmatch(donnes.get("nonce", "")):
        raise refuser("invalid_request", "Les paramètres state et nonce sont nécessaires.", "state_ou_nonce")
    if donnes.get("code_challenge_method") != "S256" or not _DEFI.fullmatch(donnes.get("code_challenge", "")):
        raise refuser("invalid_request", "PKCE est nécessaire, avec S256.", "pkce")
    demandees = donnes.get("scope", "").split()
    if "openid" not in demandees:
        raise refuser("invalid_scope", "La portée openid est nécessaire.", "openid")
    offres = _retenir(offres_de(service), [p for p in demandees if p not in _SANS_DONNEES])
    if offres is None:
        raise refuser("invalid_scope", "Une portée demandée n'est pas accordée à ce service.")
    return Demande(
        service, retour, etat, donnes["nonce"], donnes["code_challenge"], donnes.get("prompt", ""), offres
    )


def adresse(retour: str, **reponse: str) -> str:
    """The return address with the answer; `iss` tells the service who answers (RFC 9207)."""
    lue = urlsplit(retour)
    ajout = urlencode({**{k: v for k, v in reponse.items() if v}, "iss": settings.ES_BASE_URL})
    return urlunsplit(lue._replace(query=f"{lue.query}&{ajout}" if lue.query else ajout))


def _retenir(offres: tuple[Offre, ...], portees: list[str]) -> tuple[Offre, ...] | None:
    """The part of the offers that was asked for; everything when nothing was named. None: a scope that is not its own."""
    tous = frozenset(d for o in offres for d in o.droits)
    voulus: set[Droit] = set()
    for portee in portees:
        nommes = droits.demandes(portee, tous)
        if not nommes:
            return None
        voulus |= nommes
    if not portees:
        voulus = set(tous)
    retenues = (replace(o, droits=tuple(d for d in o.droits if d in voulus)) for o in offres)
    return tuple(o for o in retenues if o.droits) or None
