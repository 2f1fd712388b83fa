"""Summaries, certificates, reimbursements, long-term illness, what the holder deposits."""

from __future__ import annotations

from collections.abc import Sequence
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
from espace_sante.simulateurs.population.hasard import francais
from espace_sante.simulateurs.population.redaction import mesures

ASSURANCE_MALADIE = "assurance_maladie"
TITULAIRE = ""

_SOINS = (
    ("Consultation de médecine générale", 30.0, 0.7),
    ("Consultation de spécialiste", 57.0, 0.7),
    ("Médicaments", 18.4, 0.65),
    ("Médicaments", 42.15, 0.65),
    ("Analyses de biologie", 36.9, 0.6),
    ("Actes infirmiers", 11.2, 0.6),
    ("Séance de kinésithérapie", 17.0, 0.6),
    ("Radiographie", 33.25, 0.7),
    ("Soins dentaires", 43.38, 0.6),
    ("Transport sanitaire", 61.0, 0.55),
)


def remboursements(annee: int, jour: date) -> Acte:
    """The reimbursements of one year, deposited by the fund."""

    def rediger(c: Cadre) -> Corps:
        lignes: list[tuple[str, ...]] = []
        total = 0.0
        debut = max(date(annee, 1, 1), c.titulaire.naissance + timedelta(days=3))
        for le in sorted(c.hasard.jour(debut, jour - timedelta(days=4)) for _ in range(14)):
            nom, prix, taux = c.hasard.choice(_SOINS)
            rendu = max(0.0, round(prix * taux - (2.0 if nom.startswith("Consultation") else 0.0), 2))
            total += rendu
            lignes.append(
                (f"{le:%d/%m/%Y}", nom, _euros(prix), f"{taux:.0%}".replace("%", " %"), _euros(rendu))
            )
        return (
            texte(
                "Période",
                f"Soins remboursés du {debut:%d/%m/%Y} au {jour:%d/%m/%Y}, pour {c.titulaire.affichage}.",
            ),
            Section(
                "Soins de ville",
                (
                    Tableau(("Date", "Soin", "Montant payé", "Taux", "Remboursé"), tuple(lignes)),
                    Paragraphe(f"Total remboursé : {_euros(total)}.", fort=True),
                ),
            ),
            texte(
                "À savoir",
                "Ces données viennent de votre caisse. Une participation de 2 € est retenue par consultation.",
            ),
        )

    return Acte(jour, "REMB", f"Remboursements {annee}", ASSURANCE_MALADIE, rediger, pdf=0.0, essentiel=True)


def protocole_ald(jour: date, maladie: str, suivi: Sequence[str]) -> Acte:
    """The care protocol of a long-term illness (ALD)."""

    def rediger(c: Cadre) -> Corps:
        fin = c.moment.date() + timedelta(days=3652)
        return (
            texte("Affection", f"{maladie}. Patient{c.e} : {c.patient}."),
            texte(
                "Durée",
                f"Du {c.moment:%d/%m/%Y} au {fin:%d/%m/%Y}. Prise en charge à 100 % des soins en lien.",
            ),
            Section("Suivi prévu", (Liste(tuple(suivi)),), "18776-5", "Plan de soins"),
        )

    return Acte(jour, "PROT_ALD", f"Protocole de soins ALD : {maladie.lower()}", "generaliste", rediger, pdf=0.6,
                essentiel=True)  # fmt: skip


def synthese(jour: date, problemes: Sequence[str], traitements: Sequence[str]) -> Acte:
    """The medical summary kept by the family doctor."""

    def rediger(c: Cadre) -> Corps:
        return (
            texte(
                "Identité",
                f"{c.sujet}. Médecin traitant : {c.medecin_traitant.affichage}.",
            ),
            Section(
                "Problèmes de santé",
                (Liste(tuple(problemes) or ("Aucun problème en cours",)),),
                "11450-4",
                "Problèmes actifs",
            ),
            texte("Allergies", f"{mesures.allergie(c)}.", code="48765-2", libelle="Allergies"),
            Section(
                "Traitement au long cours",
                (Liste(tuple(traitements) or ("Aucun traitement au long cours",)),),
                "10160-0",
                "Traitements",
            ),
            Section(
                "Facteurs de risque et mode de vie",
                (
                    Tableau(
                        ("Élément", "Constat"),
                        (
                            (
                                "Tabac",
                                c.hasard.choice(("Non", "Non", "Sevré depuis 2015", "5 cigarettes par jour")),
                            ),
                            ("Alcool", "Occasionnel"),
                            ("Activité physique", c.hasard.choice(("Faible", "Moyenne", "Régulière"))),
                            ("Vaccinations", "À jour"),
                        ),
                    ),
                ),
                "29762-2",
                "Habitus, mode de vie",
            ),
            texte(
                "Points de vigilance",
                "Pas de directives anticipées au dossier. Personne de confiance non désignée.",
            ),
        )

    return Acte(jour, "60591-5", "Synthèse médicale", "generaliste", rediger, pdf=0.15, essentiel=True)


def certificat(jour: date, titre: str, phrase: str) -> Acte:
    """A medical certificate."""

    def rediger(c: Cadre) -> Corps:
        return (
            texte(
                "Certificat",
                f"Je soussigné{'e' if c.auteur and c.auteur.civilite == 'Mme' else ''}, "
                f"{c.auteur.affichage if c.auteur else ''}, certifie avoir examiné ce jour {c.patient}. {phrase}",
            ),
            texte("Remise", f"Fait à {c.structure.adresse.commune}, le {c.moment:%d/%m/%Y}. "
                  "Certificat remis en main propre à la demande de l'intéressé(e)."),
        )  # fmt: skip

    return Acte(jour, "89601-9", titre, "generaliste", rediger, pdf=0.7)


def arret_de_travail(jour: date, jours: int) -> Acte:
    """A sick leave."""

    def rediger(c: Cadre) -> Corps:
        fin = c.moment.date() + timedelta(days=jours)
        return (
            texte(
                "Arrêt de travail", f"{c.patient} : arrêt du {c.moment:%d/%m/%Y} au {fin:%d/%m/%Y} inclus."
            ),
            texte("Sorties", "Sorties autorisées sans restriction d'horaire. Reprise à temps plein prévue."),
        )

    return Acte(jour, "PRESC-AAT", f"Arrêt de travail de {jours} jours", "generaliste", rediger, pdf=0.3)


def depot(jour: date, type_code: str, titre: str, paragraphes: Sequence[str]) -> Acte:
    """What the holder put in the record: always a PDF inside a CDA (rule CDA-40)."""

    def rediger(c: Cadre) -> Corps:
        return (
            Section(titre, tuple(Paragraphe(p) for p in paragraphes)),
            texte("Déposé par", f"{c.titulaire.affichage}, le {c.moment:%d/%m/%Y}."),
        )

    return Acte(
        jour, type_code, titre, TITULAIRE, rediger,
        Code("EXP_PATIENT", "1.2.250.1.213.1.1.4.6", "Expression personnelle du patient"),
        pdf=1.0, essentiel=True,
    )  # fmt: skip


def plan_cancer(jour: date) -> Acte:
    """The personal care plan after the meeting of specialists."""

    def rediger(c: Cadre) -> Corps:
        return (
            texte(
                "Diagnostic", f"{c.patient}. Carcinome canalaire infiltrant du sein gauche, stade localisé."
            ),
            Section(
                "Étapes du traitement",
                (
                    Tableau(
                        ("Étape", "Quand", "Où"),
                        (
                            ("Chirurgie conservatrice", "Dans quatre semaines", c.structure.nom),
                            ("Radiothérapie, 25 séances", "Six semaines après", c.structure.nom),
                            ("Hormonothérapie, 5 ans", "Après la radiothérapie", "À domicile"),
                        ),
                    ),
                ),
                "18776-5",
                "Plan de soins",
            ),
            texte(
                "Vos interlocuteurs",
                "Infirmière de coordination, du lundi au vendredi. Psychologue et assistante sociale sur demande.",
            ),
            conclusion("Plan remis et expliqué ; il peut changer au fil du traitement."),
        )

    return Acte(jour, "18776-5", "Plan personnalisé de soins", "oncologue", rediger, pdf=0.5, essentiel=True)


def concertation(jour: date) -> Acte:
    """The report of the meeting of specialists about a cancer."""

    def rediger(c: Cadre) -> Corps:
        return (
            texte("Question posée", f"Dossier de {c.patient}. Stratégie après biopsie du sein gauche."),
            Section(
                "Éléments du dossier",
                (
                    Liste(
                        (
                            "Carcinome canalaire infiltrant de grade II, 14 mm.",
                            "Récepteurs hormonaux positifs, HER2 négatif, Ki67 à 14 %.",
                            "Ganglion sentinelle à analyser.",
                        )
                    ),
                ),
            ),
            conclusion(
                "Proposition : chirurgie conservatrice et ganglion sentinelle, puis radiothérapie et hormonothérapie."
            ),
        )

    return Acte(
        jour,
        "34794-8",
        "Réunion de concertation pluridisciplinaire",
        "oncologue",
        rediger,
        pdf=0.4,
        essentiel=True,
    )


def _euros(valeur: float) -> str:
    return f"{francais(valeur, 2)} €"
