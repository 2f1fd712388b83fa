"""Every setting of the product, read from `ES_*` variables and declared here once.

The table of docs/exploitation/reglages.md is held equal to this list by a test. A value
that cannot be read stops the start with one clear line that names the setting, never its value.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network

from espace_sante.kernel.errors import EspaceSanteError


class ReglageInvalide(EspaceSanteError):
    """A setting is missing or unreadable."""


@dataclass(frozen=True, slots=True)
class Reglage:
    """One setting: its variable, default (None: must be given in production) and meaning."""

    nom: str
    defaut: str | None
    sens: str
    secret: bool = False


REGLAGES = (
    Reglage("ES_INSTANCE", "demonstration", "`production`, `demonstration` ou `test` (IDN-02, ACC-41)."),
    Reglage("ES_DATA", "var", "Dossier des données de cette machine (base embarquée, clés, état)."),
    Reglage("ES_SECRET_KEY", None, "Clé des sessions et des jetons signés, 50 caractères ou plus.", secret=True),
    Reglage("ES_CLE_INS", "", "Clé des empreintes d'INS : ne change jamais ; vide : ES_SECRET_KEY.", secret=True),
    Reglage("ES_DATABASE_URL", "", "PostgreSQL ≥ 15 du rôle d'application ; vide : base embarquée.", secret=True),
    Reglage("ES_DATABASE_OWNER_URL", "", "Le même, rôle propriétaire (migrations seulement).", secret=True),
    Reglage("ES_MASTER_KEY_FILE", "", "Fichier de la clé maître des dossiers (32 octets) ; vide : dans ES_DATA."),
    Reglage("ES_BASE_URL", "http://127.0.0.1:8000", "Adresse publique du service, sans barre finale."),
    Reglage("ES_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]", "Noms d'hôte servis, séparés par des virgules."),
    Reglage("ES_SIMULATEURS", "non", "`oui` monte les simulateurs et /composants/ ; refusé en production."),
    Reglage("ES_CDA_XSD", "", "Schéma CDA_extended.xsd du CI-SIS (CDA-03) ; vide : schéma non vérifié, `doctor` le dit."),
    Reglage("ES_FHIR_MAX_REQUETE", "60000000", "Taille maximale d'une requête FHIR, en octets (FHR-17)."),
    Reglage("ES_FHIR_MAX_DOCUMENT", "25000000", "Taille maximale d'un document, en octets (DOC-13)."),
    Reglage("ES_PSC_ISSUER", "", "Émetteur Pro Santé Connect (OID-02) ; vide : simulateur local."),
    Reglage("ES_PSC_CLIENT_ID", "espace-sante", "Identifiant de client Pro Santé Connect."),
    Reglage("ES_PSC_CLIENT_SECRET", "", "Secret de client Pro Santé Connect.", secret=True),
    Reglage("ES_FC_ISSUER", "", "Émetteur FranceConnect (OID-24) ; vide : simulateur local."),
    Reglage("ES_FC_CLIENT_ID", "espace-sante", "Identifiant de client FranceConnect."),
    Reglage("ES_FC_CLIENT_SECRET", "", "Secret de client FranceConnect.", secret=True),
    Reglage("ES_SMTP_HOTE", "127.0.0.1", "Relais de courriel sortant."),
    Reglage("ES_SMTP_PORT", "1025", "Port du relais."),
    Reglage("ES_COURRIEL_EXPEDITEUR", "ne-pas-repondre@espace-sante.example", "Adresse d'expédition."),
    Reglage("ES_SESSION_TITULAIRE_MIN", "20", "Inactivité avant déconnexion du titulaire, minutes (IDN-43)."),
    Reglage("ES_SESSION_PRO_MIN", "30", "Inactivité avant déconnexion du professionnel, minutes (OID-08)."),
    Reglage("ES_CODE_DUREE_MIN", "10", "Vie d'un code à usage unique, minutes (IDN-37)."),
    Reglage("ES_MOTS_DE_PASSE_RETENUS", "5", "Derniers mots de passe refusés, celui du moment compris (IDN-36)."),
    Reglage("ES_CONSENTEMENT_PONCTUEL_H", "24", "Durée d'un consentement hors équipe, heures (ACC-16)."),
    Reglage("ES_CONSENTEMENT_EQUIPE_MOIS", "12", "Durée du consentement d'une équipe, mois (ACC-21)."),
    Reglage("ES_PAGE", "50", "Éléments par page de liste (DOC-59)."),
    Reglage("ES_SYSTEMES_ACTIFS", "TRE_G15,TRE_R94,TRE_R95", "Systèmes de professions dont la matrice est active (ACC-45)."),
    Reglage("ES_PROCESSUS", "2", "Processus du serveur web."),
    Reglage("ES_FILS", "8", "Fils d'exécution par processus ; chacun garde une connexion à la base."),
    Reglage("ES_PROXY_CONFIANCE", "non", "`oui` : croit l'adresse et le schéma donnés par vos relais (X-Forwarded-*)."),
    Reglage("ES_PROXY_ADRESSES", "127.0.0.0/8,::1", "Adresses ou réseaux de vos relais, séparés par des virgules."),
    Reglage("ES_METRICS_DE", "127.0.0.0/8,::1", "Adresses ou réseaux des sondes admises à /metrics ; 404 aux autres."),
)  # fmt: skip
_PAR_NOM = {r.nom: r for r in REGLAGES}


def lire(nom: str) -> str:
    """Value of a declared setting; in production one without default must be given."""
    reglage = _PAR_NOM[nom]
    valeur = os.environ.get(nom, reglage.defaut)
    if valeur is None:
        raise ReglageInvalide("reglage_absent", f"Le réglage {nom} est obligatoire.")
    return valeur


def entier(nom: str) -> int:
    """Value of a whole-number setting."""
    try:
        return int(lire(nom))
    except ValueError:
        raise ReglageInvalide("reglage_illisible", f"Le réglage {nom} doit être un nombre entier.") from None


def oui(nom: str) -> bool:
    """Value of a yes/no setting."""
    valeur = lire(nom).lower()
    if valeur not in {"oui", "non"}:
        raise ReglageInvalide("reglage_illisible", f"Le réglage {nom} vaut « oui » ou « non ».")
    return valeur == "oui"


def liste(nom: str) -> list[str]:
    """Values of a comma-separated setting."""
    return [v.strip() for v in lire(nom).split(",") if v.strip()]


def reseaux(nom: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """Values of a comma-separated setting of addresses and networks."""
    try:
        return tuple(ip_network(v) for v in liste(nom))
    except ValueError:
        raise ReglageInvalide(
            "reglage_illisible", f"Le réglage {nom} est une liste d'adresses ou de réseaux (10.0.0.0/8)."
        ) from None
