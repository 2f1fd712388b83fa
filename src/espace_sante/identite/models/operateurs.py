from django.contrib.postgres.fields import ArrayField
from django.db import models


class Operateur(models.Model):
    """A person of the operator: who she is and what she may do (ACC-39, HLP-21). Written by operations only, as owner.

    The running application reads it and cannot give anybody a role. A row is never deleted: acts name it.
    """

    id = models.UUIDField(primary_key=True)
    courriel = models.CharField(
        max_length=100, unique=True, help_text="lower case; the identifier of the login"
    )
    nom = models.CharField(max_length=80)
    roles = ArrayField(models.CharField(max_length=30))
    cree_le = models.DateTimeField()
    desactive_le = models.DateTimeField(null=True)


class FacteursOperateur(models.Model):
    """The two factors of an operator. The application writes it: first password, enrolment, codes used up.

    `dernier_pas` is the time step of the last code accepted: none is taken twice (RFC 6238, 5.2).
    """

    operateur = models.OneToOneField(Operateur, models.PROTECT, primary_key=True, related_name="facteurs")
    mot_de_passe = models.CharField(max_length=128)
    provisoire_jusqua = models.DateTimeField(
        null=True, help_text="until then the password only opens the enrolment; null: the operator chose it"
    )
    totp_scelle = models.BinaryField(null=True, help_text="sealed with the master key")
    enrole_le = models.DateTimeField(null=True)
    dernier_pas = models.BigIntegerField(default=0)
    changes_le = models.DateTimeField(help_text="a login opened with former factors is worth nothing")
