"""The holder's folders, pins and quotas (DOC-20 to DOC-28, DOC-53 to DOC-55)."""

from typing import ClassVar

from django.db import migrations, models

from espace_sante.platform.postgres.rls import cle_etrangere, droits, table_de_dossier


def _cle(*colonnes: str) -> models.CompositePrimaryKey:
    return models.CompositePrimaryKey(
        *colonnes, blank=True, editable=False, primary_key=True, serialize=False
    )


class Migration(migrations.Migration):
    dependencies: ClassVar = [("documents", "0003_vie")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="DossierPerso",
            fields=[
                ("pk", _cle("dossier_id", "id")),
                ("dossier_id", models.UUIDField()),
                ("id", models.UUIDField()),
                ("nom", models.CharField(max_length=50)),
                (
                    "nom_plie",
                    models.CharField(help_text="name without case: unique in a record", max_length=150),
                ),
                ("cree_le", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("dossier_id", "nom_plie"), name="dossier_perso_nom_unique"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Classement",
            fields=[
                ("pk", _cle("dossier_id", "document_id")),
                ("dossier_id", models.UUIDField()),
                ("document_id", models.UUIDField()),
                ("dossier_perso_id", models.UUIDField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["dossier_id", "dossier_perso_id"], name="classement_par_dossier")
                ],
            },
        ),
        migrations.CreateModel(
            name="Epingle",
            fields=[
                ("pk", _cle("dossier_id", "document_id")),
                ("dossier_id", models.UUIDField()),
                ("document_id", models.UUIDField()),
                ("posee_le", models.DateTimeField()),
            ],
        ),
        *[
            table_de_dossier(table)
            for table in ("documents_dossierperso", "documents_classement", "documents_epingle")
        ],
        cle_etrangere("documents_dossierperso", "dossier_id", "dossier_dossier", "dossier_id"),
        cle_etrangere(
            "documents_classement", "dossier_id, document_id", "documents_document", "dossier_id, id"
        ),
        cle_etrangere(
            "documents_classement", "dossier_id, dossier_perso_id", "documents_dossierperso", "dossier_id, id"
        ),
        cle_etrangere("documents_epingle", "dossier_id, document_id", "documents_document", "dossier_id, id"),
        droits("documents_dossierperso", "SELECT", "INSERT", "UPDATE", "DELETE"),
        droits("documents_classement", "SELECT", "INSERT", "DELETE"),
        droits("documents_epingle", "SELECT", "INSERT", "DELETE"),
    ]
