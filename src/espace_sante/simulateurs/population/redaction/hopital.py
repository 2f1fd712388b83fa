"""Hospital: emergencies, stays, operations, births, and the letter given on leaving."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from espace_sante.documents.metadonnees import Code
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
from espace_sante.simulateurs.population.redaction import antecedents, mesures
from espace_sante.simulateurs.population.redaction.ordonnances import Medicament

_HOSPITALISATION = Code("IMP", "2.16.840.1.113883.5.4", "Hospitalisation")


@dataclass(frozen=True, slots=True)
class Sejour:
    """A stay: its reason, its course, the treatment on leaving."""

    motif: str
    histoire: str
    evolution: tuple[str, ...]
    synthese: str
    sortie: tuple[Medicament, ...]
    suites: tuple[str, ...]
    jours: int
    metier: str


def urgences(jour: date, motif: str, constat: Sequence[str], issue: str) -> Acte:
    """The report of a visit to the emergency department."""
    return Acte(
        jour, "15507-7", "Passage aux urgences", "urgentiste", lambda c: _urgences(c, motif, constat, issue),
        pdf=0.3,
    )  # fmt: skip


def hospitalisation(entree: date, sejour: Sejour) -> list[Acte]:
    """The stay's report and the letter given to the patient, both on the day of leaving."""
    sortie = entree + timedelta(days=sejour.jours)
    return [
        Acte(
            sortie, "11490-0", f"Lettre de sortie : {sejour.motif.lower()}", sejour.metier,
            lambda c: _liaison(c, entree, sejour), _HOSPITALISATION, pdf=0.4, fin=sortie, essentiel=True,
        ),
        Acte(
            sortie, "34112-3", f"Compte rendu d'hospitalisation : {sejour.motif.lower()}", sejour.metier,
            lambda c: _sejour(c, entree, sejour), _HOSPITALISATION, pdf=0.35, fin=sortie, essentiel=True,
        ),
    ]  # fmt: skip


def operation(jour: date, geste: str, etapes: Sequence[str], suites: str, metier: str) -> Acte:
    """An operation report."""
    return Acte(
        jour, "34874-8", f"Compte rendu opératoire : {geste.lower()}", metier,
        lambda c: _operation(c, geste, etapes, suites), pdf=0.35, essentiel=True,
    )  # fmt: skip


def anesthesie(jour: date, geste: str) -> Acte:
    """The consultation before an anaesthesia."""

    def rediger(c: Cadre) -> Corps:
        return (
            texte("Intervention prévue", f"{geste}, pour {c.patient}."),
            Section(
                "Évaluation",
                (
                    Tableau(
                        ("Élément", "Constat"),
                        (
                            ("Score ASA", str(c.hasard.choice((1, 2, 2, 3)))),
                            ("Intubation", "Mallampati 2, ouverture de bouche supérieure à 4 cm"),
                            ("Allergies", mesures.allergie(c)),
                            ("Jeûne", "Solides six heures, liquides clairs deux heures"),
                        ),
                    ),
                ),
            ),
            conclusion(
                "Anesthésie loco-régionale proposée, anesthésie générale possible. Information donnée."
            ),
        )

    return Acte(jour, "34749-2", "Consultation d'anesthésie", "anesthesiste", rediger, pdf=0.3)


def accouchement(jour: date, enfant: str, cesarienne: bool) -> list[Acte]:
    """For the mother: the birth report and the summary of her stay in the maternity ward."""

    def naissance(c: Cadre) -> Corps:
        voie = (
            "Césarienne en cours de travail pour stagnation" if cesarienne else "Accouchement par voie basse"
        )
        return (
            texte("Travail", f"{c.patient}. Entrée en travail spontané à terme. Péridurale efficace."),
            texte("Naissance", f"{voie}. Naissance de {enfant}. Apgar 9 à une minute, 10 à cinq minutes."),
            Section(
                "Mesures de l'enfant",
                (
                    Tableau(
                        ("Mesure", "Valeur"),
                        (
                            ("Poids", f"{c.hasard.mesure(3350, 280):.0f} g"),
                            ("Taille", f"{c.hasard.mesure(50, 1):.0f} cm"),
                            ("Périmètre crânien", f"{c.hasard.mesure(35, 0.7):.0f} cm"),
                        ),
                    ),
                ),
            ),
            texte("Délivrance", "Délivrance dirigée complète. Pertes sanguines estimées à 300 mL."),
            conclusion("Suites immédiates simples pour la mère et l'enfant."),
        )

    def suites(c: Cadre) -> Corps:
        return (
            texte("Suites de couches", f"{c.patient}. Suites simples. Globe utérin ferme, saignements normaux."),
            texte("Alimentation de l'enfant", "Allaitement maternel bien démarré." if c.hasard.chance(0.6)
                  else "Alimentation au biberon, bien tolérée."),
            conclusion("Retour à domicile à trois jours. Visite de la sage-femme dans la semaine."),
            texte("Suite", "Consultation après la naissance à six semaines. Rééducation périnéale ensuite."),
        )  # fmt: skip

    return [
        Acte(jour, "15508-5", "Compte rendu d'accouchement", "gynecologue", naissance, pdf=0.3, essentiel=True),
        Acte(
            jour + timedelta(days=3), "89235-6", "Synthèse des suites de couches", "sage_femme", suites,
            pdf=0.3, essentiel=True,
        ),
    ]  # fmt: skip


def naissance(jour: date) -> list[Acte]:
    """For the child: summary of the delivery room, then of the days in the maternity ward."""

    def salle(c: Cadre) -> Corps:
        return (
            texte(
                "Naissance", f"Naissance de {c.titulaire.affichage} à {39 + c.hasard.randrange(2)} semaines."
            ),
            Section(
                "Adaptation",
                (
                    Tableau(
                        ("Élément", "Valeur"),
                        (
                            ("Apgar à 1, 5 et 10 minutes", "9 – 10 – 10"),
                            ("Poids", f"{c.hasard.mesure(3300, 300):.0f} g"),
                            ("Taille", f"{c.hasard.mesure(50, 1):.0f} cm"),
                            ("Périmètre crânien", f"{c.hasard.mesure(35, 0.6):.0f} cm"),
                            ("pH artériel au cordon", "7,29"),
                        ),
                    ),
                ),
            ),
            texte("Soins", "Peau à peau. Vitamine K donnée. Pas de geste de réanimation."),
            conclusion("Bonne adaptation à la vie extra-utérine."),
        )

    def sejour(c: Cadre) -> Corps:
        return (
            texte("Séjour", "Séjour mère-enfant de trois jours. Prise de poids amorcée au troisième jour."),
            Section(
                "Dépistages",
                (
                    Liste(
                        (
                            "Dépistage néonatal sur buvard fait au deuxième jour.",
                            "Audition : oto-émissions présentes des deux côtés.",
                            "Bilirubine transcutanée sous le seuil de photothérapie.",
                        )
                    ),
                ),
            ),
            conclusion("Nouveau-né à terme, eutrophe. Examen clinique de sortie normal."),
        )

    return [
        Acte(jour, "57075-4", "Synthèse de la naissance", "sage_femme", salle, pdf=0.2, essentiel=True),
        Acte(
            jour + timedelta(days=3),
            "78489-2",
            "Séjour en maternité",
            "pediatre",
            sejour,
            pdf=0.2,
            essentiel=True,
        ),
    ]


def anatomopathologie(jour: date, prelevement: str, lignes: Sequence[str], verdict: str) -> Acte:
    """A report of pathology."""
    return Acte(
        jour, "60568-3", f"Anatomopathologie : {prelevement.lower()}", "anatomopathologiste",
        lambda c: (
            texte("Prélèvement", f"{prelevement}. {c.sujet}."),
            Section("Description", (Liste(tuple(lignes)),), "22634-0", "Anatomie pathologique"),
            conclusion(verdict),
        ),
        pdf=0.4, essentiel=True,
    )  # fmt: skip


def _urgences(c: Cadre, motif: str, constat: Sequence[str], issue: str) -> Corps:
    return (
        texte(
            "Motif de recours",
            f"{c.sujet}. {motif}",
            code="46239-0",
            libelle="Motif",
        ),
        Section(
            "Accueil et orientation",
            (
                Tableau(
                    ("Constante", "Valeur"),
                    (
                        ("Tri infirmier", str(c.hasard.choice(("3B", "4", "4")))),
                        ("Douleur", f"{c.hasard.randint(2, 8)}/10"),
                        ("Fréquence cardiaque", f"{c.hasard.mesure(88, 9):.0f} /min"),
                        ("Saturation", f"{c.hasard.mesure(97, 1):.0f} %"),
                        ("Attente avant le médecin", f"{c.hasard.randint(20, 190)} min"),
                    ),
                ),
            ),
        ),
        antecedents.section(c),
        Section("Examen et examens complémentaires", (Liste(tuple(constat)),), "29545-1", "Examen physique"),
        conclusion(issue),
        texte("Consignes", "Consignes de surveillance remises par écrit. Revenir en cas d'aggravation."),
    )


def _liaison(c: Cadre, entree: date, s: Sejour) -> Corps:
    return (
        texte(
            "Séjour",
            f"{c.patient}, a été hospitalisé{c.e} du {entree:%d/%m/%Y} au {c.moment:%d/%m/%Y} pour {s.motif.lower()}.",
            code="46241-6",
            libelle="Motif d'hospitalisation",
        ),
        antecedents.section(c),
        texte("Synthèse", s.synthese, code="34133-9", libelle="Synthèse"),
        _traitement(s),
        Section("À faire", (Liste(s.suites),), "18776-5", "Plan de soins"),
        texte(
            "Point de vigilance",
            "Pas de portage connu de bactérie multirésistante. Pas de transfusion. Directives anticipées non recueillies.",
        ),
    )


def _sejour(c: Cadre, entree: date, s: Sejour) -> Corps:
    evolution = tuple(
        Paragraphe(
            f"{entree + timedelta(days=i * max(1, s.jours // max(1, len(s.evolution)))):%d/%m} — {ligne}"
        )
        for i, ligne in enumerate(s.evolution)
    )
    return (
        texte("Motif d'hospitalisation", s.motif + ".", code="46241-6", libelle="Motif d'hospitalisation"),
        texte(
            "Mode de vie",
            f"{c.sujet}. Vit à {c.titulaire.adresse.commune}. "
            f"Suivi{c.e} par le {c.medecin_traitant.affichage}.",
            code="29762-2",
            libelle="Habitus, mode de vie",
        ),
        antecedents.section(c),
        texte("Histoire de la maladie", s.histoire, code="10164-2", libelle="Histoire de la maladie"),
        Section("Évolution dans le service", evolution, "8648-8", "Évolution"),
        Section(
            "Surveillance",
            (
                Tableau(
                    ("Jour", "Tension", "Pouls", "Température", "Douleur"),
                    tuple(
                        _surveillance(c, entree + timedelta(days=i), i) for i in range(min(s.jours + 1, 9))
                    ),
                ),
            ),
            "8716-3",
            "Signes vitaux",
        ),
        _traitement(s),
        conclusion(s.synthese),
        Section("Suite", (Liste(s.suites),), "18776-5", "Plan de soins"),
    )


def _surveillance(c: Cadre, jour: date, rang: int) -> tuple[str, ...]:
    h = c.hasard
    return (
        f"{jour:%d/%m}",
        f"{h.mesure(128, 8):.0f}/{h.mesure(74, 5):.0f}",
        f"{h.mesure(82 - rang, 5):.0f}",
        f"{h.mesure(37.4 - 0.1 * min(rang, 6), 0.2, 1):.1f}".replace(".", ","),
        f"{max(0, 5 - rang)}/10",
    )


def _traitement(s: Sejour) -> Section:
    lignes = tuple((m.nom, m.posologie, m.duree) for m in s.sortie)
    return Section(
        "Traitement de sortie",
        (Tableau(("Médicament", "Posologie", "Durée"), lignes),),
        "10183-2",
        "Traitements à la sortie",
    )


def _operation(c: Cadre, geste: str, etapes: Sequence[str], suites: str) -> Corps:
    return (
        texte(
            "Indication",
            f"{c.sujet}. {geste}.",
            code="59768-2",
            libelle="Indication",
        ),
        Section(
            "Équipe et installation",
            (Paragraphe("Liste de vérification « sécurité du patient au bloc » remplie. Côté vérifié."),),
        ),
        Section("Déroulement", (Liste(tuple(etapes)),), "8724-7", "Description de l'acte"),
        conclusion(suites),
    )
