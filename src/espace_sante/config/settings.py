"""Django settings, all drawn from `ES_*` variables (config/environnement.py)."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from csp.constants import NONE, SELF
from xstatic.pkg import bootstrap

from espace_sante.config import environnement as env
from espace_sante.config import referentiels
from espace_sante.platform.local import Embarque, preparer_local

PAQUET = Path(__file__).resolve().parent.parent

ES_INSTANCE = env.lire("ES_INSTANCE")
if ES_INSTANCE not in {"production", "demonstration", "test"}:
    raise env.ReglageInvalide(
        "reglage_illisible", "Le réglage ES_INSTANCE vaut production, demonstration ou test."
    )
ES_LOCAL = env.oui("ES_SIMULATEURS")
if ES_LOCAL and ES_INSTANCE == "production":
    raise env.ReglageInvalide(
        "simulateurs_en_production", "Les simulateurs ne démarrent jamais en production (ES_SIMULATEURS)."
    )
ES_DATA = Path(env.lire("ES_DATA")).resolve()
# Outside production, secrets that were not given are made once and kept in the data folder (mode 0600).
LOCAL = preparer_local(ES_DATA) if ES_INSTANCE != "production" else None
EMBARQUE = Embarque(ES_DATA)

SECRET_KEY = LOCAL.secret_key if LOCAL else env.lire("ES_SECRET_KEY")
if len(SECRET_KEY) < 50:
    # Sessions and sealed cursors stand on it, and the hashes of INS when they have no key of their own.
    raise env.ReglageInvalide(
        "reglage_illisible", "Le réglage ES_SECRET_KEY doit compter 50 caractères ou plus."
    )
# Derived alike (identite.index): an installation that began without it gives here the ES_SECRET_KEY of that time.
ES_CLE_INS = env.lire("ES_CLE_INS") or SECRET_KEY
if len(ES_CLE_INS) < 50:
    raise env.ReglageInvalide(
        "reglage_illisible", "Le réglage ES_CLE_INS doit compter 50 caractères ou plus."
    )
ES_MASTER_KEY_FILE = env.lire("ES_MASTER_KEY_FILE") or str(ES_DATA / "cles" / "maitre.key")
ES_BASE_URL = env.lire("ES_BASE_URL").rstrip("/")
if ES_INSTANCE == "production" and not ES_BASE_URL.startswith("https://"):
    raise env.ReglageInvalide("reglage_illisible", "En production, ES_BASE_URL commence par https://.")
ES_PSC_ISSUER = env.lire("ES_PSC_ISSUER") or f"{ES_BASE_URL}/simulateurs/psc"
ES_FC_ISSUER = env.lire("ES_FC_ISSUER") or f"{ES_BASE_URL}/simulateurs/franceconnect"
ES_PSC_CLIENT = (
    env.lire("ES_PSC_CLIENT_ID"),
    env.lire("ES_PSC_CLIENT_SECRET") or (LOCAL.psc if LOCAL else ""),
)
ES_FC_CLIENT = (env.lire("ES_FC_CLIENT_ID"), env.lire("ES_FC_CLIENT_SECRET") or (LOCAL.fc if LOCAL else ""))
ES_INSI = referentiels.ES_INSI
ES_INSI_EMETTEUR = referentiels.ES_INSI_EMETTEUR
ES_ANNUAIRE_BASE = referentiels.ES_ANNUAIRE_BASE
ES_ANNUAIRE_CLE = referentiels.ES_ANNUAIRE_CLE
ES_ANNUAIRE_PAR_SECONDE = referentiels.ES_ANNUAIRE_PAR_SECONDE
ES_ANNUAIRE_RAFRAICHIR_H = referentiels.ES_ANNUAIRE_RAFRAICHIR_H
ES_ANNUAIRE_PERIME_J = referentiels.ES_ANNUAIRE_PERIME_J
ES_ANNUAIRE_DECLARATION = referentiels.ES_ANNUAIRE_DECLARATION
ES_INS_TRAITS = env.lire("ES_INS_TRAITS")
if ES_INS_TRAITS not in {"avertit", "refuse"}:
    raise env.ReglageInvalide("reglage_illisible", "Le réglage ES_INS_TRAITS vaut avertit ou refuse.")
ES_INS_CLE_CREATION = env.lire("ES_INS_CLE_CREATION")
if ES_INS_CLE_CREATION not in {"refuse", "avertit"} or (
    ES_INS_CLE_CREATION == "avertit" and ES_INSTANCE != "test"
):
    raise env.ReglageInvalide(
        "reglage_illisible", "ES_INS_CLE_CREATION a une valeur inconnue, ou réservée à une instance de test."
    )
ES_NUMEROS_PROVISOIRES = env.oui("ES_NUMEROS_PROVISOIRES")
ES_CDA_XSD = env.lire("ES_CDA_XSD")
ES_FHIR_MAX_REQUETE = env.entier("ES_FHIR_MAX_REQUETE")
ES_FHIR_MAX_DOCUMENT = env.entier("ES_FHIR_MAX_DOCUMENT")
ES_FHIR_QUOTA = env.entier("ES_FHIR_QUOTA")
ES_FHIR_RAFALE = env.entier("ES_FHIR_RAFALE")
ES_FHIR_DEPOTS = frozenset(env.liste("ES_FHIR_DEPOTS"))
ES_AGENDA_CRENEAUX = env.oui("ES_AGENDA_CRENEAUX")
ES_SESSION_TITULAIRE_MIN = env.entier("ES_SESSION_TITULAIRE_MIN")
ES_SESSION_PRO_MIN = env.entier("ES_SESSION_PRO_MIN")
ES_SESSION_OPERATEUR_MIN = env.entier("ES_SESSION_OPERATEUR_MIN")
ES_CODE_DUREE_MIN = env.entier("ES_CODE_DUREE_MIN")
ES_MOTS_DE_PASSE_RETENUS = env.entier("ES_MOTS_DE_PASSE_RETENUS")
ES_CONSENTEMENT_PONCTUEL_H = env.entier("ES_CONSENTEMENT_PONCTUEL_H")
ES_CONSENTEMENT_CONFRERE_J = env.entier("ES_CONSENTEMENT_CONFRERE_J")
ES_RECHERCHE_ANS = env.entier("ES_RECHERCHE_ANS")
ES_RECHERCHE_LOT = env.entier("ES_RECHERCHE_LOT")
ES_PATIENT_TRAITS = env.lire("ES_PATIENT_TRAITS")
if ES_PATIENT_TRAITS not in {"complets", "reduits"}:
    raise env.ReglageInvalide("reglage_illisible", "Le réglage ES_PATIENT_TRAITS vaut complets ou reduits.")
ES_CONSENTEMENT_EQUIPE_MOIS = env.entier("ES_CONSENTEMENT_EQUIPE_MOIS")
ES_CODE_ACCES_MIN = env.entier("ES_CODE_ACCES_MIN")
ES_ACCES_PAR_CODE_H = env.entier("ES_ACCES_PAR_CODE_H")
ES_MT_VOIT_MASQUE = env.oui("ES_MT_VOIT_MASQUE")
ES_CATEGORIES_LISANT_TRACES = env.lire("ES_CATEGORIES_LISANT_TRACES")
ES_MESURES = env.lire("ES_MESURES")
ES_PARTAGE_JOURS = env.entier("ES_PARTAGE_JOURS")
ES_BRIS_DE_GLACE_H = env.entier("ES_BRIS_DE_GLACE_H")
ES_CENTRE_15_H = env.entier("ES_CENTRE_15_H")
ES_BLOQUE_BRIS_DE_GLACE = env.oui("ES_BLOQUE_BRIS_DE_GLACE")
ES_BLOQUE_CENTRE_15 = env.oui("ES_BLOQUE_CENTRE_15")
ES_URGENCE_INS_SOUPLE = env.oui("ES_URGENCE_INS_SOUPLE")
ES_URGENCE_SEUIL = env.entier("ES_URGENCE_SEUIL")
ES_JOURNAL_ORIGINE = env.lire("ES_JOURNAL_ORIGINE")
ES_JOURNAL_CLE = env.lire("ES_JOURNAL_CLE") or str(ES_DATA / "cles" / "journal.key")
ES_JOURNAL_FRAGMENTS = env.entier("ES_JOURNAL_FRAGMENTS")
ES_JOURNAL_TETE_S = env.entier("ES_JOURNAL_TETE_S")
ES_TEMOIN = env.lire("ES_TEMOIN") or str(ES_DATA / "temoin" / "tetes.txt")
ES_PROCESSUS = env.entier("ES_PROCESSUS")
ES_FILS = env.entier("ES_FILS")
ES_ANNONCE_AVIS_J = env.entier("ES_ANNONCE_AVIS_J")
ES_SUPPRESSION_RETOUR_J = env.entier("ES_SUPPRESSION_RETOUR_J")
ES_SUPPRESSION_DETRUIRE_J = env.entier("ES_SUPPRESSION_DETRUIRE_J")
ES_CLE_EXPORTS_FILE: str = env.lire("ES_CLE_EXPORTS_FILE") or str(ES_DATA / "cles" / "exports.key")
ES_EXPORT_JOURS = env.entier("ES_EXPORT_JOURS")
ES_EXPORT_DELAI_H = env.entier("ES_EXPORT_DELAI_H")
ES_EXPORT_TELECHARGEMENTS = env.entier("ES_EXPORT_TELECHARGEMENTS")
ES_EXPORT_PARTIE_OCTETS = env.entier("ES_EXPORT_PARTIE_OCTETS")
ES_PAYS_ADMIS = frozenset(p.upper() for p in env.liste("ES_PAYS_ADMIS"))
ES_PAYS_HEBERGEMENT = {
    "ES_PAYS_BASE": env.lire("ES_PAYS_BASE").upper(),
    "ES_PAYS_CLES": env.lire("ES_PAYS_CLES").upper(),
    "ES_PAYS_SAUVEGARDE": env.lire("ES_PAYS_SAUVEGARDE").upper(),
    "ES_PAYS_COURRIEL": env.lire("ES_PAYS_COURRIEL").upper(),
}
ES_ABONNEMENTS = {
    "certificat": env.lire("ES_ABONNEMENTS_CERTIFICAT"),
    "cle": env.lire("ES_ABONNEMENTS_CLE"),
    "autorites": env.lire("ES_ABONNEMENTS_AC"),
}
ES_ABONNEMENTS_DELAI_S = env.entier("ES_ABONNEMENTS_DELAI_S")
ES_ABONNEMENTS_JOURS = env.entier("ES_ABONNEMENTS_JOURS")
ES_ADT = {
    "structure": env.lire("ES_ADT_STRUCTURE"),
    "emetteur": env.lire("ES_ADT_EMETTEUR"),
}
ES_ADT_AUTORISATIONS = env.oui("ES_ADT_AUTORISATIONS")
ES_HOTES_SORTANTS = frozenset(env.liste("ES_HOTES_SORTANTS"))
ES_DPD = {
    "nom": env.lire("ES_DPD_NOM"),
    "courriel": env.lire("ES_DPD_COURRIEL"),
    "adresse": env.lire("ES_DPD_ADRESSE"),
}
ES_SAUVEGARDES_JOURS = env.entier("ES_SAUVEGARDES_JOURS")
ES_PAGE = env.entier("ES_PAGE")
ES_CLAMD = env.lire("ES_CLAMD")
ES_DEPOT_WORD = env.oui("ES_DEPOT_WORD")
ES_SERVICE_ID = env.lire("ES_SERVICE_ID")
ES_SERVICE_NOM = env.lire("ES_SERVICE_NOM")
ES_MSS_NIL = env.lire("ES_MSS_NIL")
ES_SERVICE_OID = env.lire("ES_SERVICE_OID")
ES_QUOTA_TITULAIRE_DOCUMENTS = env.entier("ES_QUOTA_TITULAIRE_DOCUMENTS")
ES_QUOTA_TITULAIRE_OCTETS = env.entier("ES_QUOTA_TITULAIRE_OCTETS")
ES_AVIS_REGROUPEMENT_MIN = env.entier("ES_AVIS_REGROUPEMENT_MIN")
ES_URGENCE_COURRIER_POSTAL = env.oui("ES_URGENCE_COURRIER_POSTAL")
ES_SIGNALEMENT_JOURS_OUVRES = env.entier("ES_SIGNALEMENT_JOURS_OUVRES")
ES_SIGNALEMENT_FICHIER_MAX = env.entier("ES_SIGNALEMENT_FICHIER_MAX")
ES_RECTIFICATION_MOIS = env.entier("ES_RECTIFICATION_MOIS")
ES_VEILLE_DOSSIERS_H = env.entier("ES_VEILLE_DOSSIERS_H")
ES_VEILLE_MEME_NOM = env.entier("ES_VEILLE_MEME_NOM")
ES_VEILLE_URGENCES = env.entier("ES_VEILLE_URGENCES")
ES_VEILLE_HORAIRES = env.lire("ES_VEILLE_HORAIRES")
ES_SYSTEMES_ACTIFS = frozenset(env.liste("ES_SYSTEMES_ACTIFS"))
ES_GESTIONNAIRES_MATRICE = tuple(env.liste("ES_GESTIONNAIRES_MATRICE"))

DEBUG = False
ALLOWED_HOSTS = env.liste("ES_ALLOWED_HOSTS")
ROOT_URLCONF = "espace_sante.config.urls"
WSGI_APPLICATION = "espace_sante.config.wsgi.application"
APPEND_SLASH = False

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "csp",
    "django_htmx",
    "axes",
    "procrastinate.contrib.django",
    "espace_sante.identite",
    "espace_sante.traces",
    "espace_sante.taches",
    "espace_sante.dossier",
    "espace_sante.documents",
    "espace_sante.notifications",
    "espace_sante.acces",
    "espace_sante.profil_medical",
    "espace_sante.agenda",
    "espace_sante.web",
    "espace_sante.interop",
    "espace_sante.api",
    "espace_sante.simulateurs",
]

MIDDLEWARE = [
    "espace_sante.web.middleware.contexte.ContexteDeRequete",
    "espace_sante.api.metriques.Mesures",
    "espace_sante.web.middleware.logiciels.VoieDesLogiciels",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "espace_sante.web.middleware.acteur.ActeurEtRefusParDefaut",
    "axes.middleware.AxesMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "espace_sante.web.contexte_pages.page",
            ],
            "builtins": [
                "django.templatetags.static",
                "django.templatetags.i18n",
                "espace_sante.web.templatetags.composants",
            ],
        },
    }
]


def _base(url: str) -> dict[str, Any]:
    parties = urlsplit(url)
    requete = parse_qs(parties.query)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parties.path.lstrip("/"),
        "USER": unquote(parties.username or ""),
        "PASSWORD": unquote(parties.password or ""),
        "HOST": (requete.get("host") or [parties.hostname or ""])[0],
        "PORT": (requete.get("port") or [str(parties.port or "")])[0],
        # One lasting connection per worker thread: the number of threads is the size of the pool (ADR 0004).
        "CONN_MAX_AGE": None,
        # No check before each request, it would cost a round trip: after a restart of the database the first
        # call of a thread fails with 503 and the next one connects anew.
        "CONN_HEALTH_CHECKS": False,
        "OPTIONS": {"prepare_threshold": 3, "application_name": "espace-sante"},
    }


if bool(env.lire("ES_DATABASE_URL")) != bool(env.lire("ES_DATABASE_OWNER_URL")):
    raise env.ReglageInvalide(
        "reglage_absent", "Donnez ES_DATABASE_URL et ES_DATABASE_OWNER_URL ensemble, ou aucun des deux."
    )
_application = env.lire("ES_DATABASE_URL") or EMBARQUE.url_application()
_proprietaire = env.lire("ES_DATABASE_OWNER_URL") or EMBARQUE.url_proprietaire()
DATABASES = {
    "default": _base(_application),
    # Migrations and operations only; the web process never opens it.
    "proprietaire": {**_base(_proprietaire), "CONN_MAX_AGE": 0},
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "identite.Compte"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = [
    "espace_sante.identite.hachage.Argon2Borne",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 9}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
# Five failures in fifteen minutes hold the account (IDN-39); keyed by identifier, never by shared address.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = ["username"]
AXES_USERNAME_FORM_FIELD = "identifiant"
AXES_RESET_ON_SUCCESS = True
AXES_SENSITIVE_PARAMETERS = ["identifiant", "username", "password", "mot_de_passe", "code"]
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False
AXES_ENABLE_ADMIN = False

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = ES_BASE_URL.startswith("https://")
SESSION_COOKIE_NAME = "__Host-session" if SESSION_COOKIE_SECURE else "session"
SESSION_SAVE_EVERY_REQUEST = False
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "espace_sante.web.erreurs.csrf_refuse"
CSRF_TRUSTED_ORIGINS = [ES_BASE_URL]
SECURE_HSTS_SECONDS = 63072000 if SESSION_COOKIE_SECURE else 0
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"
ES_METRICS_DE = env.reseaux("ES_METRICS_DE")
# Empty: nothing that a caller says of its own address is believed.
ES_RELAIS = env.reseaux("ES_PROXY_ADRESSES") if env.oui("ES_PROXY_CONFIANCE") else ()
# Where programs show their certificate; the header that tells it is believed from these relays alone (ADR 0020).
ES_MTLS_URL = env.lire("ES_MTLS_URL").rstrip("/")
if ES_MTLS_URL and not ES_RELAIS:
    raise env.ReglageInvalide(
        "reglage_absent", "ES_MTLS_URL demande ES_PROXY_CONFIANCE=oui et ES_PROXY_ADRESSES."
    )
ES_MTLS_AC = env.lire("ES_MTLS_AC")
ES_CONFORMITE = env.oui("ES_CONFORMITE")
ES_CONFORMITE_CLE = env.lire("ES_CONFORMITE_CLE")
ES_CIBA = env.oui("ES_CIBA")
ES_CIBA_EXPIRE_S = min(env.entier("ES_CIBA_EXPIRE_S"), 300)
ES_APPAIRAGE_CODE_S = min(env.entier("ES_APPAIRAGE_CODE_S"), 60)
ES_APPAIRAGE_JETON_S = min(env.entier("ES_APPAIRAGE_JETON_S"), 3600)
ES_APPAIRAGE_JOURS = env.entier("ES_APPAIRAGE_JOURS")
ES_LIEN_MIN = env.entier("ES_LIEN_MIN")
if ES_RELAIS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Nothing is fetched from anywhere else; no inline script or style (REG-16).
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "frame-src": [SELF],
        "object-src": [NONE],
        "frame-ancestors": [SELF],
        "base-uri": [NONE],
        "form-action": [SELF, ES_PSC_ISSUER.split("/simulateurs")[0], ES_FC_ISSUER.split("/simulateurs")[0]],
        "manifest-src": [SELF],
    }
}

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français"), ("en", "English")]
TIME_ZONE = "Europe/Paris"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/statique/"
STATICFILES_DIRS = [("bootstrap", bootstrap.BASE_DIR)]
STATIC_ROOT = ES_DATA / "statique"
WHITENOISE_USE_FINDERS = ES_LOCAL
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if ES_LOCAL or ES_INSTANCE == "test"
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = env.lire("ES_SMTP_HOTE")
EMAIL_PORT = env.entier("ES_SMTP_PORT")
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.lire("ES_COURRIEL_EXPEDITEUR")

DATA_UPLOAD_MAX_MEMORY_SIZE = 6_000_000
# Files stay in memory, within bounds: never in clear on a disk (REG-16).
FILE_UPLOAD_HANDLERS = ["espace_sante.web.espace.depot_reception.EnMemoire"]
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200

# Technical journal: coded lines only (REG-12, FHR-15). Django's own request lines carry paths, never bodies.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"sans_identite": {"()": "espace_sante.platform.journal.SansIdentite"}},
    "formatters": {"json": {"()": "espace_sante.platform.journal.FormatJson"}},
    "handlers": {
        "sortie": {"class": "logging.StreamHandler", "formatter": "json", "filters": ["sans_identite"]}
    },
    "root": {"handlers": ["sortie"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": ["sortie"], "level": "WARNING", "propagate": False},
        "django.request": {"handlers": ["sortie"], "level": "ERROR", "propagate": False},
        "axes": {"handlers": [], "level": "CRITICAL", "propagate": False},
        "httpx": {"level": "WARNING"},
        "httpcore": {"level": "WARNING"},
        "procrastinate": {"level": "WARNING"},
        "pikepdf": {"level": "WARNING"},
    },
}
