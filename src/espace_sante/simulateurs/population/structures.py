"""Twelve invented structures, and the two organisations that deposit without a FINESS of care."""

from __future__ import annotations

from espace_sante.kernel.identifiants import struct_idnat
from espace_sante.simulateurs.population.modeles import Adresse, StructureFictive

_SECTEURS = {
    "SA01": "Etablissement public de santé",
    "SA04": "Etablissement privé non PSPH",
    "SA08": "Cabinet de groupe",
    "SA17": "Etablissement pour personnes âgées",
    "SA24": "Organisme de sécurité sociale",
    "SA25": "Laboratoire de biologie médicale",
    "SA33": "Pharmacie d'officine",
    "SA52": "Maison de santé ou Pôle de santé",
}
_CADRES = {
    "AMBULATOIRE": "Ambulatoire",
    "ETABLISSEMENT": "Etablissement de santé",
    "ESSMS": "Etablissement ou Service Social ou Médico-Social",
    "AMO": "Organisme d'assurance maladie obligatoire",
    "EXP_PATIENT": "Expression personnelle du patient",
}


def _structure(
    rang: int, nom: str, lieu: tuple[str, str, str, str], secteur: str, cadre: str
) -> StructureFictive:
    finess = f"99{rang:07d}"
    return StructureFictive(
        id=struct_idnat(finess),
        finess=finess,
        nom=nom,
        adresse=Adresse(*lieu),
        telephone=f"02619100{rang:02d}",
        etablissement_code=secteur,
        etablissement_libelle=_SECTEURS[secteur],
        cadre_code=cadre,
        cadre_libelle=_CADRES[cadre],
    )


HOPITAL = _structure(
    1, "Centre hospitalier de Port-Amarante", ("1", "quai aux Herbes", "99100", "Port-Amarante"),
    "SA01", "ETABLISSEMENT",
)  # fmt: skip
CHU = _structure(
    2, "Hôpital universitaire de Valdorge", ("200", "boulevard de l'Océan", "99110", "Valdorge-sur-Ille"),
    "SA01", "ETABLISSEMENT",
)  # fmt: skip
CLINIQUE = _structure(
    3, "Clinique des Hêtres", ("14", "allée des Hêtres", "99120", "Saint-Briaud-les-Eaux"),
    "SA04", "ETABLISSEMENT",
)  # fmt: skip
MATERNITE = _structure(
    4, "Clinique-maternité Sainte-Opaline", ("3", "place du Marché", "99110", "Valdorge-sur-Ille"),
    "SA04", "ETABLISSEMENT",
)  # fmt: skip
LABO_VERMEIL = _structure(
    5, "Laboratoire BioVermeil", ("27", "avenue de la Gare", "99140", "La Ferté-Vermeille"),
    "SA25", "AMBULATOIRE",
)  # fmt: skip
LABO_AMARANTE = _structure(
    6, "Laboratoire Amarante Analyses", ("8", "rue de la Fontaine", "99100", "Port-Amarante"),
    "SA25", "AMBULATOIRE",
)  # fmt: skip
IMAGERIE_TILLEULS = _structure(
    7, "Cabinet d'imagerie des Tilleuls", ("41", "rue des Tilleuls", "99100", "Port-Amarante"),
    "SA08", "AMBULATOIRE",
)  # fmt: skip
IMAGERIE_VALDORGE = _structure(
    8, "Imagerie médicale du Val d'Ille", ("6", "rue des Écoles", "99110", "Valdorge-sur-Ille"),
    "SA08", "AMBULATOIRE",
)  # fmt: skip
PHARMACIE_LAVOIR = _structure(
    9, "Pharmacie du Vieux-Lavoir", ("12", "rue du Vieux-Lavoir", "99130", "Montcendré"),
    "SA33", "AMBULATOIRE",
)  # fmt: skip
PHARMACIE_VENTS = _structure(
    10, "Pharmacie des Quatre-Vents", ("2", "place du Marché", "99100", "Port-Amarante"),
    "SA33", "AMBULATOIRE",
)  # fmt: skip
MAISON_DE_SANTE = _structure(
    11, "Maison de santé des Vignes", ("5", "chemin des Vignes", "99130", "Montcendré"),
    "SA52", "AMBULATOIRE",
)  # fmt: skip
EHPAD = _structure(
    12, "EHPAD Les Glycines", ("18", "impasse du Moulin", "99150", "Brévignac"),
    "SA17", "ESSMS",
)  # fmt: skip

STRUCTURES = (
    HOPITAL,
    CHU,
    CLINIQUE,
    MATERNITE,
    LABO_VERMEIL,
    LABO_AMARANTE,
    IMAGERIE_TILLEULS,
    IMAGERIE_VALDORGE,
    PHARMACIE_LAVOIR,
    PHARMACIE_VENTS,
    MAISON_DE_SANTE,
    EHPAD,
)

# Not structures of care: they deposit, nobody works there in the demonstration.
ASSURANCE_MALADIE = _structure(
    90, "Assurance maladie", ("99", "avenue de la Gare", "99100", "Port-Amarante"), "SA24", "AMO"
)
SERVICE = StructureFictive(
    id=struct_idnat("990000091"),
    finess="990000091",
    nom="Espace santé (démonstration)",
    adresse=ASSURANCE_MALADIE.adresse,
    telephone="0261910091",
    etablissement_code="EXP_PATIENT",
    etablissement_libelle=_CADRES["EXP_PATIENT"],
    cadre_code="EXP_PATIENT",
    cadre_libelle=_CADRES["EXP_PATIENT"],
)
