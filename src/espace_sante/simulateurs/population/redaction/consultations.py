"""Consultation reports and letters between professionals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from espace_sante.simulateurs.population.actes import Acte, Cadre
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
from espace_sante.simulateurs.population.redaction import antecedents, mesures


@dataclass(frozen=True, slots=True)
class Motif:
    """Why the patient comes, what is found, what is decided."""

    titre: str
    motif: str
    histoire: str
    examen: tuple[str, ...]
    synthese: str
    conduite: tuple[str, ...]


RHINOPHARYNGITE = Motif(
    "Consultation pour rhinopharyngite",
    "Fièvre et nez qui coule depuis deux jours.",
    "Température à 38,4 °C hier soir. Toux grasse peu fréquente. Alimentation conservée, pas de gêne respiratoire.",
    ("Gorge rouge sans dépôt.", "Tympans clairs des deux côtés.", "Auscultation pulmonaire libre."),
    "Rhinopharyngite virale sans signe de gravité.",
    (
        "Lavage de nez plusieurs fois par jour.",
        "Paracétamol si fièvre.",
        "Revoir si fièvre au-delà de trois jours.",
    ),
)
ANGINE = Motif(
    "Consultation pour angine",
    "Mal de gorge et fièvre.",
    "Début brutal il y a deux jours, douleur à la déglutition, pas de toux.",
    ("Amygdales rouges et gonflées.", "Adénopathies sous-angulo-maxillaires sensibles.",
     "Test rapide d'orientation diagnostique : positif."),
    "Angine à streptocoque A.",
    ("Antibiotique six jours.", "Repos, boissons.", "Éviction non nécessaire après deux jours de traitement."),
)  # fmt: skip
LOMBALGIE = Motif(
    "Consultation pour lombalgie",
    "Douleur du bas du dos après un port de charge.",
    "Douleur apparue il y a quatre jours, sans irradiation. Pas de trouble des sphincters, pas de fièvre.",
    (
        "Contracture paravertébrale, distance doigts-sol 35 cm.",
        "Lasègue négatif.",
        "Force et sensibilité normales.",
    ),
    "Lombalgie commune aiguë, sans drapeau rouge.",
    (
        "Rester actif autant que possible.",
        "Antalgiques cinq jours.",
        "Kinésithérapie si douleur à deux semaines.",
    ),
)
HYPERTENSION = Motif(
    "Suivi d'hypertension artérielle",
    "Renouvellement du traitement et contrôle de la tension.",
    "Pas de plainte. Traitement bien pris. Automesure à domicile moyenne : 132/78 mmHg.",
    (
        "Bruits du cœur réguliers, pas de souffle.",
        "Pas d'œdème des membres inférieurs.",
        "Pouls périphériques perçus.",
    ),
    "Hypertension artérielle essentielle équilibrée.",
    ("Même traitement, trois mois.", "Biologie annuelle.", "Marche trente minutes par jour, moins de sel."),
)
SUIVI_DIABETE = Motif(
    "Suivi de diabète de type 2",
    "Consultation trimestrielle.",
    "Glycémies capillaires du matin entre 1,15 et 1,40 g/L. Pas de malaise. Régime assez bien suivi.",
    ("Pouls pédieux perçus.", "Test au monofilament normal aux deux pieds.", "Pas de plaie."),
    "Diabète de type 2 à suivre selon l'hémoglobine glyquée.",
    (
        "Poursuite du traitement.",
        "Hémoglobine glyquée tous les trois mois.",
        "Fond d'œil et podologue une fois par an.",
    ),
)
FATIGUE = Motif(
    "Consultation pour fatigue",
    "Fatigue depuis plusieurs semaines.",
    "Sommeil non réparateur, charge de travail importante. Poids stable. Pas de fièvre.",
    ("Examen général sans particularité.", "Pas d'adénopathie.", "Thyroïde non palpée."),
    "Asthénie sans point d'appel clinique.",
    ("Bilan sanguin.", "Conseils de sommeil.", "Revoir avec les résultats."),
)
ASTHME = Motif(
    "Suivi d'asthme",
    "Contrôle semestriel.",
    "Deux réveils nocturnes ce mois. Salbutamol utilisé deux fois par semaine. Pas d'absence à l'école ou au travail.",
    (
        "Auscultation claire, pas de sibilants.",
        "Débit de pointe à 88 % de la théorique.",
        "Technique d'inhalation correcte.",
    ),
    "Asthme partiellement contrôlé.",
    (
        "Traitement de fond à prendre chaque jour.",
        "Éviction des acariens, pas de tabac.",
        "Plan d'action remis.",
    ),
)
DEPRIME = Motif(
    "Consultation de soutien",
    "Tristesse et perte d'élan.",
    "Depuis deux mois, après une rupture et des difficultés au travail. Pas d'idée suicidaire. Entourage présent.",
    ("Contact bon, discours cohérent, ralentissement modéré.", "Appétit diminué, perte de 2 kg."),
    "Épisode dépressif d'intensité modérée.",
    ("Psychothérapie proposée et acceptée.", "Traitement expliqué.", "Consultation dans deux semaines."),
)
BILAN = Motif(
    "Bilan de prévention",
    "Rendez-vous de prévention.",
    "Activité physique une fois par semaine. Pas de tabac. Alcool occasionnel. Dépistages discutés.",
    ("Examen cardio-pulmonaire normal.", "Peau sans lésion suspecte.", "Abdomen souple."),
    "Bon état général.",
    (
        "Vaccins à jour.",
        "Bilan lipidique et glycémie.",
        "Objectif : bouger davantage, cinq fois par semaine.",
    ),
)
GRIPPE = Motif(
    "Consultation pour syndrome grippal",
    "Fièvre, courbatures, maux de tête.",
    "Début brutal hier, 39,2 °C. Entourage malade. Toux sèche.",
    ("Auscultation libre.", "Saturation à 98 %.", "Nuque souple."),
    "Syndrome grippal en période d'épidémie.",
    ("Repos, paracétamol, boissons.", "Masque et aération.", "Appeler si essoufflement."),
)
CHUTES = Motif(
    "Évaluation après une chute",
    "Chute dans la salle de bain il y a une semaine.",
    "Pas de perte de connaissance. Peur de retomber. Marche avec une canne.",
    (
        "Appui unipodal inférieur à cinq secondes.",
        "Tension couchée 142/80, debout 128/74.",
        "Vision à contrôler.",
    ),
    "Troubles de l'équilibre d'origine multiple.",
    ("Kinésithérapie d'équilibre.", "Barre d'appui dans la douche.", "Revoir la liste des médicaments."),
)
CONTRACEPTION = Motif(
    "Consultation de contraception",
    "Demande de contraception.",
    "Entretien seul à seul. Information sur les méthodes et sur les infections sexuellement transmissibles.",
    ("Tension 112/68 mmHg.", "Pas de contre-indication aux œstroprogestatifs."),
    "Contraception choisie après information.",
    (
        "Prescription et mode d'emploi remis.",
        "Préservatifs conseillés en plus.",
        "Contact donné en cas d'oubli.",
    ),
)
BRONCHITE = Motif(
    "Consultation pour toux fébrile",
    "Toux grasse et fièvre depuis cinq jours.",
    "Température à 38,6 °C. Essoufflement à l'effort. Tabac : non.",
    ("Ronchi diffus, quelques crépitants de la base droite.", "Saturation à 97 %.", "Pas de tirage."),
    "Bronchite aiguë, pneumopathie à écarter.",
    ("Radiographie du thorax et prise de sang.", "Paracétamol, boissons.", "Revoir dans deux jours."),
)
DIGESTIF = Motif(
    "Consultation pour douleurs abdominales",
    "Douleurs du haut du ventre après les repas.",
    "Depuis trois semaines, sans fièvre ni amaigrissement. Transit normal.",
    ("Abdomen souple, sensible à droite sous les côtes.", "Pas de masse.", "Pas d'ictère."),
    "Dyspepsie probable, lithiase à écarter.",
    ("Échographie abdominale.", "Traitement d'un mois.", "Repas fractionnés, moins gras."),
)
CYSTITE = Motif(
    "Consultation pour brûlures urinaires",
    "Brûlures et envies fréquentes d'uriner depuis hier.",
    "Pas de fièvre, pas de douleur lombaire.",
    (
        "Abdomen souple, sensibilité au-dessus du pubis.",
        "Fosses lombaires indolores.",
        "Bandelette positive.",
    ),
    "Cystite simple.",
    ("Examen d'urines.", "Antibiotique en prise unique après prélèvement.", "Boire davantage."),
)
RHINITE = Motif(
    "Consultation pour rhinite allergique",
    "Éternuements et yeux qui piquent, comme chaque printemps.",
    "Gêne depuis deux semaines, sommeil perturbé.",
    ("Muqueuse nasale pâle.", "Conjonctives rouges.", "Auscultation claire."),
    "Rhinite allergique saisonnière.",
    ("Antihistaminique un mois.", "Lavage de nez le soir.", "Fenêtres fermées le matin."),
)
COURANTS_ADULTE = (RHINOPHARYNGITE, ANGINE, LOMBALGIE, FATIGUE, BILAN, GRIPPE, BRONCHITE, DIGESTIF, RHINITE)
COURANTS_FEMME = (*COURANTS_ADULTE, CYSTITE)
COURANTS_ENFANT = (RHINOPHARYNGITE, ANGINE, GRIPPE)


def consultation(jour: date, motif: Motif, metier: str = "generaliste", *, titre: str = "") -> Acte:
    """The report of a consultation."""
    return Acte(jour, "11488-4", titre or motif.titre, metier, lambda c: _rediger(c, motif), pdf=0.08)


def lettre(jour: date, vers: str, demande: str, points: Sequence[str]) -> Acte:
    """A letter that sends the patient to a specialist."""
    return Acte(
        jour, "96349-6", f"Lettre pour {vers}", "generaliste", lambda c: _lettre(c, demande, points), pdf=0.35
    )


def specialiste(
    jour: date, metier: str, titre: str, corps: Sequence[str], avis: str, type_code: str = "11488-4"
) -> Acte:
    """The answer of a specialist to the family doctor."""
    return Acte(jour, type_code, titre, metier, lambda c: _specialiste(c, corps, avis), pdf=0.28)


def _constantes(c: Cadre) -> Tableau:
    h = c.hasard
    masse, stature = mesures.poids(c), mesures.taille(c)
    if c.age < 15:
        lignes = (
            ("Poids", f"{francais(masse, 1)} kg"),
            ("Taille", f"{stature} cm"),
            ("Température", f"{francais(h.mesure(37.2, 0.5, 1), 1)} °C"),
        )
    else:
        imc = francais(masse / (stature / 100) ** 2, 1)
        lignes = (
            ("Tension artérielle", f"{h.mesure(126, 9):.0f}/{h.mesure(76, 6):.0f} mmHg"),
            ("Fréquence cardiaque", f"{h.mesure(71, 7):.0f} /min"),
            ("Poids, taille", f"{masse:.0f} kg, {stature} cm (IMC {imc})"),
        )
    return Tableau(("Constante", "Valeur"), lignes)


def _rediger(c: Cadre, m: Motif) -> Corps:
    return (
        texte("Motif", f"{c.sujet}. {m.motif}", code="29299-5", libelle="Motif"),
        antecedents.section(c),
        texte("Histoire", m.histoire, code="10164-2", libelle="Histoire de la maladie"),
        Section("Examen", (_constantes(c), Liste(m.examen)), "29545-1", "Examen physique"),
        conclusion(m.synthese),
        Section("Conduite à tenir", (Liste(m.conduite),), "18776-5", "Plan de soins"),
        texte(
            "Information donnée",
            "Explications comprises. Appeler le 15 en cas de gêne pour respirer, de malaise ou de douleur "
            "dans la poitrine. Le compte rendu est versé au dossier.",
        ),
    )


def _lettre(c: Cadre, demande: str, points: Sequence[str]) -> Corps:
    return (
        Section(
            "Cher confrère, chère consœur",
            (
                Paragraphe(f"Je vous adresse {c.patient}, que je suis régulièrement. {demande}"),
                Paragraphe("Je vous remercie de me donner votre avis et de me tenir au courant de la suite."),
            ),
            "42349-1",
            "Raison de la recommandation",
        ),
        Section("Points importants", (Liste(tuple(points)),), "11450-4", "Problèmes actifs"),
        antecedents.section(c),
        Section("Dernières constantes", (_constantes(c),), "8716-3", "Signes vitaux"),
        texte("Formule de politesse", "Bien confraternellement."),
    )


def _specialiste(c: Cadre, corps: Sequence[str], avis: str) -> Corps:
    mt = c.medecin_traitant
    return (
        Section(
            "Consultation",
            (
                Paragraphe(f"À l'attention du {mt.affichage}. Merci de m'avoir confié {c.patient}."),
                *(Paragraphe(p) for p in corps),
            ),
            "11488-4",
            "Consultation",
        ),
        antecedents.section(c),
        Section("Examen", (_constantes(c),), "8716-3", "Signes vitaux"),
        conclusion(avis),
    )
