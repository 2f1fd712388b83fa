"""A database of its own for the log, traces by the thousand, and the ways to falsify it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
from django.conf import settings

from espace_sante.kernel.ids import uuid7
from espace_sante.platform.postgres import embarque
from espace_sante.traces.journal_scelle import temoin
from espace_sante.traces.journal_scelle.ecriture import Connexion, publier, sceller
from espace_sante.traces.journal_scelle.note import CleJournal, Tete
from espace_sante.traces.journal_scelle.verification import Rapport, verifier

SHARDS = 4
CLE = CleJournal("essai.example/traces", bytes(range(32)))
_COLONNES = (
    "dossier_id, id, quand, acteur_genre, acteur_id, acteur_nom, profession, structure_id, structure_nom,"
    " structure_commune, action, resultat, motif, lettres, document_ids, document_type, document_titre, mode,"
    " matrice_edition, porte, logiciel, adresse_hachee, requete"
)


@dataclass(slots=True)
class Journal:
    """A fresh database with its log: `cx` is the owner's connection."""

    url: str
    url_application: str
    cx: Connexion
    temoin: Path
    maintenant: datetime

    def ecrire(self, nombre: int, dossiers: list[UUID] | None = None) -> list[UUID]:
        """Write that many traces over these records, as the owner (one transaction)."""
        dossiers = dossiers or [uuid4() for _ in range(50)]
        hasard = random.Random(nombre)
        with (
            self.cx.cursor() as c,
            c.copy(f"COPY traces_trace ({_COLONNES}) FROM STDIN (FORMAT BINARY)") as copie,
        ):
            copie.set_types(
                ["uuid", "uuid", "timestamptz", *["varchar"] * 11, "uuid[]", *["varchar"] * 3, "int4",
                 *["varchar"] * 3, "uuid"]
            )  # fmt: skip
            for i in range(nombre):
                dossier = hasard.choice(dossiers)
                copie.write_row(ligne(dossier, self.maintenant + timedelta(microseconds=i), i))
        return dossiers

    def sceller(self) -> int:
        return sceller(self.cx, SHARDS)

    def publier(self, minutes: int = 1) -> list[Tete]:
        """Publish heads, a minute later."""
        self.maintenant += timedelta(minutes=minutes)
        return publier(self.cx, CLE, self.temoin, self.maintenant)

    def verifier(self) -> Rapport:
        notes = list(temoin.lire(self.temoin)) if self.temoin.exists() else []
        return verifier(self.cx, CLE.publique, notes)

    def sql(self, requete: str, *params: Any) -> list[tuple[Any, ...]]:
        resultat = self.cx.execute(requete, params or None)  # type: ignore[call-overload]
        return list(resultat.fetchall()) if resultat.description else []


def ligne(dossier: UUID, quand: datetime, i: int) -> tuple[Any, ...]:
    documents = [uuid4() for _ in range(i % 3)]
    return (
        dossier, uuid7(), quand, "professionnel", "899000000017", "Dr Anne Morél", "Médecin", "1750000001",
        "Cabinet", "Paris", "lecture", "fait", "", "ttttt", documents, "11488-4", f"Compte rendu n° {i}", "normal",
        1 if i % 2 else None, "web", "", "ab" * 16, uuid4(),
    )  # fmt: skip


@contextmanager
def journal(dossier: Path) -> Iterator[Journal]:
    """A migrated database of its own, on the server of the run."""
    reglages = settings.DATABASES["proprietaire"]
    serveur = embarque.Serveur(dossier, Path(str(reglages["HOST"])), int(str(reglages["PORT"])))
    nom = f"journal_{uuid4().hex[:12]}"
    embarque.creer_base(serveur, nom, embarque.BASE)
    url = serveur.url(embarque.PROPRIETAIRE, nom)
    try:
        with psycopg.connect(url, autocommit=True) as cx:
            debut = datetime(2026, 3, 3, 9, tzinfo=UTC)
            yield Journal(url, serveur.url(embarque.APPLICATION, nom), cx, dossier / "tetes.txt", debut)
    finally:
        with psycopg.connect(serveur.url("es_super", "postgres"), autocommit=True) as cx:
            cx.execute(f'DROP DATABASE IF EXISTS "{nom}" WITH (FORCE)')  # type: ignore[arg-type]
