from django.db import models


class PropositionCercle(models.Model):
    """A member whom a software proposes for the circle of care (rule FHR-167). A table of a record.

    It gives no right: `consentement_id` is the holder's own agreement, once he accepted. `groupe_id` is the CareTeam
    that was sent.
    """

    pk = models.CompositePrimaryKey("dossier_id", "id")
    dossier_id = models.UUIDField()
    id = models.UUIDField()
    groupe_id = models.UUIDField()
    rpps = models.CharField(max_length=11)
    nom = models.CharField(max_length=200)
    propose_par = models.CharField(max_length=11)
    propose_par_nom = models.CharField(max_length=200)
    structure_nom = models.CharField(max_length=200, blank=True)
    client_id = models.CharField(max_length=80)
    propose_le = models.DateTimeField()
    etat = models.CharField(max_length=9, help_text="proposee | acceptee | refusee | retiree")
    decide_le = models.DateTimeField(null=True)
    consentement_id = models.UUIDField(null=True)

    class Meta:
        indexes = [models.Index(fields=["dossier_id", "groupe_id"], name="proposition_par_groupe")]
        constraints = [
            models.UniqueConstraint(
                fields=["dossier_id", "groupe_id", "rpps"],
                condition=models.Q(etat="proposee"),
                name="une_proposition_par_personne",
            )
        ]
