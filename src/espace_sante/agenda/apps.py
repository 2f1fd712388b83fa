from django.apps import AppConfig


class Config(AppConfig):
    name = "espace_sante.agenda"
    label = "agenda"

    def ready(self) -> None:
        """The holder's copy holds his agenda (POR-05)."""
        from espace_sante.acces.exportation import pieces
        from espace_sante.agenda.exportation import PIECE

        pieces.enregistrer(PIECE)
