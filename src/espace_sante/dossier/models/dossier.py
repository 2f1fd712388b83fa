from django.db import models


class Dossier(models.Model):
    """The profile of one insured person and its record: state, settings, sealed data key. A table of a record.

    States: part 1 of the rulebook (kernel.codes.EtatProfil). Deleting `cle_scellee` destroys the content.
    """

    dossier_id = models.UUIDField(primary_key=True)
    etat = models.CharField(max_length=12)
    etat_depuis = models.DateTimeField()
    ferme_le = models.DateField(null=True)
    motif_fermeture = models.CharField(max_length=40, blank=True)
    cle_scellee = models.BinaryField(null=True)
    cle_maitre = models.CharField(max_length=40, blank=True, help_text="identifier of the master key")
    remboursements_masques = models.BooleanField(default=False, help_text="DOC-45, ACC-67")
