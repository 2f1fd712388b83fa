"""The Merkle log of the traces (AUD-14)."""

from typing import ClassVar

import django.db.models.functions.datetime
from django.db import migrations, models

from espace_sante.platform.postgres.rls import droits, table_de_dossier

SOURCES = ("traces_trace", "traces_tracehorsdossier", "traces_effacement")


def _transaction(table: str) -> migrations.RunSQL:
    """The number of the transaction that wrote each row: by it the sequencer misses no late commit.

    A column of the database alone: no one writes it, and the application's statements do not know it. Rows that
    were there have 0. The index is a few bytes for each block of the table, and costs an insert next to nothing.
    """
    index = f"{table}_transaction"
    return migrations.RunSQL(
        [
            f"ALTER TABLE {table} ADD COLUMN transaction_id bigint NOT NULL DEFAULT 0",
            f"ALTER TABLE {table} ALTER COLUMN transaction_id SET DEFAULT pg_current_xact_id()::text::bigint",
            f"CREATE INDEX {index} ON {table} USING brin (transaction_id) WITH (pages_per_range = 16)",
        ],
        [f"ALTER TABLE {table} DROP COLUMN transaction_id"],
    )


class Migration(migrations.Migration):
    dependencies: ClassVar = [("traces", "0002_droits")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="Arbre",
            fields=[
                ("shard", models.IntegerField(primary_key=True, serialize=False)),
                ("taille", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="Curseur",
            fields=[
                ("genre", models.CharField(max_length=12, primary_key=True, serialize=False)),
                ("systeme", models.BigIntegerField()),
                ("horizon", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="Effacement",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "dossier_id", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("dossier_id", models.UUIDField()),
                ("id", models.UUIDField()),
                ("quand", models.DateTimeField()),
                ("motif", models.CharField(max_length=60)),
                ("nombre", models.IntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="Tete",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "shard", "quand", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("shard", models.IntegerField()),
                ("quand", models.DateTimeField()),
                ("taille", models.BigIntegerField()),
                ("racine", models.BinaryField(max_length=32)),
                ("note", models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name="Tuile",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "shard",
                        "niveau",
                        "indice",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("shard", models.IntegerField()),
                ("niveau", models.SmallIntegerField()),
                ("indice", models.BigIntegerField()),
                ("empreintes", models.BinaryField(max_length=8192)),
            ],
        ),
        migrations.CreateModel(
            name="Feuille",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "dossier_id",
                        "trace_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("dossier_id", models.UUIDField()),
                ("trace_id", models.UUIDField()),
                ("genre", models.CharField(max_length=12)),
                ("version", models.SmallIntegerField(help_text="form of the bytes that were hashed")),
                ("shard", models.IntegerField()),
                ("rang", models.BigIntegerField(help_text="from 0, without gaps in each shard")),
                ("empreinte", models.BinaryField(max_length=32)),
                (
                    "scellee_le",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "effacee_le",
                    models.DateTimeField(
                        help_text="the trace was destroyed with its record (AUD-12)", null=True
                    ),
                ),
            ],
            options={"indexes": [models.Index(fields=["shard", "rang"], name="feuilles_par_rang")]},
        ),
        table_de_dossier("traces_feuille"),
        table_de_dossier("traces_effacement"),
        *(_transaction(table) for table in SOURCES),
        # The application proves and shows; only the owner, in the worker and in operations, writes the log.
        *(
            droits(f"traces_{table}", "SELECT")
            for table in ("arbre", "curseur", "effacement", "feuille", "tete", "tuile")
        ),
    ]
