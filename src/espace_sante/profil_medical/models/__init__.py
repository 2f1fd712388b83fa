from espace_sante.profil_medical.models.mesures import Appareil, Mesure

__all__ = ["Appareil", "Mesure"]
