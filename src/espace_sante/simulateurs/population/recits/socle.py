"""What happens to everyone: the family doctor, the dentist, the laboratory, the fund."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from espace_sante.simulateurs.population.actes import Acte
from espace_sante.simulateurs.population.recits.vie import Vie
from espace_sante.simulateurs.population.redaction import administratif as adm
from espace_sante.simulateurs.population.redaction import biologie as bio
from espace_sante.simulateurs.population.redaction import consultations as cs
from espace_sante.simulateurs.population.redaction import imagerie as img
from espace_sante.simulateurs.population.redaction import ordonnances as ordo
from espace_sante.simulateurs.population.redaction import prevention as prev
from espace_sante.simulateurs.population.redaction import soins

_REMEDES = {
    cs.RHINOPHARYNGITE.titre: (ordo.PARACETAMOL,),
    cs.ANGINE.titre: (ordo.AMOXICILLINE, ordo.PARACETAMOL),
    cs.LOMBALGIE.titre: (ordo.PARACETAMOL, ordo.IBUPROFENE),
    cs.GRIPPE.titre: (ordo.PARACETAMOL,),
    cs.BILAN.titre: (ordo.VITAMINE_D,),
    cs.BRONCHITE.titre: (ordo.PARACETAMOL,),
    cs.DIGESTIF.titre: (ordo.OMEPRAZOLE,),
    cs.CYSTITE.titre: (ordo.FOSFOMYCINE,),
    cs.RHINITE.titre: (ordo.CETIRIZINE,),
}
_DEPOTS = (
    (
        "DOCPAT05",
        "Analyses faites en vacances",
        (
            "Résultats remis sur papier pendant mes vacances.",
            "Glycémie 0,94 g/L. Créatinine 71 µmol/L. Hémoglobine 13,4 g/dL.",
        ),
    ),
    (
        "DOCPAT03",
        "Ancien compte rendu d'opération",
        ("Compte rendu retrouvé dans mes papiers : appendicite opérée à douze ans, sans complication.",),
    ),
    (
        "DOCPAT02",
        "Mon ordonnance de lunettes",
        ("Œil droit − 1,25 ; œil gauche − 1,50. Verres antireflets.", "Ordonnance valable trois ans."),
    ),
    (
        "DOCPAT07",
        "Certificat pour la salle de sport",
        ("Certificat demandé par mon club, remis par mon médecin.",),
    ),
    (
        "DOCPAT09",
        "Carte de mutuelle",
        ("Organisme : Mutuelle des Quatre Rivières (fictive). Adhérent n° 00012345.", "Tiers payant : oui."),
    ),
    (
        "EXPPAT_2",
        "Questions pour mon prochain rendez-vous",
        (
            "Puis-je reprendre la natation ?",
            "Faut-il refaire le bilan de sang ?",
            "Le traitement du soir me donne-t-il mal au ventre ?",
        ),
    ),
)
_DIRECTIVES = (
    "EXPPAT_3",
    "Mes directives anticipées",
    (
        "Si je ne peux plus exprimer ma volonté, je souhaite que l'on soulage ma douleur avant tout.",
        "Je ne souhaite pas être maintenu(e) en vie par une machine si mon état n'a plus de chance de s'améliorer.",
        "J'ai parlé de ce document avec ma famille.",
    ),
)


def vie_courante(vie: Vie) -> Iterator[Acte]:
    """Consultations of every day, with their prescriptions, tests and sick leaves."""
    adulte = cs.COURANTS_FEMME if vie.sexe == "F" else cs.COURANTS_ADULTE
    motifs = cs.COURANTS_ENFANT if vie.ans < 15 else adulte
    rythme = 300 if vie.ans < 6 else 420 if vie.ans < 60 else 330
    for jour in vie.tous_les(rythme, 90):
        motif = vie.hasard.choice(motifs)
        yield cs.consultation(jour, motif)
        remede = (ordo.PARACETAMOL_ENFANT,) if vie.ans_le(jour) < 12 else _REMEDES.get(motif.titre, ())
        if remede and vie.hasard.chance(0.6):
            yield ordo.ordonnance(jour, remede)
            if vie.hasard.chance(0.5):
                yield ordo.dispensation(jour, remede)
        yield from _examens(motif, jour)
        if motif in (cs.LOMBALGIE, cs.GRIPPE) and 20 < vie.ans_le(jour) < 62 and vie.hasard.chance(0.5):
            yield adm.arret_de_travail(jour, vie.hasard.choice((2, 3, 5, 7)))


def _examens(motif: cs.Motif, jour: date) -> Iterator[Acte]:
    """The tests that the family doctor asked for."""
    if motif is cs.FATIGUE:
        yield bio.bilan_annuel(jour + timedelta(days=4))
    elif motif is cs.BRONCHITE:
        yield img.examen(jour + timedelta(days=1), img.RADIO_THORAX)
        yield bio.bilan_inflammatoire(jour + timedelta(days=1), 38)
    elif motif is cs.DIGESTIF:
        yield img.examen(jour + timedelta(days=12), img.ECHO_ABDOMEN)
    elif motif is cs.CYSTITE:
        yield bio.bacteriologie_des_urines(jour + timedelta(days=1))


def prevention(vie: Vie) -> Iterator[Acte]:
    """Check-ups, screening and vaccines of adults, at the ages when they are due."""
    if vie.ans >= 18:
        for jour in vie.tous_les(560 if vie.ans >= 45 else 1100, 120):
            yield bio.bilan_annuel(jour)
        if vie.ans >= 50 and not vie.connait("cancer_sein") and vie.sexe == "F":
            for jour in vie.tous_les(730, 60):
                if 50 <= vie.ans_le(jour) <= 74:
                    yield img.examen(jour, img.MAMMOGRAPHIE)
        for jour in vie.tous_les(760, 80):
            if 50 <= vie.ans_le(jour) <= 74:
                yield prev.depistage_colorectal(jour)
        yield from _vaccins_adulte(vie)
    for jour in vie.tous_les(900, 250):
        if vie.ans_le(jour) >= 4:
            yield soins.dentiste(
                jour, vie.hasard.choice(("Aucune", "Une, soignée ce jour", "Deux, soins prévus"))
            )
    if vie.ans >= 42:
        for jour in vie.tous_les(1100, 200):
            yield soins.ophtalmologie(jour, "Sans anomalie")


def papiers(vie: Vie) -> Iterator[Acte]:
    """Reimbursements, certificates, summary, and what an active holder deposits himself."""
    for annee in range(vie.fin.year - 2, vie.fin.year + 1):
        cloture = min(date(annee, 12, 30), vie.fin - timedelta(days=2))
        if cloture > vie.debut and cloture.year == annee and cloture > date(annee, 1, 20):
            yield adm.remboursements(annee, cloture)
    if 6 <= vie.ans < 50 and vie.hasard.chance(0.5):
        sport = vie.hasard.choice(("judo", "football", "natation", "course à pied", "basket-ball", "danse"))
        phrase = f"Je n'ai pas constaté de contre-indication à la pratique : {sport}."
        yield adm.certificat(vie.un_jour(), f"Certificat de sport : {sport}", phrase)
    if vie.actif and vie.ans >= 18:
        for type_code, titre, lignes in vie.hasard.sample(_DEPOTS, vie.hasard.choice((0, 1, 1, 2))):
            yield adm.depot(
                vie.un_jour(max(vie.debut, vie.fin - timedelta(days=900))), type_code, titre, lignes
            )
        if vie.ans >= 60 and vie.hasard.chance(0.3):
            yield adm.depot(vie.un_jour(max(vie.debut, vie.fin - timedelta(days=700))), *_DIRECTIVES)


def _vaccins_adulte(vie: Vie) -> Iterator[Acte]:
    doses: list[tuple[date, prev.Vaccin]] = []
    for annee in range(vie.debut.year, vie.fin.year + 1):
        jour = vie.hasard.jour(date(annee, 10, 15), date(annee, 11, 30))
        if vie.ans_le(jour) >= 65 and vie.debut < jour < vie.fin and vie.hasard.chance(0.6):
            doses.append((jour, prev.GRIPPE))
    if vie.ans >= 65:
        doses.append((vie.un_jour(), prev.DTP))
        if vie.hasard.chance(0.3):
            doses.append((vie.un_jour(), prev.ZONA))
    elif vie.ans >= 25:
        doses.append((vie.un_jour(), prev.DTCAP))
    doses.sort(key=lambda dose: dose[0])
    for jour, vaccin in doses:
        yield prev.vaccination(jour, vaccin, vie.hasard.choice(("generaliste", "pharmacien", "infirmier")))
    if doses:
        yield prev.carnet(min(doses[-1][0] + timedelta(days=20), vie.fin - timedelta(days=1)), doses)
