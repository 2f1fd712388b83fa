from django.db import models


class Installation(models.Model):
    """What this database is: one row, written by the owner's role when it is prepared (rules IDN-02, ACC-41).

    `temoin_cle` proves that the key of the INS hashes is the one that the index was made with.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    nature = models.CharField(max_length=15, help_text="production, demonstration or test")
    temoin_cle = models.BinaryField(max_length=32)
    depuis = models.DateTimeField()
