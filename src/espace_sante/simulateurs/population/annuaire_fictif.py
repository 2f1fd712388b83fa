"""The lines of the fictitious directory, one professional a line."""

from __future__ import annotations

from dataclasses import dataclass

from espace_sante.simulateurs.population import structures as s
from espace_sante.simulateurs.population.modeles import StructureFictive

_PROFESSIONS = {
    "10": "Médecin",
    "21": "Pharmacien",
    "28": "Opticien-Lunetier",
    "35": "Aide-soignant",
    "40": "Chirurgien-Dentiste",
    "41": "Assistant de service social",
    "50": "Sage-Femme",
    "60": "Infirmier",
    "70": "Masseur-Kinésithérapeute",
    "80": "Pédicure-Podologue",
    "91": "Orthophoniste",
    "92": "Orthoptiste",
    "93": "Psychologue",
    "94": "Ergothérapeute",
    "95": "Diététicien",
    "96": "Psychomotricien",
    "98": "Manipulateur ERM",
}
_SPECIALITES = {
    "SM01": "Médecin - Anatomie et Cytologie pathologiques (SM)",
    "SM02": "Médecin - Anesthésie-réanimation (SM)",
    "SM03": "Médecin - Biologie médicale (SM)",
    "SM04": "Médecin - Cardiologie et maladies vasculaires (SM)",
    "SM08": "Médecin - Chirurgie orthopédique et Traumatologie (SM)",
    "SM14": "Médecin - Chirurgie viscérale et digestive (SM)",
    "SM15": "Médecin - Dermatologie et Vénéréologie (SM)",
    "SM16": "Médecin - Endocrinologie et métabolisme (SM)",
    "SM18": "Médecin - Gériatrie (SM)",
    "SM20": "Médecin - Gynécologie-obstétrique (SM)",
    "SM25": "Médecin - Médecine du travail (SM)",
    "SM26": "Médecin - Qualifié en Médecine Générale (SM)",
    "SM36": "Médecin - Oncologie, opt médicale (SM)",
    "SM38": "Médecin - Ophtalmologie (SM)",
    "SM40": "Médecin - Pédiatrie (SM)",
    "SM41": "Médecin - Pneumologie (SM)",
    "SM42": "Médecin - Psychiatrie (SM)",
    "SM44": "Médecin - Radio-diagnostic (SM)",
    "SM53": "Médecin - Spécialiste en Médecine Générale (SM)",
    "SM54": "Médecin - Médecine Générale (SM)",
    "SM59": "Médecin - Médecine d'urgence (SM)",
    "A": "Pharmacien titulaire d'officine",
    "D": "Pharmacien adjoint, remplaçant ou gérant",
    "G": "Pharmacien biologiste",
    "SI01": "Infirmier - Exercice infirmier en pratique avancée pathologies chroniques stabilisées (SI)",
}


@dataclass(frozen=True, slots=True)
class Ligne:
    """One professional, as the directory lists him."""

    metier: str
    profession: str
    savoir_faire: str
    civilite: str
    prenom: str
    nom: str
    structures: tuple[StructureFictive, ...]
    actif: bool = True
    regulation: bool = False

    @property
    def systeme(self) -> str:
        """The national table of the profession."""
        return {"93": "TRE_R95", "41": "TRE_R94"}.get(self.profession, "TRE_G15")

    @property
    def profession_libelle(self) -> str:
        return _PROFESSIONS[self.profession]

    @property
    def specialite_libelle(self) -> str:
        return _SPECIALITES.get(self.savoir_faire, "")


_MSP = (s.MAISON_DE_SANTE,)
_CH = (s.HOPITAL,)
LIGNES = (
    Ligne("generaliste", "10", "SM54", "Mme", "Anne", "Morel", _MSP),
    Ligne("generaliste", "10", "SM26", "M.", "Paul", "Garrigues", _MSP),
    Ligne("generaliste", "10", "SM53", "Mme", "Yasmina", "Oukaci", _MSP),
    Ligne("generaliste", "10", "SM54", "M.", "Tristan", "Le Hénaff", _MSP),
    Ligne("generaliste", "10", "SM26", "Mme", "Odile", "Sarrazin", _MSP),
    Ligne("generaliste", "10", "SM54", "M.", "Bruno", "Castelnau", ()),
    Ligne("generaliste", "10", "SM26", "M.", "Jacques", "Pommier", _MSP, actif=False),
    Ligne("pediatre", "10", "SM40", "Mme", "Claire", "Vauban-Nguyen", _MSP),
    Ligne("pediatre", "10", "SM40", "M.", "Idriss", "Belhaj", (s.MATERNITE,)),
    Ligne("cardiologue", "10", "SM04", "M.", "Hervé", "Lanoë", (s.HOPITAL, s.CLINIQUE)),
    Ligne("cardiologue", "10", "SM04", "Mme", "Soizic", "Quéméner", (s.CHU,)),
    Ligne("endocrinologue", "10", "SM16", "Mme", "Marianne", "Destouches", (s.CHU,)),
    Ligne("gynecologue", "10", "SM20", "Mme", "Florence", "Aguilar", (s.MATERNITE,)),
    Ligne("gynecologue", "10", "SM20", "M.", "Étienne", "Roquefort", (s.CHU,)),
    Ligne("radiologue", "10", "SM44", "M.", "Philippe", "Aubertin", (s.IMAGERIE_TILLEULS,)),
    Ligne("radiologue", "10", "SM44", "Mme", "Nadège", "Kerouanton", (s.IMAGERIE_VALDORGE,)),
    Ligne("radiologue", "10", "SM44", "Mme", "Sarah", "Benhaïm", (s.IMAGERIE_TILLEULS,)),
    Ligne("biologiste", "10", "SM03", "M.", "Antoine", "Sabatier", (s.LABO_VERMEIL,)),
    Ligne("biologiste", "21", "G", "Mme", "Lucie", "Charpentreau", (s.LABO_AMARANTE,)),
    Ligne("urgentiste", "10", "SM59", "Mme", "Sandra", "Ferrand", _CH),
    Ligne("regulateur", "10", "SM59", "M.", "Gauthier", "Maisonneuve", _CH, regulation=True),
    Ligne("geriatre", "10", "SM18", "Mme", "Hélène", "Bonnefoy", (s.EHPAD,)),
    Ligne("orthopediste", "10", "SM08", "M.", "Samuel", "Ortega", (s.CLINIQUE,)),
    Ligne("chirurgien", "10", "SM14", "Mme", "Bérénice", "Valois", _CH),
    Ligne("anesthesiste", "10", "SM02", "M.", "Olivier", "Trémoulet", (s.CLINIQUE,)),
    Ligne("psychiatre", "10", "SM42", "Mme", "Judith", "Aronsson", _CH),
    Ligne("dermatologue", "10", "SM15", "M.", "Rémi", "Dalençon", (s.CHU,)),
    Ligne("ophtalmologue", "10", "SM38", "Mme", "Ariane", "Fontbrune", (s.CLINIQUE,)),
    Ligne("pneumologue", "10", "SM41", "M.", "Cheikh", "Sow", _CH),
    Ligne("oncologue", "10", "SM36", "Mme", "Isaure", "Delmas", (s.CHU,)),
    Ligne("anatomopathologiste", "10", "SM01", "M.", "Ludovic", "Perreault", (s.CHU,)),
    Ligne("medecin_du_travail", "10", "SM25", "M.", "Alban", "Rochefort", ()),
    Ligne("pharmacien", "21", "A", "Mme", "Mathilde", "Escoffier", (s.PHARMACIE_LAVOIR,)),
    Ligne("pharmacien", "21", "A", "M.", "Vincent", "Abadie", (s.PHARMACIE_VENTS,)),
    Ligne("pharmacien", "21", "D", "Mme", "Thanh-Lan", "Vo", (s.PHARMACIE_VENTS,)),
    Ligne("dentiste", "40", "", "M.", "Arnaud", "Lesage", _MSP),
    Ligne("dentiste", "40", "", "Mme", "Cécilia", "Monteiro", _MSP),
    Ligne("sage_femme", "50", "", "Mme", "Gwenaëlle", "Kermarrec", (s.MATERNITE,)),
    Ligne("sage_femme", "50", "", "Mme", "Fanny", "Duhamel", _MSP),
    Ligne("infirmier", "60", "", "Mme", "Corinne", "Barrault", _MSP),
    Ligne("infirmier", "60", "", "M.", "Mickaël", "Sorel", _CH),
    Ligne("infirmier", "60", "", "Mme", "Agnès", "Tournier", (s.EHPAD,)),
    Ligne("infirmier", "60", "", "M.", "Fabrice", "Guillou", _CH, actif=False),
    Ligne("infirmier_ipa", "60", "SI01", "Mme", "Bintou", "Camara", _MSP),
    Ligne("kine", "70", "", "M.", "Yann", "Rospars", _MSP),
    Ligne("kine", "70", "", "Mme", "Elsa", "Marchetti", (s.CLINIQUE,)),
    Ligne("podologue", "80", "", "M.", "Damien", "Pouliquen", _MSP),
    Ligne("orthophoniste", "91", "", "Mme", "Aude", "Barbier", _MSP),
    Ligne("orthoptiste", "92", "", "Mme", "Nolwenn", "Jaouen", (s.CLINIQUE,)),
    Ligne("psychologue", "93", "", "M.", "Simon", "Wajsman", _MSP),
    Ligne("ergotherapeute", "94", "", "Mme", "Perrine", "Lacaze", (s.EHPAD,)),
    Ligne("dieteticien", "95", "", "Mme", "Alix", "Rambaud", _MSP),
    Ligne("psychomotricien", "96", "", "Mme", "Capucine", "Thévenin", _MSP),
    Ligne("manipulateur", "98", "", "M.", "Boris", "Petitjean", (s.IMAGERIE_TILLEULS,)),
    Ligne("aide_soignant", "35", "", "Mme", "Maryse", "Floch", (s.EHPAD,)),
    Ligne("aide_soignant", "35", "", "M.", "Jonathan", "Ravel", _CH),
    Ligne("assistant_social", "41", "", "Mme", "Dominique", "Estève", _CH),
    Ligne("opticien", "28", "", "M.", "Guillaume", "Bastide", ()),
)
SECRETAIRES = (
    ("Mme", "Sylvie", "Hamon", s.HOPITAL),
    ("M.", "Loïc", "Bertin", s.HOPITAL),
    ("Mme", "Rachida", "Mansouri", s.CHU),
    ("Mme", "Viviane", "Collet", s.CLINIQUE),
    ("Mme", "Estelle", "Pichon", s.MATERNITE),
    ("Mme", "Carole", "Jouanno", s.MAISON_DE_SANTE),
    ("M.", "Benoît", "Ménard", s.IMAGERIE_TILLEULS),
    ("Mme", "Patricia", "Lozano", s.EHPAD),
)
