"""`espace-sante doctor`: check an installation and say what to mend."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from espace_sante.commands.installation import installer, option_donnees

AIDE = "vérifie l'installation et dit quoi réparer"


def configurer(analyseur: argparse.ArgumentParser) -> None:
    option_donnees(analyseur)


def _base() -> str:
    from django.db import connection

    with connection.cursor() as curseur:
        curseur.execute("SHOW server_version_num")
        if int(curseur.fetchone()[0]) < 150000:
            return "PostgreSQL doit être en version 15 ou plus récente."
        curseur.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        if curseur.fetchone()[0]:
            return "Le rôle d'application ne doit pas contourner la sécurité des lignes."
        curseur.execute(
            "SELECT count(*) FROM pg_class WHERE relowner = (SELECT oid FROM pg_roles WHERE rolname = current_user)"
        )
        if curseur.fetchone()[0]:
            return "Le rôle d'application ne doit posséder aucune table."
        curseur.execute("SHOW synchronous_commit")
        if curseur.fetchone()[0] == "off":
            return "synchronous_commit est coupé : un dépôt acquitté pourrait se perdre."
    return ""


def _migrations() -> str:
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    executeur = MigrationExecutor(connections["proprietaire"])
    if executeur.migration_plan(executeur.loader.graph.leaf_nodes()):
        return "La base n'est pas à la version du produit : lancez « espace-sante migrate »."
    return ""


def _instance() -> str:
    from espace_sante.identite.installation import InstallationIncoherente, verifier

    try:
        verifier()
    except InstallationIncoherente as erreur:
        return erreur.message
    return ""


def _cle_ins() -> str:
    from django.conf import settings

    if settings.ES_INSTANCE == "production" and settings.ES_CLE_INS == settings.SECRET_KEY:
        return (
            "Les empreintes d'INS ont la même clé que les sessions : donnez par ES_CLE_INS la valeur actuelle de"
            " ES_SECRET_KEY ; vous pourrez alors changer ES_SECRET_KEY sans perdre les dossiers."
        )
    return ""


def _cle_maitre() -> str:
    from django.conf import settings

    if not Path(settings.ES_MASTER_KEY_FILE).exists():
        return "La clé maître est introuvable (ES_MASTER_KEY_FILE) : rendez-la depuis votre copie, n'en créez pas une autre."
    return ""


def _secrets() -> str:
    """Files of keys that somebody else than their owner may read, folders where somebody else may put another."""
    from django.conf import settings

    cles = (settings.ES_MASTER_KEY_FILE, settings.ES_JOURNAL_CLE, settings.ES_CLE_EXPORTS_FILE)
    fichiers = {Path(c) for c in cles} | set((settings.ES_DATA / "cles").glob("*"))
    lisibles = sorted(str(f) for f in fichiers if f.is_file() and f.stat().st_mode & 0o077)
    ouverts = sorted({str(f.parent) for f in fichiers if f.exists() and f.parent.stat().st_mode & 0o022})
    remedes = [f"chmod 600 {f}" for f in lisibles] + [f"chmod go-w {d}" for d in ouverts]
    if remedes:
        return (
            f"D'autres comptes de cette machine peuvent lire ou remplacer des clés : {' ; '.join(remedes)}."
        )
    return ""


def _proprietaire() -> str:
    from django.db import connections

    with connections["proprietaire"].cursor() as c:
        c.execute(
            "SELECT rolname FROM pg_roles WHERE (rolsuper OR rolbypassrls) AND (rolname = current_user"
            " OR oid = (SELECT datdba FROM pg_database WHERE datname = current_database())) ORDER BY 1"
        )
        roles = [nom for (nom,) in c.fetchall()]
    if roles:
        remede = f"ALTER ROLE {roles[0]} NOSUPERUSER NOBYPASSRLS"
        return f"Le propriétaire de la base a plus de droits qu'il n'en faut : {remede}."
    return ""


def _antivirus() -> str:
    from django.conf import settings

    if not settings.ES_CLAMD:
        return (
            "Les fichiers des titulaires ne sont pas examinés : installez clamd (paquet clamav-daemon) et donnez"
            " ES_CLAMD, par exemple unix:/run/clamav/clamd.ctl."
        )
    return ""


def _antivirus_repond() -> str:
    from espace_sante.platform.antivirus import AntivirusInjoignable, examiner

    try:
        examiner(b"essai", delai=5.0)
    except AntivirusInjoignable:
        return "clamd ne répond pas (ES_CLAMD) : tout dépôt d'un titulaire est refusé. Démarrez-le, vérifiez l'adresse."
    return ""


def _courriel() -> str:
    from smtplib import SMTPException

    from django.conf import settings
    from django.core.mail import get_connection

    try:
        relais = get_connection(timeout=5)
        relais.open()
        relais.close()
    except (OSError, SMTPException):
        return (
            f"Le relais de courriel {settings.EMAIL_HOST}:{settings.EMAIL_PORT} ne répond pas : aucun code de connexion"
            " ne part. Démarrez-le ou changez ES_SMTP_HOTE et ES_SMTP_PORT."
        )
    return ""


def _gestionnaires() -> str:
    from django.conf import settings

    from espace_sante.identite.operateurs.queries import nombre_de_gestionnaires, reconnaitre
    from espace_sante.kernel.traits import plier

    # A name of the setting that is also an account counts once.
    noms = {plier(n) for n in settings.ES_GESTIONNAIRES_MATRICE if reconnaitre(n) is None} - {""}
    nombre = len(noms) + nombre_de_gestionnaires()
    if nombre < 2 and (nombre or settings.ES_INSTANCE == "production"):
        return (
            "Il faut deux gestionnaires de la matrice, l'un propose et l'autre approuve (ACC-39) : ajoutez un compte"
            " par « espace-sante operators add … --role gestionnaire_matrice », ou un nom à ES_GESTIONNAIRES_MATRICE."
        )
    return ""


def _matrice() -> str:
    from espace_sante.acces import matrice

    edition = matrice.en_vigueur()
    remede = "Proposez la matrice officielle par « espace-sante matrice import », puis faites-la approuver."
    if edition is None:
        return f"Aucune matrice en vigueur : toute lecture est refusée. {remede}"
    if not edition.officielle:
        return (
            "La matrice en vigueur est illustrative : une instance de production refuse toute lecture (ACC-41)."
            f" {remede}"
        )
    return ""


def _schema_cda() -> str:
    from django.conf import settings

    if settings.ES_CDA_XSD and Path(settings.ES_CDA_XSD).is_file():
        return ""
    return (
        "Le schéma CDA n'est pas installé : les documents CDA ne sont pas validés contre lui. Prenez CDA_extended.xsd au"
        " CI-SIS de l'ANS, posez-le avec les fichiers qu'il inclut et donnez son chemin par ES_CDA_XSD."
    )


def _annuaire() -> str:
    from datetime import UTC, datetime

    from django.conf import settings

    from espace_sante.identite.annuaire_sante.copie import Fraicheur, etat

    if not settings.ES_ANNUAIRE_CLE:
        return (
            "L'Annuaire Santé n'est pas appelé : donnez sa clé par ES_ANNUAIRE_CLE. Sans mise à jour, un professionnel qui"
            " cesse d'exercer garde son accès (ANN-06)."
        )
    vu = etat(datetime.now(UTC))
    suite = f" Dernier essai : {vu.erreur}." if vu.erreur else ""
    if vu.fraicheur is Fraicheur.SANS_SOURCE:
        return "L'annuaire n'a pas encore été lu : le worker le fait dans l'heure, ou « espace-sante annuaire refresh »."
    if vu.fraicheur is not Fraicheur.FRAICHE:
        age = f"date du {vu.reussi_le:%d/%m/%Y}" if vu.reussi_le else "n'est jamais arrivée au bout"
        remede = "Regardez si le worker tourne, puis lancez « espace-sante annuaire refresh »."
        return f"La copie de l'annuaire {age}.{suite} {remede}"
    return ""


def _annuaire_perime() -> str:
    from datetime import UTC, datetime

    from espace_sante.identite.annuaire_sante.copie import Fraicheur, etat

    return _annuaire() if etat(datetime.now(UTC)).fraicheur is Fraicheur.PERIMEE else ""


def _insi() -> str:
    from django.conf import settings

    from espace_sante.identite.insi import schemas

    insi = settings.ES_INSI
    if not insi["url"]:
        return (
            "INSi n'est pas appelé : aucune identité n'est récupérée, et une première connexion par FranceConnect est"
            " impossible. Donnez ES_INSI_URL, ES_INSI_CERTIFICAT et ES_INSI_IDAM."
        )
    absents = [n for n in ("certificat", "cle", "autorites") if insi[n] and not Path(insi[n]).is_file()]
    if absents:
        noms = {"certificat": "ES_INSI_CERTIFICAT", "cle": "ES_INSI_CLE", "autorites": "ES_INSI_AC"}
        return f"Fichier introuvable pour INSi : {', '.join(noms[n] for n in absents)}."
    if not settings.ES_LOCAL and not (insi["certificat"] and settings.ES_INSI_EMETTEUR["idam"]):
        return "INSi refusera les appels : donnez ES_INSI_CERTIFICAT et ES_INSI_IDAM."
    if schemas.schemas(insi["xsd"]) is None:
        return (
            "Les schémas d'INSi ne sont pas installés : demandes et réponses sont vérifiées par les tables internes."
            " Prenez les trois fichiers INSi_*.xsd du téléservice et donnez leur dossier par ES_INSI_XSD."
        )
    return ""


def _hebergement() -> str:
    from espace_sante.platform.hebergement import defauts

    return " ; ".join(d.texte for d in defauts())


# Name, check, and whether a problem must be mended before the service is used.
CONTROLES: tuple[tuple[str, Callable[[], str], bool], ...] = (
    ("base de données", _base, True),
    ("propriétaire de la base", _proprietaire, False),
    ("version de la base", _migrations, True),
    ("nature de l'instance", _instance, True),
    ("pays d'hébergement", _hebergement, True),
    ("clé maître", _cle_maitre, True),
    ("fichiers des clés", _secrets, True),
    ("clé des empreintes d'INS", _cle_ins, False),
    ("courriel sortant", _courriel, True),
    ("antivirus", _antivirus, False),
    ("réponse de l'antivirus", _antivirus_repond, True),
    ("matrice d'habilitation", _matrice, False),
    ("gestionnaires de la matrice", _gestionnaires, False),
    ("schéma CDA", _schema_cda, False),
    ("INSi", _insi, False),
    ("copie de l'annuaire", _annuaire, False),
    ("âge de l'annuaire", _annuaire_perime, True),
)


def executer(options: argparse.Namespace) -> int:
    installer(options.data, verifier=False)
    grave = False
    for nom, controle, bloquant in CONTROLES:
        try:
            probleme = controle()
        except Exception as erreur:
            probleme = f"contrôle impossible ({type(erreur).__name__})."
        print(f"{'À RÉPARER' if probleme and bloquant else 'à savoir' if probleme else 'bien':>10}  {nom}"
              f"{' : ' + probleme if probleme else ''}")  # fmt: skip
        grave |= bool(probleme) and bloquant
    return 1 if grave else 0
