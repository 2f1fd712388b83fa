from django.db import models


class Edition(models.Model):
    """A dated edition of the habilitation matrix (rules ACC-32, ACC-38, ACC-40). Reference data."""

    numero = models.IntegerField(primary_key=True)
    nom = models.CharField(max_length=120)
    source = models.CharField(max_length=255, blank=True)
    date_effet = models.DateTimeField()
    chargee_le = models.DateTimeField()
    officielle = models.BooleanField(default=False, help_text="every cell of origin `official` (ACC-41)")


class Cellule(models.Model):
    """May this profession consult this document type? (rules ACC-32, ACC-35). Reference data."""

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="cellules")
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
