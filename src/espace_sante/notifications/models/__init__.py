from espace_sante.notifications.models.avis import Avis, AvisProfessionnel, Envoi, Preference, Venue

__all__ = ["Avis", "AvisProfessionnel", "Envoi", "Preference", "Venue"]
