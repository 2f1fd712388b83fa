"""Where data are hosted, and whom the service may call (rules REG-15, REG-16).

In production each place that holds health data or carries messages declares its country; without it, or outside the
allowed list, nothing starts. Elsewhere there is no real data to protect: only a declared wrong country is refused.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings

from espace_sante.kernel.errors import EspaceSanteError

LIEUX: Final = {
    "ES_PAYS_BASE": "la base et les contenus",
    "ES_PAYS_CLES": "la clé maître",
    "ES_PAYS_SAUVEGARDE": "les sauvegardes",
    "ES_PAYS_COURRIEL": "le relais de courriel",
}


class HebergementRefuse(EspaceSanteError):
    """Codes `pays_non_declare`, `pays_refuse`: the settings at fault are named, the service does not start."""


class HoteNonDeclare(EspaceSanteError):
    """An outgoing call to a host that is not on the declared list. Code `hote_non_declare`."""


@dataclass(frozen=True, slots=True)
class Defaut:
    """One place whose country is missing (`pays` empty) or refused."""

    reglage: str
    pays: str

    @property
    def texte(self) -> str:
        """What to mend."""
        lieu = LIEUX[self.reglage]
        return (
            f"{self.reglage} : le pays « {self.pays} » n'est pas admis pour {lieu}"
            if self.pays
            else f"{self.reglage} : déclarez le pays qui héberge {lieu}"
        )


def examiner(pays: Mapping[str, str], admis: Collection[str], *, production: bool) -> list[Defaut]:
    """What is wrong, place by place. Pure."""
    return [
        Defaut(reglage, pays.get(reglage, ""))
        for reglage in LIEUX
        if (pays.get(reglage) and pays[reglage] not in admis) or (production and not pays.get(reglage))
    ]


def defauts() -> list[Defaut]:
    """The same for this installation."""
    return examiner(
        settings.ES_PAYS_HEBERGEMENT, settings.ES_PAYS_ADMIS, production=settings.ES_INSTANCE == "production"
    )


def exiger() -> None:
    """Before anything starts. Raises HebergementRefuse, one line that names each setting (REG-15)."""
    trouves = defauts()
    if trouves:
        code = "pays_refuse" if any(d.pays for d in trouves) else "pays_non_declare"
        raise HebergementRefuse(
            code,
            f"Hébergement refusé, rien n'a démarré. {' ; '.join(d.texte for d in trouves)}."
            f" Pays admis (ES_PAYS_ADMIS) : {', '.join(sorted(settings.ES_PAYS_ADMIS))}.",
        )


def hotes_sortants() -> frozenset[str]:
    """The only hosts that the service calls: identity providers, INSi, directory, mail relay, others declared (REG-16)."""
    adresses = (
        settings.ES_PSC_ISSUER,
        settings.ES_FC_ISSUER,
        settings.ES_INSI["url"],
        settings.ES_ANNUAIRE_BASE,
    )
    connus = {urlsplit(a).hostname or "" for a in adresses} | {
        settings.EMAIL_HOST,
        *settings.ES_HOTES_SORTANTS,
    }
    return frozenset(connus - {""})


def exiger_hote(adresse: str) -> None:
    """Before an outgoing call. Raises HoteNonDeclare (REG-16: deny by default)."""
    if urlsplit(adresse).hostname not in hotes_sortants():
        raise HoteNonDeclare("hote_non_declare", "Cet appel sortant n'est pas déclaré (ES_HOTES_SORTANTS).")
