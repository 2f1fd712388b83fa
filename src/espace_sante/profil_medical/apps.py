from django.apps import AppConfig


class Config(AppConfig):
    name = "espace_sante.profil_medical"
    label = "profil_medical"

    def ready(self) -> None:
        """Add the measures to the holder's copy (POR-05). Raises GenresInvalides: no start with an unreadable ES_MESURES."""
        from espace_sante.acces.exportation import pieces
        from espace_sante.profil_medical.copie import piece
        from espace_sante.profil_medical.genres import genres

        genres()
        pieces.enregistrer(piece())
