"""The holder's switches (EMG-05, DOC-44, DOC-45)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dossier", "0002_droits")]
    operations = [
        migrations.AddField(
            model_name="dossier",
            name="antecedents_masques",
            field=models.BooleanField(default=False, db_default=False, help_text="health history (DOC-45)"),
        ),
        migrations.AddField(
            model_name="dossier",
            name="directives_masquees",
            field=models.BooleanField(default=False, db_default=False, help_text="DOC-45"),
        ),
        migrations.AddField(
            model_name="dossier",
            name="masque_par_defaut",
            field=models.BooleanField(
                default=False, db_default=False, help_text="new documents arrive masked (DOC-44)"
            ),
        ),
        migrations.AddField(
            model_name="dossier",
            name="urgence_alimentation",
            field=models.BooleanField(
                default=True, db_default=True, help_text="feeding in an emergency (EMG-14)"
            ),
        ),
        migrations.AddField(
            model_name="dossier",
            name="urgence_bris_de_glace",
            field=models.BooleanField(
                default=True, db_default=True, help_text="break the glass (EMG-05, EMG-07)"
            ),
        ),
        migrations.AddField(
            model_name="dossier",
            name="urgence_documents_masques",
            field=models.BooleanField(
                default=False, db_default=False, help_text="masked documents too (EMG-08)"
            ),
        ),
        migrations.AddField(
            model_name="dossier",
            name="urgence_samu",
            field=models.BooleanField(
                default=True, db_default=True, help_text="regulation doctors may open (EMG-05, EMG-07)"
            ),
        ),
    ]
