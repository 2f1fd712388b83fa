"""Things that happen once: a fracture, a slipped disc, a heart attack, a cancer, low spirits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from espace_sante.simulateurs.population.actes import Acte
from espace_sante.simulateurs.population.recits.vie import Vie
from espace_sante.simulateurs.population.redaction import administratif as adm
from espace_sante.simulateurs.population.redaction import biologie as bio
from espace_sante.simulateurs.population.redaction import consultations as cs
from espace_sante.simulateurs.population.redaction import hopital, soins
from espace_sante.simulateurs.population.redaction import imagerie as img
from espace_sante.simulateurs.population.redaction import ordonnances as ordo

_INFARCTUS = hopital.Sejour(
    "Syndrome coronarien aigu",
    "Douleur thoracique constrictive depuis deux heures, sus-décalage du segment ST en inférieur. "
    "Prise en charge par le SMUR, coronarographie en urgence.",
    ("Angioplastie de la coronaire droite avec pose d'un stent actif.",
     "Surveillance en soins intensifs, pas de trouble du rythme.",
     "Échographie : fraction d'éjection à 52 %, hypokinésie inférieure.",
     "Lever, marche dans le couloir, éducation commencée."),
    "Infarctus inférieur revascularisé, fonction ventriculaire gauche préservée.",
    (ordo.ASPIRINE, ordo.BISOPROLOL, ordo.RAMIPRIL, ordo.ATORVASTATINE),
    ("Réadaptation cardiaque dans trois semaines.", "Cardiologue dans un mois.", "Ne pas conduire huit jours."),
    5, "cardiologue",
)  # fmt: skip
_PROTHESE = hopital.Sejour(
    "Prothèse totale du genou droit",
    "Gonarthrose évoluée, gêne quotidienne malgré un traitement médical bien conduit.",
    ("Intervention sous rachianesthésie, sans incident.", "Lever le jour même avec l'équipe de kinésithérapie.",
     "Flexion active à 70 degrés.", "Marche avec deux cannes, escalier acquis."),
    "Suites simples d'une prothèse totale du genou droit.",
    (ordo.PARACETAMOL, ordo.OMEPRAZOLE),
    ("Pansement tous les trois jours.", "Kinésithérapie vingt séances.", "Radiographie et chirurgien à six semaines."),
    4, "orthopediste",
)  # fmt: skip


def fracture(vie: Vie) -> Iterator[Acte]:
    """A broken wrist, from the emergency department to the last session of physiotherapy."""
    jour = vie.un_jour()
    yield hopital.urgences(
        jour, "Chute à vélo, douleur et déformation du poignet droit.",
        ("Déformation en dos de fourchette.", "Pouls et sensibilité présents.", "Radiographie : fracture du radius."),
        "Fracture de l'extrémité inférieure du radius. Réduction et plâtre, avis orthopédique.",
    )  # fmt: skip
    yield img.examen(jour, img.RADIO_POIGNET)
    yield ordo.ordonnance(jour, (ordo.PARACETAMOL, ordo.IBUPROFENE), "urgentiste")
    if 20 < vie.ans_le(jour) < 62:
        yield adm.arret_de_travail(jour + timedelta(days=1), 30)
    yield hopital.anesthesie(jour + timedelta(days=1), "Ostéosynthèse du radius droit")
    yield hopital.operation(
        jour + timedelta(days=2), "Ostéosynthèse du radius droit par plaque",
        ("Abord antérieur.", "Réduction sous contrôle scopique.", "Plaque verrouillée et six vis.", "Fermeture, attelle."),
        "Réduction satisfaisante. Attelle trois semaines, puis rééducation.", "orthopediste",
    )  # fmt: skip
    yield soins.suivi_infirmier(jour + timedelta(days=12), "Pansement du poignet")
    yield ordo.prescription_de_soins(
        jour + timedelta(days=24), "PRESC-KINE", "Masso-kinésithérapie du poignet",
        ("Rééducation du poignet et de la main droite après ostéosynthèse.", "Quinze séances."), "orthopediste",
    )  # fmt: skip
    yield soins.kinesitherapie(jour + timedelta(days=75), "Poignet droit", "Flexion-extension : + 55 degrés")
    if vie.ans_le(jour) >= 60:
        yield img.examen(jour + timedelta(days=90), img.OSTEODENSITOMETRIE)
        yield from ordo.ordonnance_et_delivrance(jour + timedelta(days=97), ordo.ALENDRONATE, ordo.VITAMINE_D)


def lombalgie(vie: Vie) -> Iterator[Acte]:
    """Back pain that lasts: pictures, physiotherapy, sick leave."""
    jour = vie.un_jour()
    yield cs.consultation(jour, cs.LOMBALGIE)
    yield from ordo.ordonnance_et_delivrance(jour, ordo.PARACETAMOL, ordo.IBUPROFENE)
    yield adm.arret_de_travail(jour, 7)
    yield ordo.prescription_de_soins(
        jour + timedelta(days=45), "55115-0", "Demande d'IRM du rachis lombaire",
        ("Lombosciatique gauche S1 de plus de six semaines.", "Pas de contre-indication à l'IRM."),
    )  # fmt: skip
    yield img.examen(jour + timedelta(days=62), img.IRM_LOMBAIRE)
    yield ordo.prescription_de_soins(
        jour + timedelta(days=66),
        "PRESC-KINE",
        "Masso-kinésithérapie du rachis",
        ("Rachis lombaire, quinze séances.",),
    )
    yield soins.kinesitherapie(jour + timedelta(days=120), "Rachis lombaire", "Distance doigts-sol : − 22 cm")


def depression(vie: Vie) -> Iterator[Acte]:
    """Low spirits: the holder hid the letter of the psychiatrist from professionals."""
    jour = vie.un_jour()
    yield cs.consultation(jour, cs.DEPRIME)
    yield from ordo.ordonnance_et_delivrance(jour, ordo.SERTRALINE)
    yield soins.psychologue(jour + timedelta(days=40)).masque()
    yield cs.specialiste(
        jour + timedelta(days=60), "psychiatre", "Consultation de psychiatrie",
        ("Épisode d'intensité moyenne, en amélioration sous traitement bien supporté.", "Sommeil restauré."),
        "Poursuite six mois après la rémission, psychothérapie en cours.",
    ).masque()  # fmt: skip
    yield cs.consultation(jour + timedelta(days=95), cs.DEPRIME, titre="Suivi du moral")


def infarctus(vie: Vie) -> Iterator[Acte]:
    """A heart attack and the year that follows."""
    jour = vie.un_jour()
    yield hopital.urgences(
        jour, "Douleur dans la poitrine depuis deux heures.",
        ("Électrocardiogramme : sus-décalage inférieur.", "Troponine élevée.", "Appel de la salle de coronarographie."),
        "Syndrome coronarien aigu, transfert immédiat en cardiologie.",
    )  # fmt: skip
    yield from hopital.hospitalisation(jour, _INFARCTUS)
    yield adm.protocole_ald(
        jour + timedelta(days=30), "Maladie coronaire", ("Cardiologue chaque année.", "Bilan lipidique.")
    )
    for mois in (2, 6, 12):
        suite = jour + timedelta(days=30 * mois)
        yield cs.specialiste(
            suite, "cardiologue", f"Cardiologie, {mois} mois après l'infarctus",
            ("Pas de douleur. Épreuve d'effort maximale, négative à 120 watts.", "LDL cholestérol à 0,52 g/L."),
            "Évolution favorable. Poursuite du traitement, activité physique régulière.",
        )  # fmt: skip
        yield ordo.ordonnance(suite, _INFARCTUS.sortie, "cardiologue")
    yield bio.rapport(
        jour + timedelta(days=80), "Bilan de contrôle après infarctus",
        (("Bilan lipidique", bio.LIPIDES), ("Biochimie", (*bio.IONOGRAMME, bio.BNP))),
    )  # fmt: skip


def prothese(vie: Vie) -> Iterator[Acte]:
    """A knee worn out and replaced."""
    jour = vie.un_jour()
    yield img.examen(jour - timedelta(days=120), img.RADIO_GENOUX)
    yield cs.lettre(jour - timedelta(days=100), "le chirurgien orthopédiste", "Gonarthrose évoluée, gêne quotidienne.",
                    ("Hypertension artérielle", "Appendicectomie dans l'enfance"))  # fmt: skip
    yield hopital.anesthesie(jour - timedelta(days=20), "Prothèse totale du genou droit")
    yield hopital.operation(
        jour, "Prothèse totale du genou droit",
        ("Abord médian, luxation de la rotule.", "Coupes tibiale et fémorale guidées.",
         "Prothèse cimentée.", "Hémostase, fermeture."),
        "Prothèse stable, alignement satisfaisant.", "orthopediste",
    )  # fmt: skip
    yield from hopital.hospitalisation(jour, _PROTHESE)
    yield soins.suivi_infirmier(jour + timedelta(days=16), "Pansement et surveillance après prothèse")
    yield soins.kinesitherapie(jour + timedelta(days=95), "Genou droit", "Flexion : de 70 à 115 degrés")


def cancer_sein(vie: Vie) -> Iterator[Acte]:
    """Breast cancer: suspicion, biopsy, meeting of specialists, plan, surgery, follow-up."""
    jour = vie.un_jour(max(vie.debut, vie.fin - timedelta(days=1500)))
    yield img.examen(jour, img.MAMMOGRAPHIE_SUSPECTE)
    yield hopital.anatomopathologie(
        jour + timedelta(days=12), "Biopsie du sein gauche",
        ("Quatre carottes biopsiques.", "Carcinome canalaire infiltrant de grade II.",
         "Récepteurs aux œstrogènes 90 %, à la progestérone 60 %, HER2 négatif, Ki67 14 %."),
        "Carcinome canalaire infiltrant de grade II, hormono-dépendant.",
    )  # fmt: skip
    yield adm.concertation(jour + timedelta(days=20))
    yield adm.plan_cancer(jour + timedelta(days=24))
    yield adm.protocole_ald(
        jour + timedelta(days=26), "Tumeur maligne du sein", ("Oncologue.", "Mammographie chaque année.")
    )
    yield hopital.operation(
        jour + timedelta(days=45), "Tumorectomie du sein gauche et ganglion sentinelle",
        ("Repérage par harpon.", "Exérèse en monobloc, pièce orientée.", "Deux ganglions sentinelles prélevés."),
        "Exérèse complète à l'examen macroscopique.", "gynecologue",
    )  # fmt: skip
    for mois in (5, 11, 17, 29):
        yield cs.specialiste(
            jour + timedelta(days=30 * mois), "oncologue", f"Consultation d'oncologie, {mois} mois",
            ("Bonne tolérance de l'hormonothérapie, bouffées de chaleur modérées.", "Examen des seins sans anomalie."),
            "Pas de signe de récidive. Mammographie annuelle et poursuite du tamoxifène.",
        )  # fmt: skip
        yield ordo.ordonnance(jour + timedelta(days=30 * mois), (ordo.TAMOXIFENE,), "oncologue")
