from typing import ClassVar

from django.db import migrations

from espace_sante.platform.postgres.rls import cle_etrangere, droits, table_de_dossier


class Migration(migrations.Migration):
    dependencies: ClassVar = [("documents", "0001_initial"), ("dossier", "0001_initial")]
    operations: ClassVar = [
        migrations.RunSQL("CREATE EXTENSION IF NOT EXISTS unaccent", migrations.RunSQL.noop),
        # Folding for search and order (DOC-57): fixed dictionary, so it may be called immutable.
        migrations.RunSQL(
            """
            CREATE FUNCTION es_plier(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
            AS $$ SELECT lower(public.unaccent('public.unaccent'::regdictionary, $1)) $$
            """,
            "DROP FUNCTION es_plier(text)",
        ),
        *[
            table_de_dossier(table)
            for table in (
                "documents_lot",
                "documents_document",
                "documents_contenu",
                "documents_versiondocument",
            )
        ],
        cle_etrangere("documents_lot", "dossier_id", "dossier_dossier", "dossier_id"),
        cle_etrangere("documents_document", "dossier_id, lot_id", "documents_lot", "dossier_id, id"),
        cle_etrangere("documents_contenu", "dossier_id, document_id", "documents_document", "dossier_id, id"),
        cle_etrangere(
            "documents_versiondocument", "dossier_id, document_id", "documents_document", "dossier_id, id"
        ),
        # Sealed bytes do not compress: store them aside as they are. The resource of a door does compress.
        migrations.RunSQL("ALTER TABLE documents_contenu ALTER COLUMN scelle SET STORAGE EXTERNAL"),
        droits("documents_lot", "SELECT", "INSERT"),
        droits("documents_document", "SELECT", "INSERT", "UPDATE"),
        droits("documents_contenu", "SELECT", "INSERT"),
        droits("documents_versiondocument", "SELECT", "INSERT"),
        droits("documents_registre", "SELECT", "INSERT"),
    ]
