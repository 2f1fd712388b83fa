"""Places: real codes of birth places (COG), invented towns to live in."""

from __future__ import annotations

from dataclasses import dataclass

from espace_sante.simulateurs.population.hasard import Hasard
from espace_sante.simulateurs.population.modeles import Adresse


@dataclass(frozen=True, slots=True)
class Lieu:
    """A birth place: its official geographic code and its name (99xxx: a foreign country)."""

    cog: str
    nom: str

    @property
    def a_l_etranger(self) -> bool:
        return self.cog.startswith("99")


_FRANCE = (
    "01053 Bourg-en-Bresse|02408 Laon|03190 Moulins|04070 Digne-les-Bains|05061 Gap|06088 Nice|07186 Privas|"
    "08105 Charleville-Mézières|09122 Foix|10387 Troyes|11069 Carcassonne|12202 Rodez|13055 Marseille|"
    "14118 Caen|15014 Aurillac|16015 Angoulême|17300 La Rochelle|18033 Bourges|19272 Tulle|2A004 Ajaccio|"
    "2B033 Bastia|21231 Dijon|22278 Saint-Brieuc|23096 Guéret|24322 Périgueux|25056 Besançon|26362 Valence|"
    "27229 Évreux|28085 Chartres|29232 Quimper|30189 Nîmes|31555 Toulouse|32013 Auch|33063 Bordeaux|"
    "34172 Montpellier|35238 Rennes|36044 Châteauroux|37261 Tours|38185 Grenoble|39300 Lons-le-Saunier|"
    "40192 Mont-de-Marsan|41018 Blois|42218 Saint-Étienne|43157 Le Puy-en-Velay|44109 Nantes|45234 Orléans|"
    "46042 Cahors|47001 Agen|48095 Mende|49007 Angers|50502 Saint-Lô|51108 Châlons-en-Champagne|51454 Reims|"
    "52121 Chaumont|53130 Laval|54395 Nancy|55029 Bar-le-Duc|56260 Vannes|57463 Metz|58194 Nevers|"
    "59350 Lille|60057 Beauvais|61001 Alençon|62041 Arras|63113 Clermont-Ferrand|64445 Pau|65440 Tarbes|"
    "66136 Perpignan|67482 Strasbourg|68066 Colmar|69383 Lyon 3e|70550 Vesoul|71270 Mâcon|72181 Le Mans|"
    "73065 Chambéry|74010 Annecy|75112 Paris 12e|75114 Paris 14e|75118 Paris 18e|76540 Rouen|76351 Le Havre|"
    "77288 Melun|78646 Versailles|79191 Niort|80021 Amiens|81004 Albi|82121 Montauban|83137 Toulon|"
    "84007 Avignon|85191 La Roche-sur-Yon|86194 Poitiers|87085 Limoges|88160 Épinal|89024 Auxerre|"
    "90010 Belfort|91228 Évry-Courcouronnes|92050 Nanterre|93066 Saint-Denis|94028 Créteil|95500 Pontoise|"
    "97105 Basse-Terre|97209 Fort-de-France|97302 Cayenne|97411 Saint-Denis de La Réunion|97608 Mamoudzou"
)
_ETRANGER = (
    "99109 Allemagne|99127 Italie|99134 Espagne|99139 Portugal|99131 Belgique|99122 Pologne|99114 Roumanie|"
    "99350 Maroc|99351 Tunisie|99352 Algérie|99341 Sénégal|99326 Côte d'Ivoire|99335 Mali|99322 Cameroun|"
    "99333 Madagascar|99243 Viêt Nam|99216 Chine|99208 Turquie|99155 Ukraine|99416 Brésil|99410 Haïti"
)
LIEUX = tuple(Lieu(*ligne.split(" ", 1)) for ligne in f"{_FRANCE}|{_ETRANGER}".split("|"))
LIEU_DE = {lieu.cog: lieu for lieu in LIEUX}

# Towns that do not exist, in a département number that is not given (postal codes 99…).
COMMUNES = (
    ("99100", "Port-Amarante"),
    ("99110", "Valdorge-sur-Ille"),
    ("99120", "Saint-Briaud-les-Eaux"),
    ("99130", "Montcendré"),
    ("99140", "La Ferté-Vermeille"),
    ("99150", "Brévignac"),
)
_VOIES = [
    "rue des Tilleuls",
    "avenue de la Gare",
    "rue du Vieux-Lavoir",
    "place du Marché",
    "chemin des Vignes",
    "boulevard de l'Océan",
    "rue des Écoles",
    "impasse du Moulin",
    "allée des Hêtres",
    "rue de la Fontaine",
    "quai aux Herbes",
    "route de Montcendré",
    "rue du Maréchal-Ferrant",
    "cité des Iris",
]


def adresse(hasard: Hasard) -> Adresse:
    """Where a household lives."""
    code_postal, commune = hasard.choice(COMMUNES)
    numero = f"{hasard.randint(1, 140)}{hasard.choice(('', '', '', ' bis', ' ter'))}"
    return Adresse(numero, hasard.choice(_VOIES), code_postal, commune)


def telephone_mobile(hasard: Hasard) -> str:
    """A mobile number of the ranges kept for fiction (Arcep: 06 39 98)."""
    return f"063998{hasard.randrange(10_000):04d}"
