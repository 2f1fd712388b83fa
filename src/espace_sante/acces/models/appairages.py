from django.contrib.postgres.fields import ArrayField
from django.db import models


class Appairage(models.Model):
    """What a holder lets one service do, by purpose (rules OID-28, CAT-25). A table of a record.

    `lignes`: each a purpose, a space and a right (`soins mesures.poids:lire`). One in force for a service at a time.
    """

    pk = models.CompositePrimaryKey("dossier_id", "id")
    dossier_id = models.UUIDField()
    id = models.UUIDField()
    client_id = models.CharField(max_length=80)
    nom = models.CharField(max_length=120, help_text="of the service, on the day")
    lignes = ArrayField(models.CharField(max_length=80))
    cree_le = models.DateTimeField()
    modifie_le = models.DateTimeField(null=True)
    utilise_le = models.DateTimeField(null=True, help_text="last use, within a quarter of an hour")
    retire_le = models.DateTimeField(null=True)
    retire_par = models.CharField(max_length=12, blank=True, help_text="titulaire | service | securite")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dossier_id", "client_id"],
                condition=models.Q(retire_le=None),
                name="un_appairage_par_service",
            )
        ]


class SessionAppairage(models.Model):
    """One authorization that a service was given: its code, then its chain of refresh tokens. A table of a record.

    Codes and tokens are kept as SHA-256 only. Ended, every token that came of it is worth nothing.
    """

    pk = models.CompositePrimaryKey("dossier_id", "id")
    dossier_id = models.UUIDField()
    id = models.UUIDField()
    appairage_id = models.UUIDField()
    cree_le = models.DateTimeField()
    code = models.BinaryField(max_length=32)
    code_expire_le = models.DateTimeField()
    code_utilise_le = models.DateTimeField(null=True)
    defi = models.CharField(max_length=43, help_text="code_challenge, S256")
    retour = models.CharField(max_length=255)
    nonce = models.CharField(max_length=255)
    connecte_le = models.DateTimeField(help_text="when the holder logged in")
    jeton = models.BinaryField(max_length=32, null=True, help_text="the only refresh token that is good now")
    jeton_expire_le = models.DateTimeField(null=True)
    certificat = models.CharField(max_length=43, blank=True, help_text="x5t#S256 that it is bound to")
    terminee_le = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["dossier_id", "appairage_id"], name="sessions_par_appairage")]
