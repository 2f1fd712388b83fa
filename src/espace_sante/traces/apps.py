from django.apps import AppConfig
from django.db.backends.signals import connection_created


class Config(AppConfig):
    name = "espace_sante.traces"
    label = "traces"

    def ready(self) -> None:
        """Refusals of the database are witnessed from the first connection on (AUD-13)."""
        from espace_sante.platform.postgres import refus
        from espace_sante.traces.gardien import temoigner

        refus.TEMOINS.append(temoigner)
        connection_created.connect(refus.installer, dispatch_uid="refus_de_la_base")
