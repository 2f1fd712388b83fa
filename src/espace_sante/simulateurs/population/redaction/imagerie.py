"""Imaging reports: indication, technique, result, conclusion."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from espace_sante.simulateurs.population.actes import Acte, Cadre, evenement_loinc
from espace_sante.simulateurs.population.contenu import (
    Corps,
    Liste,
    Paragraphe,
    Section,
    Tableau,
    conclusion,
    texte,
)
from espace_sante.simulateurs.population.hasard import francais
from espace_sante.simulateurs.population.redaction import antecedents


@dataclass(frozen=True, slots=True)
class Examen:
    """The words of one kind of examination."""

    titre: str
    loinc: str
    indication: str
    technique: str
    resultats: tuple[str, ...]
    conclusion: str


RADIO_THORAX = Examen(
    "Radiographie du thorax",
    "36643-5",
    "Toux fébrile depuis cinq jours. Recherche d'un foyer.",
    "Cliché thoracique de face, en inspiration, debout.",
    (
        "Silhouette cardiaque de taille normale, index cardio-thoracique à 0,46.",
        "Pas d'opacité parenchymateuse suspecte. Pas de syndrome interstitiel.",
        "Culs-de-sac pleuraux libres. Pas d'épanchement.",
        "Cadre osseux sans particularité.",
    ),
    "Radiographie du thorax sans anomalie décelable. Pas de foyer.",
)
RADIO_PNEUMOPATHIE = Examen(
    "Radiographie du thorax au lit",
    "36643-5",
    "Fièvre et essoufflement depuis trois jours.",
    "Cliché thoracique de face, au lit, en inspiration moyenne.",
    (
        "Opacité alvéolaire systématisée de la base droite, avec bronchogramme aérien.",
        "Index cardio-thoracique à 0,56. Redistribution vasculaire vers les sommets.",
        "Comblement du cul-de-sac pleural droit.",
    ),
    "Foyer de la base droite avec petit épanchement et signes de surcharge.",
)
RADIO_POIGNET = Examen(
    "Radiographie du poignet droit",
    "37306-8",
    "Chute de sa hauteur avec réception sur la main droite, douleur et impotence.",
    "Poignet droit de face et de profil, comparatif non réalisé.",
    (
        "Fracture extra-articulaire de l'extrémité inférieure du radius, à bascule postérieure modérée.",
        "Pas de fracture associée de la styloïde ulnaire.",
        "Rapports radio-carpiens conservés. Trame osseuse un peu claire.",
    ),
    "Fracture de l'extrémité inférieure du radius droit, peu déplacée.",
)
RADIO_GENOUX = Examen(
    "Radiographie des deux genoux",
    "36688-0",
    "Gonalgies mécaniques bilatérales, dérouillage matinal de dix minutes.",
    "Genoux de face en charge, de profil, en schuss et défilés fémoro-patellaires.",
    (
        "Pincement fémoro-tibial interne bilatéral, plus marqué à droite.",
        "Ostéophytose marginale, condensation sous-chondrale.",
        "Interlignes fémoro-patellaires conservés. Pas de chondrocalcinose.",
    ),
    "Gonarthrose fémoro-tibiale interne bilatérale, stade 3 à droite, stade 2 à gauche.",
)
IRM_LOMBAIRE = Examen(
    "IRM du rachis lombaire",
    "24968-0",
    "Lombosciatique gauche de trajet S1, résistante à six semaines de traitement.",
    "Séquences sagittales T1, T2 et STIR, coupes axiales T2 sur les trois derniers étages. Appareil 1,5 T.",
    (
        "Courbure conservée. Hauteur des corps vertébraux respectée, signal médullaire normal.",
        "L4-L5 : discret débord discal circonférentiel sans conflit.",
        "L5-S1 : hernie discale postéro-latérale gauche au contact de la racine S1, qui est refoulée.",
        "Cône terminal en place, de signal normal.",
    ),
    "Hernie discale L5-S1 postéro-latérale gauche en conflit avec la racine S1 gauche.",
)
SCANNER_THORAX = Examen(
    "Scanner thoracique sans injection",
    "24627-2",
    "Bronchopneumopathie chronique obstructive, tabagisme sevré. Contrôle.",
    "Acquisition hélicoïdale en inspiration bloquée, coupes de 1 mm. PDL 212 mGy.cm.",
    (
        "Emphysème centro-lobulaire des sommets, modéré.",
        "Épaississement bronchique diffus sans dilatation des bronches.",
        "Micronodule de 4 mm du lobe moyen, stable par rapport à l'examen précédent.",
        "Pas d'adénopathie médiastinale. Pas d'épanchement pleural.",
    ),
    "Emphysème centro-lobulaire modéré. Micronodule stable, pas de surveillance particulière.",
)
ECHO_ABDOMEN = Examen(
    "Échographie abdominale",
    "24558-9",
    "Douleurs de l'hypochondre droit après les repas.",
    "Exploration par sonde convexe de 3,5 MHz, patient à jeun.",
    (
        "Foie de taille normale, discrètement hyperéchogène, sans lésion focale.",
        "Vésicule alithiasique à paroi fine. Voies biliaires non dilatées.",
        "Pancréas visible dans sa partie céphalique, sans anomalie.",
        "Reins de taille symétrique, bien différenciés, sans dilatation. Rate homogène.",
    ),
    "Stéatose hépatique modérée. Pas de lithiase vésiculaire.",
)
MAMMOGRAPHIE = Examen(
    "Mammographie bilatérale de dépistage",
    "24606-6",
    "Dépistage organisé. Pas d'antécédent familial.",
    "Deux incidences par sein, face et oblique externe. Double lecture.",
    (
        "Seins de densité mammaire b selon la classification de l'ACR.",
        "Pas de masse, pas de foyer de microcalcifications suspect.",
        "Pas d'épaississement cutané. Creux axillaires sans anomalie.",
    ),
    "Mammographie normale, classée ACR 1 à droite et à gauche. Prochain contrôle dans deux ans.",
)
MAMMOGRAPHIE_SUSPECTE = Examen(
    "Mammographie et échographie mammaire",
    "24606-6",
    "Palpation d'une formation du quadrant supéro-externe du sein gauche.",
    "Face, oblique et agrandissement à gauche. Échographie complémentaire par sonde de 15 MHz.",
    (
        "Masse spiculée de 14 mm du quadrant supéro-externe du sein gauche, à 5 cm du mamelon.",
        "En échographie, masse hypoéchogène irrégulière, à grand axe vertical, avec cône d'ombre.",
        "Ganglion axillaire gauche de 8 mm, à corticale régulière.",
        "Sein droit sans anomalie.",
    ),
    "Image suspecte du sein gauche, classée ACR 5. Biopsie nécessaire.",
)
OSTEODENSITOMETRIE = Examen(
    "Ostéodensitométrie",
    "24701-5",
    "Fracture du poignet pour un traumatisme de faible énergie.",
    "Absorptiométrie biphotonique : rachis lombaire et hanche.",
    (
        "Rachis lombaire L1-L4 : 0,842 g/cm², T-score − 2,6.",
        "Col fémoral gauche : 0,671 g/cm², T-score − 2,3.",
        "Hanche totale : 0,742 g/cm², T-score − 1,9.",
    ),
    "Ostéoporose densitométrique au rachis lombaire.",
)
PANORAMIQUE = Examen(
    "Panoramique dentaire",
    "39098-9",
    "Bilan avant traitement d'orthodontie.",
    "Radiographie panoramique numérique.",
    (
        "Formule dentaire adulte complète en cours d'éruption.",
        "Germes des troisièmes molaires présents, en position haute.",
        "Pas de lésion périapicale. Sinus clairs.",
    ),
    "Encombrement antérieur. Pas de lésion osseuse.",
)


def examen(jour: date, modele: Examen) -> Acte:
    """The report of one of the examinations above."""
    return Acte(
        jour,
        "18748-4",
        modele.titre,
        "radiologue",
        lambda c: _rediger(c, modele),
        evenement_loinc(modele.loinc, modele.titre),
        pdf=0.25,
    )


def echographie_de_grossesse(jour: date, semaines: int) -> Acte:
    """One of the three ultrasounds of pregnancy, with its biometry."""
    titre = f"Échographie obstétricale de {semaines} semaines"
    return Acte(
        jour,
        "18748-4",
        titre,
        "gynecologue",
        lambda c: _grossesse(c, semaines),
        evenement_loinc("11525-3", "Échographie obstétricale"),
        pdf=0.4,
    )


def _rediger(c: Cadre, modele: Examen) -> Corps:
    return (
        texte(
            "Indication",
            f"{c.sujet}. {modele.indication}",
            f"Examen demandé par le {c.medecin_traitant.affichage}.",
            code="18785-6",
            libelle="Indications",
        ),
        antecedents.section(c),
        texte("Technique", modele.technique, code="55111-9", libelle="Technique de l'examen"),
        Section("Résultats", (Liste(modele.resultats),), "59776-5", "Résultats"),
        conclusion(modele.conclusion),
    )


def _grossesse(c: Cadre, semaines: int) -> Corps:
    # Order of magnitude of fetal growth: enough for the eye, not for a decision.
    bip = 2.35 * semaines if semaines > 13 else 21.0
    mesures: list[tuple[str, str, str]] = [
        ("Diamètre bipariétal", francais(c.hasard.mesure(bip, 1.2, 0), 0), "mm"),
        ("Périmètre céphalique", francais(c.hasard.mesure(bip * 3.55, 3, 0), 0), "mm"),
        ("Périmètre abdominal", francais(c.hasard.mesure(bip * 3.3, 4, 0), 0), "mm"),
        ("Longueur du fémur", francais(c.hasard.mesure(bip * 0.74, 1, 0), 0), "mm"),
    ]
    if semaines <= 13:
        mesures = [("Longueur cranio-caudale", "62", "mm"), ("Clarté nucale", "1,3", "mm"), mesures[0]]
    else:
        mesures.append(("Poids fœtal estimé", str(round(0.029 * semaines**3.4 / 3)), "g"))
    return (
        texte(
            "Indication",
            f"{c.patient}. Grossesse de {semaines} semaines d'aménorrhée, suivi habituel.",
            code="18785-6",
            libelle="Indications",
        ),
        Section("Biométrie", (Tableau(("Mesure", "Valeur", "Unité"), tuple(mesures)),)),
        Section(
            "Morphologie et environnement",
            (
                Liste(
                    (
                        "Activité cardiaque régulière à 148 battements par minute.",
                        "Mouvements actifs présents.",
                        "Placenta normalement inséré, liquide amniotique en quantité normale.",
                    )
                ),
                Paragraphe("L'échographie ne peut pas écarter toutes les anomalies."),
            ),
            "59776-5",
            "Résultats",
        ),
        conclusion("Grossesse monofœtale évolutive, croissance harmonieuse pour le terme."),
    )
