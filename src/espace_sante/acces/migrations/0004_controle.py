"""Blocks, referents, access codes, emergencies (ACC-24 to ACC-60, EMG)."""

from django.db import migrations, models

from espace_sante.platform.postgres.rls import cle_etrangere, droits, table_de_dossier


class Migration(migrations.Migration):
    dependencies = [("acces", "0003_droits_equipes"), ("dossier", "0003_reglages")]
    operations = [
        migrations.CreateModel(
            name="CodeAcces",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "dossier_id", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("dossier_id", models.UUIDField()),
                ("id", models.UUIDField()),
                (
                    "empreinte",
                    models.BinaryField(
                        help_text="keyed hash: the code itself is never stored", max_length=32
                    ),
                ),
                (
                    "rpps_prevu",
                    models.CharField(
                        blank=True, help_text="the only one who may use it, if named", max_length=11
                    ),
                ),
                ("nom_prevu", models.CharField(blank=True, max_length=200)),
                ("cree_le", models.DateTimeField()),
                ("expire_le", models.DateTimeField()),
                ("utilise_le", models.DateTimeField(null=True)),
                ("utilise_par", models.CharField(blank=True, max_length=11)),
                ("annule_le", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Blocage",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "dossier_id", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("dossier_id", models.UUIDField()),
                ("id", models.UUIDField()),
                ("genre", models.CharField(help_text="professionnel | structure", max_length=13)),
                ("cle", models.CharField(help_text="RPPS, or id of the structure", max_length=20)),
                ("nom", models.CharField(max_length=200)),
                ("pose_le", models.DateTimeField()),
                (
                    "pose_par",
                    models.CharField(help_text="titulaire, or the RPPS of an administrateur", max_length=20),
                ),
                ("leve_le", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["dossier_id", "cle"], name="blocage_par_cle")],
            },
        ),
        migrations.CreateModel(
            name="ControleUrgence",
            fields=[
                ("id", models.UUIDField(help_text="the opening's own id", primary_key=True, serialize=False)),
                ("dossier_id", models.UUIDField()),
                ("quand", models.DateTimeField()),
                ("mode", models.CharField(max_length=13)),
                ("rpps", models.CharField(max_length=11)),
                (
                    "a_revoir",
                    models.BooleanField(
                        default=False, help_text="drawn in the sample, or over the threshold"
                    ),
                ),
                ("echeance", models.DateField()),
                ("revu_le", models.DateTimeField(null=True)),
                ("revu_par", models.CharField(blank=True, max_length=80)),
                (
                    "avis",
                    models.CharField(blank=True, help_text="justifie | a_justifier | anormal", max_length=20),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["rpps", "quand"], name="controle_par_rpps")],
            },
        ),
        migrations.CreateModel(
            name="EssaiCode",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("quand", models.DateTimeField()),
                ("rpps", models.CharField(max_length=11)),
                ("dossier_id", models.UUIDField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["rpps", "quand"], name="essai_par_rpps"),
                    models.Index(fields=["dossier_id", "quand"], name="essai_par_dossier"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Exclusion",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "dossier_id", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("dossier_id", models.UUIDField()),
                ("id", models.UUIDField()),
                ("consentement_id", models.UUIDField()),
                ("rpps", models.CharField(max_length=11)),
                ("nom", models.CharField(max_length=200)),
                ("depuis", models.DateTimeField()),
                ("jusqua", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["dossier_id", "rpps"], name="exclusion_par_rpps")],
            },
        ),
        migrations.CreateModel(
            name="Referent",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "dossier_id", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("dossier_id", models.UUIDField()),
                ("id", models.UUIDField()),
                (
                    "role",
                    models.CharField(
                        help_text="administrateur | medecin_traitant | sage_femme_referente | pharmacien_correspondant",
                        max_length=24,
                    ),
                ),
                ("rpps", models.CharField(max_length=11)),
                ("nom", models.CharField(max_length=200)),
                ("depuis", models.DateTimeField()),
                ("jusqua", models.DateTimeField(null=True)),
                ("par", models.CharField(help_text="titulaire | assurance_maladie", max_length=20)),
            ],
            options={
                "indexes": [models.Index(fields=["dossier_id", "rpps"], name="referent_par_rpps")],
            },
        ),
        migrations.CreateModel(
            name="Urgence",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "dossier_id", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("dossier_id", models.UUIDField()),
                ("id", models.UUIDField()),
                ("mode", models.CharField(help_text="bris_de_glace | centre_15", max_length=13)),
                ("rpps", models.CharField(max_length=11)),
                ("nom", models.CharField(max_length=200)),
                ("structure_nom", models.CharField(blank=True, max_length=200)),
                ("motif", models.CharField(max_length=500)),
                (
                    "ins_souple",
                    models.BooleanField(default=False, help_text="INS typed with a birth date (EMG-04)"),
                ),
                ("ouverte_le", models.DateTimeField()),
                ("expire_le", models.DateTimeField()),
                ("fermee_le", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["dossier_id", "rpps"], name="urgence_par_rpps")],
            },
        ),
        table_de_dossier("acces_blocage"),
        cle_etrangere("acces_blocage", "dossier_id", "dossier_dossier", "dossier_id"),
        droits("acces_blocage", "SELECT", "INSERT", "UPDATE"),
        table_de_dossier("acces_referent"),
        cle_etrangere("acces_referent", "dossier_id", "dossier_dossier", "dossier_id"),
        droits("acces_referent", "SELECT", "INSERT", "UPDATE"),
        table_de_dossier("acces_exclusion"),
        cle_etrangere("acces_exclusion", "dossier_id", "dossier_dossier", "dossier_id"),
        droits("acces_exclusion", "SELECT", "INSERT", "UPDATE"),
        table_de_dossier("acces_codeacces"),
        cle_etrangere("acces_codeacces", "dossier_id", "dossier_dossier", "dossier_id"),
        droits("acces_codeacces", "SELECT", "INSERT", "UPDATE"),
        table_de_dossier("acces_urgence"),
        cle_etrangere("acces_urgence", "dossier_id", "dossier_dossier", "dossier_id"),
        droits("acces_urgence", "SELECT", "INSERT", "UPDATE"),
        droits("acces_essaicode", "SELECT", "INSERT", "DELETE"),
        droits("acces_controleurgence", "SELECT", "INSERT", "UPDATE"),
    ]
