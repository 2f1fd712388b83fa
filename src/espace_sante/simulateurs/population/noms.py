"""Names for fictitious people: common first names by generation, family names, some long.

Names are drawn and put together by chance; none is that of a person we know of.
"""

from __future__ import annotations

from espace_sante.simulateurs.population.hasard import Hasard

# Upper bound of the year of birth, then women's and men's first names of that generation.
_PRENOMS: tuple[tuple[int, str, str], ...] = (
    (
        1945,
        "Jeanne Marcelle Suzanne Denise Yvonne Simone Paulette Germaine Odette Lucienne Huguette Raymonde "
        "Gisèle Marie-Thérèse Andrée Marguerite",
        "Marcel Roger Maurice Lucien Raymond Fernand André Gaston René Émile Armand Léon Georges Henri "
        "Jean-Baptiste Célestin",
    ),
    (
        1965,
        "Monique Nicole Françoise Martine Chantal Annie Danielle Brigitte Catherine Michèle Éliane "
        "Marie-Claude Josiane Ghislaine Fatima Maria Rosa Khadija Geneviève",
        "Michel Bernard Daniel Alain Gérard Patrick Jean-Pierre Jean-Claude Dominique Serge Christian "
        "Guy Mohamed Antonio Manuel Ahmed Yves Jacky Jean-François",
    ),
    (
        1985,
        "Nathalie Sandrine Valérie Isabelle Stéphanie Céline Karine Virginie Laëtitia Séverine Delphine "
        "Sophie Anne-Laure Leïla Samira Élodie Aurélie Maëlle Anaïs Hélène Thi-Mai",
        "Christophe Stéphane Laurent Frédéric David Nicolas Sébastien Jérôme Olivier Cédric Benoît "
        "Karim Rachid Loïc Gaël François-Xavier Grégory Thierry José Hervé",
    ),
    (
        2005,
        "Laura Manon Camille Marine Pauline Chloé Léa Océane Clémence Inès Noémie Amandine Yasmine "
        "Margaux Eléa Maéva Solène Salomé Aïcha Zoé",
        "Julien Kévin Thomas Alexandre Maxime Antoine Quentin Clément Théo Hugo Romain Florian Yanis "
        "Mehdi Rémi Pierre-Louis Côme Anthony Ibrahima Erwan",
    ),
    (
        9999,
        "Jade Louise Alice Ambre Lina Romy Rose Mia Agathe Inaya Éloïse Iris Lou-Anne Maëlys Juliette "
        "Assia Victoire Nour Apolline Aïssatou",
        "Gabriel Léo Raphaël Arthur Louis Noah Jules Maël Liam Ismaël Sacha Nolan Marceau Imran Malo "
        "Timéo Aaron Eliott Gaspard Léandre",
    ),
)
_NOMS = [
    "Vasseur",
    "Lemoine",
    "Carpentier",
    "Delaunay",
    "Brunel",
    "Mercier-Roche",
    "Faucher",
    "Tessier",
    "Aubry",
    "Marchal",
    "Picard",
    "Besnard",
    "Guérin",
    "Chevallier",
    "Lefèvre",
    "Hénault",
    "Prévost",
    "Cordier",
    "Jacquet",
    "Lacombe",
    "Maillard",
    "Poulain",
    "Rivière",
    "Salmon",
    "Tanguy",
    "Vidal",
    "Weiss",
    "Zimmermann",
    "Benali",
    "Haddad",
    "Cherif",
    "Bouzid",
    "Traoré",
    "Diallo",
    "Ndiaye",
    "Konaté",
    "Nguyen",
    "Tran",
    "Pham",
    "Ferreira",
    "Da-Costa",
    "Pereira",
    "Santos",
    "Rossi",
    "Moretti",
    "García",
    "Lopez",
    "Kowalski",
    "Nowak",
    "Ionescu",
    "Yılmaz",
    "Le-Goff",
    "Le-Bihan",
    "Kerneur",
    "Guivarc'h",
    "Etcheverry",
    "Ibarboure",
    "Casanova",
    "Santoni",
    "Leca",
    "Payet",
    "Hoarau",
    "Grondin",
    "Jean-Baptiste",
    "Désiré",
    "Bellegarde",
    "Dupuis-Morvan",
    "Noël",
    "Blanchet",
    "Chauvin",
    "Dubreuil",
    "Échard",
    "Fontenay",
    "Grandjean",
    "Huchet",
    "Imbert",
    "Joubert",
    "Lagarde",
    "Malherbe",
    "Naudin",
    "Ollivier",
    "Perrotin",
    "Quesnel",
    "Rousselin",
    "Sauvage",
    "Thébault",
    "Urvoy",
    "Verdier",
    "Wagner",
    "Barthélemy",
    "Clavel",
    "Drouin",
    "Évrard",
    "Fabre",
    "Gaudry",
    "Hamelin",
    "Lanoë",
]
_NOMS_LONGS = (
    "de La Rochebrune-Saint-Amand",
    "Vandenbroucke-Wojciechowski",
    "Razafindrakotomanantsoa",
    "du Plessis de Montgaillard-Lapérouse",
    "Anastassopoulos-Lévêque",
    "Saint-Hilaire d'Entremont",
    "Krzyżanowska-Delafontaine",
)
_PART_DES_NOMS_LONGS = 0.02


def nom(hasard: Hasard) -> str:
    """A family name as people write it; one in fifty is very long."""
    if hasard.chance(_PART_DES_NOMS_LONGS):
        return hasard.choice(_NOMS_LONGS)
    choisi = hasard.choice(_NOMS)
    # A hyphen kept these particles together in the list; people write a space.
    return choisi.replace("Le-", "Le ").replace("Da-", "Da ")


def prenoms(hasard: Hasard, sexe: str, annee: int) -> tuple[str, ...]:
    """One to three first names of that generation, in the order of the birth certificate."""
    liste = _liste(sexe, annee)
    suivants = _liste(sexe, annee - 25)
    premier = hasard.choice(liste)
    autres = [p for p in hasard.sample(suivants, hasard.choice((0, 1, 1, 2))) if p != premier]
    return (premier, *autres)


def _liste(sexe: str, annee: int) -> list[str]:
    for borne, femmes, hommes in _LISTES:
        if annee < borne:
            return femmes if sexe == "F" else hommes
    return _LISTES[-1][1]


_LISTES = tuple((borne, femmes.split(), hommes.split()) for borne, femmes, hommes in _PRENOMS)
