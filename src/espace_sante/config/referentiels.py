"""Settings of the registers that identify people: INSi and the Annuaire Santé (INS-05, ANN-01)."""

from __future__ import annotations

from typing import Any
from uuid import NAMESPACE_URL, uuid5

from espace_sante.config import environnement as env

_PRODUCTION = env.lire("ES_INSTANCE") == "production"
_SIMULATEURS = env.oui("ES_SIMULATEURS")
_ADRESSE = env.lire("ES_BASE_URL").rstrip("/")

ES_INSI: dict[str, Any] = {
    "url": env.lire("ES_INSI_URL") or (f"{_ADRESSE}/simulateurs/insi/lps" if _SIMULATEURS else ""),
    "certificat": env.lire("ES_INSI_CERTIFICAT"),
    "cle": env.lire("ES_INSI_CLE"),
    "autorites": env.lire("ES_INSI_AC"),
    "delai_s": float(env.entier("ES_INSI_DELAI_S")),
    "reprises_s": env.secondes("ES_INSI_REPRISES_S"),
    "xsd": env.lire("ES_INSI_XSD"),
}
if _PRODUCTION and ES_INSI["url"] and not ES_INSI["url"].startswith("https://"):
    raise env.ReglageInvalide("reglage_illisible", "En production, ES_INSI_URL commence par https://.")
ES_INSI_EMETTEUR = {
    "identifiant": env.lire("ES_INSI_EMETTEUR") or env.lire("ES_SERVICE_ID"),
    "idam": env.lire("ES_INSI_IDAM") or ("DEMO" if _SIMULATEURS else ""),
    "nom": "espace-sante",
    "version": "0.1",
    # The same for the life of the installation: made from its address.
    "instance": str(uuid5(NAMESPACE_URL, _ADRESSE)),
}
ES_ANNUAIRE_BASE: str = (
    env.lire("ES_ANNUAIRE_BASE")
    or (
        f"{_ADRESSE}/simulateurs/annuaire/fhir/v2"
        if _SIMULATEURS
        else "https://gateway.api.esante.gouv.fr/fhir/v2"
    )
).rstrip("/")
if _PRODUCTION and not ES_ANNUAIRE_BASE.startswith("https://"):
    raise env.ReglageInvalide("reglage_illisible", "En production, ES_ANNUAIRE_BASE commence par https://.")
ES_ANNUAIRE_CLE: str = env.lire("ES_ANNUAIRE_CLE") or ("demonstration" if _SIMULATEURS else "")
ES_ANNUAIRE_PAR_SECONDE = env.entier("ES_ANNUAIRE_PAR_SECONDE")
if ES_ANNUAIRE_PAR_SECONDE < 1:
    raise env.ReglageInvalide("reglage_illisible", "Le réglage ES_ANNUAIRE_PAR_SECONDE vaut 1 ou plus.")
ES_ANNUAIRE_RAFRAICHIR_H = env.entier("ES_ANNUAIRE_RAFRAICHIR_H")
ES_ANNUAIRE_PERIME_J = env.entier("ES_ANNUAIRE_PERIME_J")
ES_ANNUAIRE_DECLARATION = env.oui("ES_ANNUAIRE_DECLARATION")
