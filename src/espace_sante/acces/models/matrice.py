from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now


class _EditionDecrite(models.Model):
    """What a file or a copy proposes: name, text of law, author, wished date of effect."""

    numero = models.IntegerField(primary_key=True)
    nom = models.CharField(max_length=120)
    source = models.CharField(max_length=255, blank=True)
    auteur = models.CharField(max_length=120, db_default="")
    date_effet = models.DateTimeField()
    chargee_le = models.DateTimeField()
    officielle = models.BooleanField(default=False, help_text="every cell of origin `official` (ACC-41)")
    systemes = ArrayField(
        models.CharField(max_length=10), db_default=[], help_text="systems switched on (ACC-45)"
    )

    class Meta:
        abstract = True


class Proposition(_EditionDecrite):
    """An edition as it was loaded, approved or not; its row and its cells are never changed. Reference data."""


class Edition(_EditionDecrite):
    """An approved edition of the habilitation matrix (rules ACC-32, ACC-38 to ACC-40). Reference data.

    Written once, by the approval: nobody, not even the owner of the table, has the right to change or delete a row.
    It has the number of its proposal. `date_effet` is never before the approval, the first edition excepted.
    """

    approbateur = models.CharField(max_length=120, db_default="")
    approuvee_le = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(auteur__iexact=F("approbateur")),
                name="matrice_quatre_yeux",
            ),
            models.CheckConstraint(
                condition=Q(date_effet__gte=F("approuvee_le")) | Q(numero=1),
                name="matrice_sans_effet_passe",
            ),
        ]


class Cellule(models.Model):
    """May this profession consult this document type? (rules ACC-32, ACC-35). Reference data.

    `edition` is the number of a proposal, approved or not. No constraint in the database: checking it would need the
    right to lock the edition's row, which is the right to change it.
    """

    edition = models.ForeignKey(Proposition, models.DO_NOTHING, related_name="cellules", db_constraint=False)
    profession_systeme = models.CharField(max_length=10)
    profession_code = models.CharField(max_length=10)
    savoir_faire = models.CharField(
        max_length=10, blank=True, help_text="the most precise line wins (ACC-44)"
    )
    type_code = models.CharField(max_length=40)
    consultation = models.BooleanField()
    origine = models.CharField(max_length=12)
    regle = models.CharField(max_length=255, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "profession_systeme", "profession_code", "savoir_faire", "type_code"],
                name="matrice_cellule_unique",
            )
        ]
