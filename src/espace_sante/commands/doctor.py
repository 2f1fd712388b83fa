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

    fichier = Path(settings.ES_MASTER_KEY_FILE)
    if not fichier.exists():
        return "La clé maître est introuvable (ES_MASTER_KEY_FILE)."
    if fichier.stat().st_mode & 0o077:
        return "Le fichier de la clé maître doit être lisible de son seul propriétaire (chmod 600)."
    return ""


def _matrice() -> str:
    from espace_sante.acces import matrice

    edition = matrice.en_vigueur()
    if edition is None:
        return "Aucune matrice en vigueur : toute lecture est refusée."
    if not edition.officielle:
        return "La matrice en vigueur est illustrative : une instance de production refuse toute lecture (ACC-41)."
    return ""


def _schema_cda() -> str:
    from django.conf import settings

    if not settings.ES_CDA_XSD or not Path(settings.ES_CDA_XSD).exists():
        return "Le schéma CDA n'est pas installé (ES_CDA_XSD) : les documents CDA ne sont pas validés contre lui."
    return ""


def _hebergement() -> str:
    from espace_sante.platform.hebergement import defauts

    return " ; ".join(d.texte for d in defauts())


CONTROLES: tuple[tuple[str, Callable[[], str], bool], ...] = (
    ("base de données", _base, True),
    ("version de la base", _migrations, True),
    ("nature de l'instance", _instance, True),
    ("pays d'hébergement", _hebergement, True),
    ("clé maître", _cle_maitre, True),
    ("clé des empreintes d'INS", _cle_ins, False),
    ("matrice d'habilitation", _matrice, False),
    ("schéma CDA", _schema_cda, False),
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
