"""Prescriptions of medicines, of tests and of care, and what the pharmacy dispensed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from espace_sante.simulateurs.population.actes import Acte, Cadre, evenement_loinc
from espace_sante.simulateurs.population.contenu import Corps, Liste, Paragraphe, Section, Tableau, texte
from espace_sante.simulateurs.population.redaction import antecedents, mesures


@dataclass(frozen=True, slots=True)
class Medicament:
    """A medicine by its international name: dose, how to take it, for how long."""

    nom: str
    posologie: str
    duree: str
    conseil: str = ""


METFORMINE = Medicament(
    "Metformine 1 000 mg, comprimé", "1 comprimé matin et soir, pendant le repas", "3 mois",
    "Prendre au milieu du repas. Ne pas arrêter sans avis.",
)  # fmt: skip
GLICLAZIDE = Medicament(
    "Gliclazide 30 mg LM, comprimé", "2 comprimés le matin", "3 mois", "Ne pas sauter de repas."
)
ATORVASTATINE = Medicament("Atorvastatine 20 mg, comprimé", "1 comprimé le soir", "3 mois")
RAMIPRIL = Medicament(
    "Ramipril 5 mg, comprimé", "1 comprimé le matin", "3 mois", "Signaler toute toux sèche."
)
AMLODIPINE = Medicament("Amlodipine 5 mg, gélule", "1 gélule le matin", "3 mois")
BISOPROLOL = Medicament(
    "Bisoprolol 2,5 mg, comprimé", "1 comprimé le matin", "3 mois", "Ne pas arrêter brutalement."
)
ASPIRINE = Medicament("Acide acétylsalicylique 75 mg, sachet", "1 sachet le midi", "3 mois")
FUROSEMIDE = Medicament(
    "Furosémide 40 mg, comprimé", "1 comprimé le matin", "3 mois", "Se peser chaque semaine."
)
LEVOTHYROXINE = Medicament("Lévothyroxine 75 µg, comprimé", "1 comprimé le matin à jeun", "3 mois")
AMOXICILLINE = Medicament(
    "Amoxicilline 1 g, comprimé dispersible",
    "1 comprimé matin et soir",
    "6 jours",
    "Aller au bout du traitement.",
)
PARACETAMOL = Medicament(
    "Paracétamol 1 g, comprimé", "1 comprimé si douleur, 3 par jour au plus", "5 jours",
    "Laisser six heures entre deux prises.",
)  # fmt: skip
PARACETAMOL_ENFANT = Medicament(
    "Paracétamol suspension buvable", "1 dose selon le poids toutes les six heures si fièvre", "3 jours"
)
IBUPROFENE = Medicament("Ibuprofène 400 mg, comprimé", "1 comprimé matin, midi et soir au repas", "5 jours")
SALBUTAMOL = Medicament("Salbutamol 100 µg, aérosol", "2 bouffées si gêne respiratoire", "3 mois")
BUDESONIDE = Medicament("Budésonide et formotérol 160/4,5, poudre", "2 inhalations matin et soir", "3 mois",
    "Se rincer la bouche après chaque prise.")  # fmt: skip
TIOTROPIUM = Medicament("Tiotropium 18 µg, gélule à inhaler", "1 inhalation le matin", "3 mois")
SERTRALINE = Medicament(
    "Sertraline 50 mg, gélule", "1 gélule le matin", "1 mois", "Effet attendu en 2 à 3 semaines."
)
VITAMINE_D = Medicament("Colécalciférol 100 000 UI, ampoule", "1 ampoule, une fois", "1 prise")
VITAMINE_D_ENFANT = Medicament("Vitamine D, gouttes", "800 UI par jour", "3 mois")
ALENDRONATE = Medicament(
    "Acide alendronique 70 mg, comprimé", "1 comprimé le lundi, à jeun, debout", "3 mois"
)
FER = Medicament("Sulfate ferreux 80 mg, comprimé", "1 comprimé par jour", "2 mois")
ACIDE_FOLIQUE = Medicament("Acide folique 0,4 mg, comprimé", "1 comprimé par jour", "2 mois")
FOSFOMYCINE = Medicament("Fosfomycine 3 g, sachet", "1 sachet, une fois, à distance du repas", "1 prise")
CETIRIZINE = Medicament("Cétirizine 10 mg, comprimé", "1 comprimé le soir", "1 mois")
OMEPRAZOLE = Medicament("Oméprazole 20 mg, gélule", "1 gélule avant le dîner", "1 mois")
TAMOXIFENE = Medicament("Tamoxifène 20 mg, comprimé", "1 comprimé par jour", "3 mois")


def ordonnance(jour: date, medicaments: Sequence[Medicament], metier: str = "generaliste") -> Acte:
    """A prescription of medicines."""
    return Acte(
        jour,
        "57833-6",
        f"Ordonnance : {medicaments[0].nom.split(',')[0]}" if len(medicaments) < 3 else "Ordonnance",
        metier,
        lambda c: _prescription(c, medicaments),
        evenement_loinc("57833-6", "Prescription de produits de santé"),
        pdf=0.15,
    )


def dispensation(jour: date, medicaments: Sequence[Medicament]) -> Acte:
    """What the pharmacy gave on that prescription."""
    return Acte(
        jour,
        "60593-1",
        "Médicaments délivrés en pharmacie",
        "pharmacien",
        lambda c: _delivrance(c, medicaments),
        evenement_loinc("60593-1", "Dispensation médicamenteuse"),
        pdf=0.0,
    )


def ordonnance_et_delivrance(jour: date, *medicaments: Medicament) -> list[Acte]:
    """The prescription, then the visit to the pharmacy on the following day."""
    return [ordonnance(jour, medicaments), dispensation(jour + timedelta(days=1), medicaments)]


def prescription_de_soins(
    jour: date, type_code: str, titre: str, lignes: Sequence[str], metier: str = "generaliste"
) -> Acte:
    """A prescription of tests, of nursing, of physiotherapy…"""
    return Acte(jour, type_code, titre, metier, lambda c: _soins(c, titre, lignes), pdf=0.25)


def _prescription(c: Cadre, medicaments: Sequence[Medicament]) -> Corps:
    lignes = tuple(
        (str(rang), m.nom, m.posologie, m.duree, m.conseil or "—")
        for rang, m in enumerate(medicaments, start=1)
    )
    renouvelable = any(m.duree == "3 mois" for m in medicaments)
    fin = "Ordonnance à renouveler deux fois." if renouvelable else "Ordonnance non renouvelable."
    return (
        texte(
            "Patient",
            f"{c.sujet}. Poids : {mesures.poids(c):.0f} kg. Allergies : {mesures.allergie(c).lower()}.",
        ),
        Section(
            "Produits de santé prescrits",
            (
                Tableau(("N°", "Médicament", "Posologie", "Durée", "Conseil"), lignes),
                Paragraphe(f"Lignes de prescription : {len(medicaments)}. {fin}"),
            ),
            "57828-6",
            "Prescriptions",
        ),
        texte("Traitement habituel", f"{antecedents.traitement_habituel(c)}. À poursuivre sans changement."),
        Section(
            "À savoir",
            (
                Liste(
                    (
                        "Ne donnez pas ces médicaments à une autre personne.",
                        "Signalez à votre pharmacien tout autre médicament que vous prenez, même sans ordonnance.",
                        "En cas d'oubli, ne doublez pas la prise suivante.",
                        "En cas d'effet gênant, appelez votre médecin ; en urgence, le 15.",
                    )
                ),
            ),
        ),
    )


def _delivrance(c: Cadre, medicaments: Sequence[Medicament]) -> Corps:
    lignes = tuple(
        (m.nom, m.posologie, str(c.hasard.choice((1, 1, 2, 3))),
         "Délivré, générique" if c.hasard.chance(0.8) else "Délivré", f"{c.hasard.randrange(10_000, 99_999)}")
        for m in medicaments
    )  # fmt: skip
    return (
        texte(
            "Ordonnance exécutée",
            f"Ordonnance du {c.moment - timedelta(days=1):%d/%m/%Y}, du {c.medecin_traitant.affichage}, "
            f"pour {c.patient}.",
        ),
        Section(
            "Médicaments délivrés",
            (Tableau(("Médicament", "Posologie rappelée", "Boîtes", "Délivrance", "Lot"), lignes),),
            "60590-7",
            "Dispensation",
        ),
        antecedents.section(c),
        Section(
            "Analyse et conseil du pharmacien",
            (
                Liste(
                    (
                        "Identité vérifiée, ordonnance conforme et datée de moins de trois mois.",
                        "Analyse des interactions faite sur le dossier pharmaceutique : rien à signaler.",
                        "Plan de prise remis et expliqué ; la personne sait quoi faire en cas d'oubli.",
                    )
                ),
                Paragraphe("Reste à délivrer : renouvellement possible dans vingt-huit jours si prévu."),
            ),
        ),
    )


def _soins(c: Cadre, titre: str, lignes: Sequence[str]) -> Corps:
    return (
        texte("Patient", f"{c.sujet}."),
        Section(
            titre,
            tuple(Paragraphe(ligne) for ligne in lignes),
            "57832-8",
            "Prescription de soins",
        ),
        texte(
            "Remarque",
            "Merci de transmettre le compte rendu au dossier du patient et au médecin prescripteur.",
        ),
    )
