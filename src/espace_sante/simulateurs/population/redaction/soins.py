"""Other professions: nurses, physiotherapists, dentists, speech therapists, dieticians…"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from espace_sante.simulateurs.population.actes import Acte, Cadre
from espace_sante.simulateurs.population.contenu import Corps, Liste, Section, Tableau, conclusion, texte
from espace_sante.simulateurs.population.redaction import antecedents

AUXILIAIRE = "11506-3"
BILAN = "34120-6"


def bilan(
    jour: date,
    metier: str,
    titre: str,
    tests: Sequence[tuple[str, str]],
    avis: str,
    projet: Sequence[str],
    *,
    type_code: str = BILAN,
) -> Acte:
    """An assessment with its measures, its conclusion and the plan that follows."""

    def rediger(c: Cadre) -> Corps:
        return (
            texte(
                "Contexte",
                f"{c.sujet}. Bilan demandé par le {c.medecin_traitant.affichage}.",
                code="29299-5",
                libelle="Motif",
            ),
            antecedents.section(c),
            Section("Résultats du bilan", (Tableau(("Élément évalué", "Résultat"), tuple(tests)),)),
            conclusion(avis),
            Section("Projet de soins", (Liste(tuple(projet)),), "18776-5", "Plan de soins"),
        )

    return Acte(jour, type_code, titre, metier, rediger, pdf=0.2)


def suivi_infirmier(jour: date, soin: str) -> Acte:
    """A nurse's follow-up sheet over ten days."""

    def rediger(c: Cadre) -> Corps:
        lignes = tuple(
            (
                f"J{i + 1}",
                f"{c.hasard.mesure(127, 8):.0f}/{c.hasard.mesure(75, 5):.0f}",
                f"{max(0, 4 - i // 2)}/10",
                c.hasard.choice(("Plaie propre", "Bourgeonnement", "Bords sains", "Pas d'écoulement")),
            )
            for i in range(10)
        )
        return (
            texte("Soin", f"{soin}, à domicile, pour {c.patient}."),
            Section("Suivi", (Tableau(("Jour", "Tension", "Douleur", "Constat"), lignes),)),
            conclusion("Évolution favorable. Fin des soins programmée avec le médecin."),
        )

    return Acte(jour, AUXILIAIRE, f"Fiche de suivi infirmier : {soin.lower()}", "infirmier", rediger, pdf=0.1)


def kinesitherapie(jour: date, zone: str, gain: str) -> Acte:
    """The physiotherapist's report at the end of the sessions."""
    tests = (("Douleur (échelle de 0 à 10)", "6 au départ, 2 à la fin"), ("Zone traitée", zone), ("Gain", gain),
             ("Nombre de séances", "15"))  # fmt: skip
    return bilan(
        jour,
        "kine",
        f"Bilan de kinésithérapie : {zone.lower()}",
        tests,
        "Objectifs atteints. Autonomie dans les exercices.",
        (
            "Exercices à poursuivre seul, dix minutes par jour.",
            "Nouvelle évaluation dans trois mois si besoin.",
        ),
        type_code=AUXILIAIRE,
    )


def dentiste(jour: date, soin: str) -> Acte:
    return bilan(
        jour,
        "dentiste",
        "Bilan bucco-dentaire",
        (("Hygiène", "Correcte"), ("Gencive", "Saignement léger au sondage"), ("Caries", soin),
         ("Occlusion", "Sans particularité")),
        "État bucco-dentaire satisfaisant après soins.",
        ("Détartrage fait.", "Brossage deux fois par jour, brossettes.", "Contrôle dans un an."),
        type_code="28617-9",
    )  # fmt: skip


def ophtalmologie(jour: date, fond_d_oeil: str) -> Acte:
    """Eye examination, with the refraction."""
    return bilan(
        jour,
        "ophtalmologue",
        "Consultation d'ophtalmologie",
        (
            ("Acuité œil droit", "10/10 avec correction − 1,25"),
            ("Acuité œil gauche", "9/10 avec correction − 1,50"),
            ("Tension oculaire", "15 et 16 mmHg"),
            ("Fond d'œil", fond_d_oeil),
        ),
        f"Fond d'œil : {fond_d_oeil.lower()}",
        ("Correction optique prescrite.", "Contrôle dans un an."),
        type_code="78513-9",
    )


def dietetique(jour: date) -> Acte:
    return bilan(
        jour,
        "dieteticien",
        "Bilan diététique",
        (
            ("Apports estimés", "2 150 kcal par jour"),
            ("Fruits et légumes", "2 portions par jour"),
            ("Boissons sucrées", "Une par jour"),
            ("Activité physique", "Marche deux fois par semaine"),
        ),
        "Alimentation à rééquilibrer sans interdit.",
        (
            "Féculents complets à chaque repas, portion de 150 g.",
            "Légumes midi et soir.",
            "Suivi dans deux mois.",
        ),
    )


def podologie(jour: date) -> Acte:
    return bilan(
        jour,
        "podologue",
        "Bilan podologique du pied diabétique",
        (
            ("Grade podologique", "Grade 1"),
            ("Monofilament", "Perçu 8 fois sur 10 à droite, 9 sur 10 à gauche"),
            ("Pouls pédieux", "Perçus"),
            ("Chaussage", "Adapté"),
        ),
        "Pied à risque de grade 1, sans lésion.",
        ("Hydratation chaque soir.", "Examen des pieds chaque jour.", "Quatre séances par an."),
    )


def psychologue(jour: date) -> Acte:
    return bilan(
        jour,
        "psychologue",
        "Bilan psychologique",
        (
            ("Entretiens", "Quatre entretiens"),
            ("Échelle de dépression", "15 sur 27"),
            ("Anxiété", "Modérée"),
            ("Ressources", "Famille présente, sport"),
        ),
        "Souffrance psychique modérée, réactionnelle, avec de bonnes ressources.",
        ("Huit séances proposées.", "Lien avec le médecin traitant, avec l'accord de la personne."),
        type_code="83901-9",
    )


def orthophonie(jour: date) -> Acte:
    return bilan(
        jour,
        "orthophoniste",
        "Bilan orthophonique",
        (
            ("Lecture de mots", "− 1,6 écart type"),
            ("Conscience phonologique", "− 1,2 écart type"),
            ("Compréhension orale", "Dans la norme"),
            ("Écriture", "− 1,4 écart type"),
        ),
        "Trouble du langage écrit d'intensité légère à modérée.",
        (
            "Une séance par semaine pendant six mois.",
            "Aménagements à l'école proposés.",
            "Bilan de renouvellement.",
        ),
    )


def orthoptie(jour: date) -> Acte:
    return bilan(
        jour,
        "orthoptiste",
        "Bilan orthoptique",
        (
            ("Acuité visuelle", "8/10 à droite, 9/10 à gauche"),
            ("Motricité oculaire", "Normale"),
            ("Convergence", "Faible"),
            ("Vision du relief", "60 secondes d'arc"),
        ),
        "Insuffisance de convergence.",
        ("Douze séances de rééducation.", "Pauses devant les écrans."),
    )


def ergotherapie(jour: date) -> Acte:
    return bilan(
        jour,
        "ergotherapeute",
        "Bilan d'ergothérapie",
        (
            ("Toilette", "Aide partielle"),
            ("Repas", "Autonome après installation"),
            ("Déplacements", "Déambulateur"),
            ("Chutes dans l'année", "Deux"),
        ),
        "Perte d'autonomie modérée, risque de chute élevé.",
        ("Barres d'appui et tapis antidérapant.", "Fauteuil avec releveur.", "Revoir dans trois mois."),
    )


def social(jour: date) -> Acte:
    return bilan(
        jour,
        "assistant_social",
        "Évaluation sociale",
        (
            ("Logement", "Appartement au deuxième étage sans ascenseur"),
            ("Entourage", "Enfants à distance, voisine présente"),
            ("Ressources", "Droits ouverts"),
        ),
        "Besoin d'aide à domicile après le retour.",
        ("Demande d'allocation personnalisée d'autonomie.", "Portage de repas.", "Téléassistance."),
        type_code="28653-4",
    )
