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
    Reglage("ES_FHIR_QUOTA", "20", "Appels FHIR par seconde de chaque logiciel ; 0 : sans limite (FHR-18)."),
    Reglage("ES_FHIR_RAFALE", "60", "Appels FHIR qu'un logiciel peut faire d'un coup, après un repos (FHR-18)."),
    Reglage("ES_FHIR_DEPOTS", "ITI-65,ITI-105,ITI-106", "Façons de déposer offertes en FHIR (FHR-98)."),
    Reglage("ES_AGENDA_CRENEAUX", "non", "`oui` tient des plannings et leurs créneaux : Schedule, Slot (FHR-158)."),
    Reglage("ES_PSC_ISSUER", "", "Émetteur Pro Santé Connect (OID-02) ; vide : simulateur local."),
    Reglage("ES_PSC_CLIENT_ID", "espace-sante", "Identifiant de client Pro Santé Connect."),
    Reglage("ES_PSC_CLIENT_SECRET", "", "Secret de client Pro Santé Connect.", secret=True),
    Reglage("ES_FC_ISSUER", "", "Émetteur FranceConnect (OID-24) ; vide : simulateur local."),
    Reglage("ES_FC_CLIENT_ID", "espace-sante", "Identifiant de client FranceConnect."),
    Reglage("ES_FC_CLIENT_SECRET", "", "Secret de client FranceConnect.", secret=True),
    Reglage("ES_INSI_URL", "", "Adresse du téléservice INSi (INS-05) ; vide : simulateur local, ou aucun appel."),
    Reglage("ES_INSI_CERTIFICAT", "", "Fichier PEM du certificat client de la structure pour INSi (INS-14)."),
    Reglage("ES_INSI_CLE", "", "Fichier PEM de sa clé privée ; vide : dans le même fichier (INS-14)."),
    Reglage("ES_INSI_AC", "", "Autorités de certification d'INSi, fichier PEM ; vide : celles de la machine."),
    Reglage("ES_INSI_XSD", "", "Dossier des schémas INSi_*.xsd (INS-07) ; vide : tables internes, `doctor` le dit."),
    Reglage("ES_INSI_DELAI_S", "10", "Attente d'une réponse d'INSi, secondes."),
    Reglage("ES_INSI_REPRISES_S", "1,5,25", "Attentes entre les essais d'un appel INSi en panne, secondes (INS-10)."),
    Reglage("ES_INSI_EMETTEUR", "", "Identifiant de la structure qui appelle INSi ; vide : ES_SERVICE_ID."),
    Reglage("ES_INSI_IDAM", "", "Numéro d'autorisation du logiciel donné par l'assurance maladie (IDAM)."),
    Reglage("ES_INS_TRAITS", "avertit", "Nom ou prénom d'un CDA différent du dossier : `avertit`, ou `refuse` (CDA-29)."),
    Reglage("ES_INS_CLE_CREATION", "refuse", "`refuse` un INS à clé fausse ; `avertit` : en test seulement (INS-03)."),
    Reglage("ES_NUMEROS_PROVISOIRES", "non", "`oui` : profils sous un numéro provisoire, aide médicale de l'État (INS-18)."),
    Reglage("ES_ANNUAIRE_BASE", "", "Annuaire Santé, FHIR v2 (ANN-01) ; vide : le national, ou le simulateur local."),
    Reglage("ES_ANNUAIRE_CLE", "", "Clé de l'Annuaire Santé (ESANTE-API-KEY) ; vide : pas de mise à jour.", secret=True),
    Reglage("ES_ANNUAIRE_PAR_SECONDE", "17", "Appels par seconde à l'Annuaire Santé, au plus (ANN-02)."),
    Reglage("ES_ANNUAIRE_RAFRAICHIR_H", "24", "Heures entre deux mises à jour de la copie de l'annuaire (ANN-04)."),
    Reglage("ES_ANNUAIRE_PERIME_J", "7", "Jours au-delà desquels cette copie est dite périmée (ANN-04)."),
    Reglage("ES_ANNUAIRE_DECLARATION", "non", "`oui` : y déclare les boîtes MSSanté, quand il s'ouvrira (ANN-12)."),
    Reglage("ES_SMTP_HOTE", "127.0.0.1", "Relais de courriel sortant."),
    Reglage("ES_SMTP_PORT", "1025", "Port du relais."),
    Reglage("ES_COURRIEL_EXPEDITEUR", "ne-pas-repondre@espace-sante.example", "Adresse d'expédition."),
    Reglage("ES_SESSION_TITULAIRE_MIN", "20", "Inactivité avant déconnexion du titulaire, minutes (IDN-43)."),
    Reglage("ES_SESSION_PRO_MIN", "30", "Inactivité avant déconnexion du professionnel, minutes (OID-08)."),
    Reglage("ES_SESSION_OPERATEUR_MIN", "15", "Inactivité avant déconnexion d'un opérateur, minutes."),
    Reglage("ES_CODE_DUREE_MIN", "10", "Vie d'un code à usage unique, minutes (IDN-37)."),
    Reglage("ES_MOTS_DE_PASSE_RETENUS", "5", "Derniers mots de passe refusés, celui du moment compris (IDN-36)."),
    Reglage("ES_CONSENTEMENT_PONCTUEL_H", "24", "Durée d'un consentement hors équipe, heures (ACC-16)."),
    Reglage("ES_CONSENTEMENT_EQUIPE_MOIS", "12", "Durée du consentement d'une équipe, mois (ACC-21)."),
    Reglage("ES_CONSENTEMENT_CONFRERE_J", "30", "Durée d'un consentement recueilli pour un confrère, jours (ACC-13)."),
    Reglage("ES_RECHERCHE_ANS", "2", "Première liste d'un dossier sur le portail : années montrées (ACC-64)."),
    Reglage("ES_RECHERCHE_LOT", "20", "Première liste d'un dossier sur le portail : documents par lot (ACC-64)."),
    Reglage("ES_PATIENT_TRAITS", "complets", "`complets`, ou `reduits` aux initiales : Patient rendu par FHIR (FHR-47)."),
    Reglage("ES_ANNONCE_AVIS_J", "14", "Jours avant l'invitation à voir un professionnel (DOC-48)."),
    Reglage("ES_SUPPRESSION_RETOUR_J", "7", "Jours pour reprendre un document supprimé par son titulaire (DOC-35)."),
    Reglage("ES_SUPPRESSION_DETRUIRE_J", "30", "Jours au plus avant la destruction de son contenu (DOC-35)."),
    Reglage("ES_CODE_ACCES_MIN", "30", "Validité d'un code d'accès donné par le titulaire, minutes (ACC-25)."),
    Reglage("ES_ACCES_PAR_CODE_H", "8", "Durée de l'accès ouvert par un code, heures (ACC-26)."),
    Reglage("ES_MESURES", "", "Fichier des mesures : codes, unités, bornes (FHR-146) ; vide : celui du produit."),
    Reglage("ES_PARTAGE_JOURS", "30", "Durée proposée du partage d'un document, jours, 365 au plus (ADR 0016)."),
    Reglage("ES_MT_VOIT_MASQUE", "oui", "Le médecin traitant lit les documents masqués (ACC-58, CSP L1111-16)."),
    Reglage("ES_CATEGORIES_LISANT_TRACES", "", "Professions lisant les traces, `TRE_G15/10,…` ; vide : aucune (AUD-08)."),
    Reglage("ES_BRIS_DE_GLACE_H", "4", "Durée d'un bris de glace, heures (EMG-12)."),
    Reglage("ES_CENTRE_15_H", "2", "Durée d'un accès du centre 15, heures (EMG-12)."),
    Reglage("ES_BLOQUE_BRIS_DE_GLACE", "non", "Un professionnel bloqué peut briser la glace (EMG-09)."),
    Reglage("ES_BLOQUE_CENTRE_15", "oui", "Un blocage ne vaut pas pour la régulation médicale (EMG-10)."),
    Reglage("ES_URGENCE_INS_SOUPLE", "oui", "En urgence, INS tapé et date de naissance concordante suffisent (EMG-04)."),
    Reglage("ES_URGENCE_SEUIL", "5", "Urgences d'un professionnel en 30 jours au-delà desquelles tout est revu (EMG-15)."),
    Reglage("ES_PAGE", "50", "Éléments par page de liste (DOC-59)."),
    Reglage("ES_AVIS_REGROUPEMENT_MIN", "15", "Dépôts d'un même auteur dits en un seul courriel, minutes (DOC-68)."),
    Reglage("ES_URGENCE_COURRIER_POSTAL", "oui", "`oui` : lettre d'un accès en urgence sans courriel connu (EMG-11)."),
    Reglage("ES_SIGNALEMENT_JOURS_OUVRES", "10", "Réponse à un signalement, jours ouvrés (AUD-19, DOC-64)."),
    Reglage("ES_SIGNALEMENT_FICHIER_MAX", "5000000", "Fichier joint à un signalement, octets au plus (AUD-18)."),
    Reglage("ES_RECTIFICATION_MOIS", "1", "Réponse à une demande de rectification, mois (REG-07)."),
    Reglage("ES_VEILLE_DOSSIERS_H", "60", "Dossiers lus en une heure par un professionnel avant alerte (AUD-21)."),
    Reglage("ES_VEILLE_MEME_NOM", "2", "Dossiers au nom du professionnel lus par lui en un jour avant alerte (AUD-21)."),
    Reglage("ES_VEILLE_URGENCES", "5", "Accès en urgence d'un professionnel en 30 jours avant alerte (AUD-21, EMG-15)."),
    Reglage("ES_VEILLE_HORAIRES", "7-21", "Heures de Paris où une lecture n'étonne pas (AUD-21)."),
    Reglage("ES_CLAMD", "", "Antivirus clamd : `unix:/chemin` ou `hote:port` (DOC-18) ; vide : rien n'est examiné."),
    Reglage("ES_DEPOT_WORD", "non", "`oui` : le titulaire peut ajouter un fichier .doc (DOC-22)."),
    Reglage("ES_SERVICE_ID", "1990000091", "Struct_IdNat du service, gardien des dépôts des titulaires (CDA-40)."),
    Reglage("ES_SERVICE_NOM", "Espace santé", "Nom du service dans l'en-tête de ces documents (CDA-22)."),
    Reglage("ES_MSS_NIL", "ESPACE-SANTE-OUVERT", "Référence du produit à la liste NIL, en-tête X-MSS-NIL (XDM-12)."),
    Reglage("ES_SERVICE_OID", "", "Racine OID de leurs identifiants uniques (CDA-40) ; vide : 2.25 et un numéro."),
    Reglage("ES_QUOTA_TITULAIRE_DOCUMENTS", "2000", "Documents qu'un titulaire peut ajouter lui-même (DOC-27)."),
    Reglage("ES_QUOTA_TITULAIRE_OCTETS", "500000000", "Volume de ces documents, en octets (DOC-27)."),
    Reglage("ES_SYSTEMES_ACTIFS", "TRE_G15,TRE_R94,TRE_R95", "Systèmes actifs d'une édition chargée (ACC-45)."),
    Reglage("ES_GESTIONNAIRES_MATRICE", "", "Qui charge et approuve la matrice (ACC-39) ; obligatoire en production."),
    Reglage("ES_JOURNAL_ORIGINE", "espace-sante/traces", "Nom du journal scellé des traces, dans chaque tête (AUD-14)."),
    Reglage("ES_JOURNAL_CLE", "", "Fichier de la clé du journal (32 octets, fait s'il manque) ; vide : dans ES_DATA."),
    Reglage("ES_JOURNAL_FRAGMENTS", "4", "Fragments du journal, chacun son arbre ; un dossier reste dans le sien."),
    Reglage("ES_JOURNAL_TETE_S", "60", "Secondes entre deux têtes signées (AUD-14)."),
    Reglage("ES_TEMOIN", "", "Fichier témoin des têtes signées, hors de la base ; vide : ES_DATA/temoin/tetes.txt."),
    Reglage("ES_PROCESSUS", "2", "Processus du serveur web."),
    Reglage("ES_FILS", "8", "Fils d'exécution par processus ; chacun garde une connexion à la base."),
    Reglage("ES_PROXY_CONFIANCE", "non", "`oui` : croit l'adresse et le schéma donnés par vos relais (X-Forwarded-*)."),
    Reglage("ES_PROXY_ADRESSES", "127.0.0.0/8,::1", "Adresses ou réseaux de vos relais, séparés par des virgules."),
    Reglage("ES_MTLS_URL", "", "Adresse où vos relais demandent un certificat client (OID-12) ; vide : aucun n'est lu."),
    Reglage("ES_MTLS_AC", "", "Fichier PEM des autorités des certificats clients ; vide : vos relais en répondent seuls."),
    Reglage("ES_CONFORMITE", "oui", "`oui` : un logiciel n'est ouvert en production qu'après son parcours (OID-34)."),
    Reglage("ES_ABONNEMENTS_CERTIFICAT", "", "Fichier PEM du certificat client montré aux logiciels abonnés (FHR-168)."),
    Reglage("ES_ABONNEMENTS_CLE", "", "Fichier PEM de sa clé privée ; vide : dans le même fichier (FHR-168)."),
    Reglage("ES_ABONNEMENTS_AC", "", "Autorités des serveurs des logiciels, fichier PEM ; vide : celles de la machine."),
    Reglage("ES_ABONNEMENTS_JOURS", "90", "Durée la plus longue d'un abonnement, jours (FHR-168)."),
    Reglage("ES_ABONNEMENTS_DELAI_S", "10", "Attente d'un logiciel que l'on prévient, secondes (FHR-169)."),
    Reglage("ES_ADT_STRUCTURE", "", "Struct_IdNat de l'établissement de la passerelle ADT (FHR-173) ; vide : aucune."),
    Reglage("ES_ADT_EMETTEUR", "", "Établissement émetteur attendu (MSH-4) ; vide : tout émetteur (FHR-173)."),
    Reglage("ES_ADT_AUTORISATIONS", "non", "`oui` : un consentement (IC) crée l'accord du médecin nommé (FHR-173)."),
    Reglage("ES_CONFORMITE_CLE", "", "Clé publique (PEM) du service d'essai dont les attestations valent ici (OID-34)."),
    Reglage("ES_CIBA", "non", "`oui` : connexion découplée par l'e-CPS, pour les logiciels inscrits (OID-09)."),
    Reglage("ES_CIBA_EXPIRE_S", "120", "Temps pour répondre sur le téléphone, secondes, 300 au plus (OID-09)."),
    Reglage("ES_APPAIRAGE_CODE_S", "60", "Validité du code donné à un service que le titulaire accepte, secondes (OID-28)."),
    Reglage("ES_APPAIRAGE_JETON_S", "3600", "Validité du jeton d'accès d'un service, secondes, une heure au plus (OID-28)."),
    Reglage("ES_APPAIRAGE_JOURS", "90", "Jours sans usage après lesquels un service doit redemander l'accord (OID-28)."),
    Reglage("ES_LIEN_MIN", "5", "Validité d'un lien d'un logiciel vers le portail, minutes (OID-37)."),
    Reglage("ES_CLE_EXPORTS_FILE", "", "Fichier de la clé qui signe les copies (REG-06) ; vide : dans ES_DATA."),
    Reglage("ES_EXPORT_JOURS", "7", "Jours pour télécharger une copie, détruite ensuite (REG-03)."),
    Reglage("ES_EXPORT_DELAI_H", "48", "Délai de préparation d'une copie, heures (REG-03)."),
    Reglage("ES_EXPORT_TELECHARGEMENTS", "5", "Téléchargements d'une copie, détruite ensuite (POR-12)."),
    Reglage("ES_EXPORT_PARTIE_OCTETS", "2000000000", "Au-delà, une copie est faite de parties numérotées, octets (POR-04)."),
    Reglage("ES_PAYS_ADMIS", "FR", "Pays d'hébergement admis, codes à deux lettres séparés par des virgules (REG-15)."),
    Reglage("ES_PAYS_BASE", "", "Pays de la base et des contenus ; obligatoire en production (REG-15)."),
    Reglage("ES_PAYS_CLES", "", "Pays de la clé maître ; obligatoire en production (REG-15, REG-18)."),
    Reglage("ES_PAYS_SAUVEGARDE", "", "Pays des sauvegardes ; obligatoire en production (REG-15)."),
    Reglage("ES_PAYS_COURRIEL", "", "Pays du relais de courriel ; obligatoire en production (REG-15)."),
    Reglage("ES_HOTES_SORTANTS", "", "Autres hôtes que le service peut appeler, séparés par des virgules (REG-16)."),
    Reglage("ES_DPD_NOM", "", "Nom du délégué à la protection des données ou de son service (REG-21)."),
    Reglage("ES_DPD_COURRIEL", "", "Adresse électronique du délégué à la protection des données (REG-21)."),
    Reglage("ES_DPD_ADRESSE", "", "Adresse postale du délégué à la protection des données (REG-21)."),
    Reglage("ES_SAUVEGARDES_JOURS", "90", "Durée de vie d'une sauvegarde, jours ; 90 au plus (LIF-33)."),
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


def secondes(nom: str) -> tuple[float, ...]:
    """Values of a comma-separated setting of durations."""
    try:
        return tuple(float(v) for v in liste(nom))
    except ValueError:
        raise ReglageInvalide(
            "reglage_illisible", f"Le réglage {nom} est une liste de nombres, séparés par des virgules."
        ) from None


def reseaux(nom: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """Values of a comma-separated setting of addresses and networks."""
    try:
        return tuple(ip_network(v) for v in liste(nom))
    except ValueError:
        raise ReglageInvalide(
            "reglage_illisible", f"Le réglage {nom} est une liste d'adresses ou de réseaux (10.0.0.0/8)."
        ) from None
