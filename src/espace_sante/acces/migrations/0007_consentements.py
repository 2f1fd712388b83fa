"""Consents for a named colleague (ACC-13), express ones after prior information (ACC-23)."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("acces", "0006_partages")]
    operations: ClassVar = [
        migrations.AddField(
            model_name="consentement",
            name="nom",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="of the reader, when somebody else collected it",
                max_length=200,
            ),
        ),
        migrations.AddField(
            model_name="consentement",
            name="explicite",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="consentement",
            name="informe_le",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddConstraint(
            model_name="consentement",
            constraint=models.CheckConstraint(
                condition=models.Q(("explicite", False), ("informe_le__isnull", False), _connector="OR"),
                name="explicite_apres_information",
            ),
        ),
    ]
