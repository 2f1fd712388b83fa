"""Bringing a sandbox back to its seed: everybody and every document as on the first day, publishers left alone.

One transaction as owner of the tables: a kill at any moment leaves the sandbox whole, as it was or as new. The log of
traces begins again with its records; the witness file of the former one is set aside, never destroyed.

Run by `espace-sante sandbox reset` as a process of its own: `python -m espace_sante.simulateurs.bac_a_sable`.
"""

from __future__ import annotations

import getpass
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db import connections
from psycopg import errors, sql

from espace_sante.kernel.errors import EspaceSanteError
from espace_sante.kernel.ins import OID_DEMO, OID_TEST
from espace_sante.simulateurs import chargement
from espace_sante.simulateurs.peuplement import JOUR, avancement, graine_gardee
from espace_sante.simulateurs.population import ASSURANCE_MALADIE, SERVICE, Population, generer

# What a publisher registered, what operators decided, and what the installation is. Every other table is emptied.
GARDEES = frozenset(
    {
        "identite_logiciel", "identite_certificatlogiciel", "identite_demandelogiciel",
        "identite_decisionlogiciel", "identite_suitelogiciel", "identite_jetonrevoque", "identite_parcourslogiciel",
        "identite_operateur", "identite_facteursoperateur", "acces_acteoperateur",
        "acces_edition", "acces_cellule", "acces_proposition", "acces_demandematrice", "acces_suitedemandematrice",
        "identite_installation", "traces_curseur",
        "auth_group", "auth_group_permissions", "auth_permission", "django_content_type", "django_migrations",
    }
)  # fmt: skip
# Filled again around the rows that a publisher's registration names.
STRUCTURES = "identite_structure"
# The queue's own: a job at work ends by itself, the others were about records that are gone.
_FILE = "procrastinate_"
_ATTENTE_VERROU, _ESSAIS = "10s", 5


class RemiseRefusee(EspaceSanteError):
    """Codes `production`, `sans_simulateurs`, `graine_inconnue`, `personnes_reelles`, `bac_a_sable_occupe`."""


def remettre(nombre: int = 0, graine: int = 0) -> chargement.Bilan:
    """Empty the sandbox and load its population again: the recorded one, or `nombre` people of seed `graine`.

    Durable when it returns. Raises RemiseRefusee, nothing changed.
    """
    # Its models are known once Django is set up.
    from espace_sante.acces.operation.actes import noter_commande

    exiger_bac_a_sable()
    dossier = Path(settings.ES_DATA)
    if not nombre:
        connue = graine_gardee(dossier)
        if connue is None:
            raise RemiseRefusee(
                "graine_inconnue",
                "Ce dossier ne dit pas avec quelle population il a été rempli : donnez --population et --seed.",
            )
        nombre, graine = connue
    population = generer(nombre, graine, aujourd_hui=date.fromisoformat((dossier / JOUR).read_text()))
    bilan = _remplacer(population)
    noter_commande("bac_a_sable_remis", f"{bilan.titulaires}", par=getpass.getuser())
    for message in (dossier / "simulateurs" / "courriels").glob("*.eml"):
        message.unlink(missing_ok=True)
    return bilan


def _remplacer(population: Population) -> chargement.Bilan:
    """Old rows against new ones, all or nothing. Raises RemiseRefusee when others never let go of the tables."""
    connections["proprietaire"].ensure_connection()
    cx: psycopg.Connection[Any] = connections["proprietaire"].connection
    for _ in range(_ESSAIS):
        try:
            with cx.transaction():
                cx.execute(f"SET LOCAL lock_timeout = '{_ATTENTE_VERROU}'")
                _vider(cx, population)
                bilan = chargement.charger(population, avancement(population.nombre))
                # Under the lock of the emptied log: nobody publishes a head between this and the end.
                _ecarter_temoin(Path(settings.ES_TEMOIN))
            return bilan
        except (errors.LockNotAvailable, errors.DeadlockDetected):
            # Calls under way hold what this one wants, in another order: they end, or are undone, and it starts again.
            time.sleep(1)
    raise RemiseRefusee(
        "bac_a_sable_occupe", "Le bac à sable est très occupé : rien n'a changé, recommencez."
    )


def exiger_bac_a_sable() -> None:
    """Raise RemiseRefusee unless this is a local installation of fictitious people, and nothing else."""
    if settings.ES_INSTANCE == "production":
        raise RemiseRefusee("production", "Cette commande n'existe pas en production.")
    if not settings.ES_LOCAL:
        raise RemiseRefusee(
            "sans_simulateurs", "Seule une installation avec simulateurs (ES_SIMULATEURS) est un bac à sable."
        )
    with connections["proprietaire"].cursor() as c:
        c.execute(
            "SELECT EXISTS (SELECT 1 FROM identite_titulaire WHERE oid <> ALL(%s))", [[OID_TEST, OID_DEMO]]
        )
        (reelles,) = c.fetchone()
    if reelles:
        raise RemiseRefusee(
            "personnes_reelles", "Cette base contient un INS qui n'est pas de test : rien n'est effacé."
        )


def tables_videes(cx: psycopg.Connection[Any]) -> list[str]:
    """Every table of the product that a reset empties."""
    toutes = cx.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
        " AND NOT relispartition ORDER BY relname"
    )
    return [t for (t,) in toutes if t not in GARDEES and t != STRUCTURES and not t.startswith(_FILE)]


def _vider(cx: psycopg.Connection[Any], population: Population) -> None:
    noms = sql.SQL(", ").join(map(sql.Identifier, tables_videes(cx)))
    # Without CASCADE: a table that is kept and leans on one that is not makes it fail.
    cx.execute(sql.SQL("TRUNCATE {}").format(noms))
    cx.execute("DELETE FROM procrastinate_periodic_defers")
    cx.execute("DELETE FROM procrastinate_jobs WHERE status <> 'doing'")
    # Those of the seed come back in this same transaction, before the references to them are looked at.
    cx.execute(
        f"DELETE FROM {STRUCTURES} WHERE id = ANY(%s) OR id NOT IN"  # noqa: S608
        " (SELECT structure_id FROM identite_logiciel WHERE structure_id IS NOT NULL)",
        [[s.id for s in (*population.structures, ASSURANCE_MALADIE, SERVICE)]],
    )


def _ecarter_temoin(fichier: Path) -> None:
    """The heads of the former log stay readable beside the new ones."""
    if fichier.exists():
        fichier.rename(fichier.with_name(f"{fichier.stem}-{time.time_ns()}{fichier.suffix}"))


if __name__ == "__main__":
    import django

    django.setup()
    try:
        fait = remettre(int(sys.argv[1]), int(sys.argv[2]))
    except EspaceSanteError as erreur:
        sys.exit(erreur.message)
    sys.stdout.write(
        f"Bac à sable remis à neuf : {fait.titulaires} titulaires, {fait.documents} documents.\n"
    )
