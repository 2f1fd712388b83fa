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
    urgence_samu = models.BooleanField(
        default=True, db_default=True, help_text="regulation doctors may open (EMG-05, EMG-07)"
    )
    urgence_bris_de_glace = models.BooleanField(
        default=True, db_default=True, help_text="break the glass (EMG-05, EMG-07)"
    )
    urgence_documents_masques = models.BooleanField(
        default=False, db_default=False, help_text="masked documents too (EMG-08)"
    )
    urgence_alimentation = models.BooleanField(
        default=True, db_default=True, help_text="feeding in an emergency (EMG-14)"
    )
    masque_par_defaut = models.BooleanField(
        default=False, db_default=False, help_text="new documents arrive masked (DOC-44)"
    )
    directives_masquees = models.BooleanField(default=False, db_default=False, help_text="DOC-45")
    antecedents_masques = models.BooleanField(
        default=False, db_default=False, help_text="health history (DOC-45)"
    )
