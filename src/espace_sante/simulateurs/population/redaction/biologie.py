"""Laboratory reports: tables of results with reference ranges and flags."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from espace_sante.simulateurs.population.actes import Acte, Cadre, evenement_loinc
from espace_sante.simulateurs.population.contenu import Corps, Paragraphe, Section, Tableau, conclusion, texte
from espace_sante.simulateurs.population.hasard import francais
from espace_sante.simulateurs.population.redaction import mesures

_BIOCHIMIE = evenement_loinc("18719-5", "Biochimie")
_HEMATOLOGIE = evenement_loinc("18723-7", "Hématologie")

_FILTRATION = "Débit de filtration glomérulaire estimé (CKD-EPI)"


@dataclass(frozen=True, slots=True)
class Analyse:
    """One analysis: what is usual, how it spreads, its reference range."""

    nom: str
    unite: str
    centre: float
    ecart: float
    bas: float | None
    haut: float | None
    decimales: int = 1
    methode: str = ""


NFS = (
    Analyse("Hématies", "T/L", 4.7, 0.25, 4.0, 5.8, 2),
    Analyse("Hémoglobine", "g/dL", 13.8, 0.9, 12.0, 17.0),
    Analyse("VGM", "fL", 89, 3, 80, 98, 0),
    Analyse("Hématocrite", "%", 42, 2.2, 36, 50),
    Analyse("TCMH", "pg", 29.6, 1, 27, 33),
    Analyse("Leucocytes", "G/L", 6.6, 1.3, 4.0, 10.0, 2),
    Analyse("Polynucléaires neutrophiles", "G/L", 3.7, 0.8, 1.8, 7.5, 2),
    Analyse("Lymphocytes", "G/L", 2.1, 0.4, 1.0, 4.0, 2),
    Analyse("Monocytes", "G/L", 0.5, 0.1, 0.2, 1.0, 2),
    Analyse("Plaquettes", "G/L", 255, 40, 150, 400, 0),
)
IONOGRAMME = (
    Analyse("Sodium", "mmol/L", 140, 1.6, 136, 145, 0),
    Analyse("Potassium", "mmol/L", 4.2, 0.25, 3.5, 5.0),
    Analyse("Chlorures", "mmol/L", 103, 1.8, 98, 107, 0),
    Analyse("Créatinine", "µmol/L", 76, 12, 50, 104, 0, "enzymatique"),
    Analyse(_FILTRATION, "mL/min/1,73 m²", 84, 10, 60, None, 0),
)
LIPIDES = (
    Analyse("Cholestérol total", "g/L", 2.02, 0.25, None, 2.0, 2),
    Analyse("Cholestérol HDL", "g/L", 0.54, 0.09, 0.4, None, 2),
    Analyse("Triglycérides", "g/L", 1.1, 0.28, None, 1.5, 2),
    Analyse("Cholestérol LDL (calculé)", "g/L", 1.22, 0.24, None, 1.6, 2),
)
FOIE = (
    Analyse("ASAT", "UI/L", 24, 5, None, 35, 0),
    Analyse("ALAT", "UI/L", 26, 7, None, 40, 0),
    Analyse("Gamma-GT", "UI/L", 30, 11, None, 55, 0),
    Analyse("Phosphatases alcalines", "UI/L", 68, 14, 30, 120, 0),
)
GLYCEMIE = Analyse("Glycémie à jeun", "g/L", 0.92, 0.06, 0.7, 1.1, 2)
CRP = Analyse("Protéine C réactive", "mg/L", 3, 1, None, 5)
TSH = Analyse("Thyréostimuline (TSH)", "mUI/L", 1.9, 0.6, 0.27, 4.2, 3, "électrochimiluminescence")
T4 = Analyse("Thyroxine libre (FT4)", "pmol/L", 15.5, 1.6, 12, 22)
FERRITINE = Analyse("Ferritine", "µg/L", 78, 30, 15, 250, 0)
BNP = Analyse("NT-proBNP", "ng/L", 90, 25, None, 125, 0)


def rapport(
    jour: date, titre: str, chapitres: Sequence[tuple[str, Sequence[Analyse]]], mot: str = ""
) -> Acte:
    """A laboratory report with one table a chapter; `mot` is the biologist's comment."""
    evenement = _HEMATOLOGIE if chapitres[0][0].startswith("Héma") else _BIOCHIMIE
    return Acte(
        jour, "11502-2", titre, "biologiste", lambda c: _rediger(c, chapitres, mot), evenement, pdf=0.05
    )


def bilan_annuel(jour: date) -> Acte:
    """The usual yearly check: blood count, ions, lipids, liver, glucose."""
    chapitres = (
        ("Hématologie — numération formule sanguine", NFS),
        ("Biochimie", (*IONOGRAMME, GLYCEMIE)),
        ("Bilan lipidique", LIPIDES),
        ("Bilan hépatique", FOIE),
    )
    return rapport(jour, "Bilan sanguin", chapitres)


def bilan_inflammatoire(jour: date, crp: float) -> Acte:
    """Blood count and C-reactive protein, for a fever."""
    return rapport(
        jour,
        "Numération et CRP",
        (("Hématologie", NFS), ("Biochimie", (decale(CRP, crp),))),
        "Syndrome inflammatoire biologique." if crp > 5 else "",
    )


def bilan_thyroide(jour: date, tsh: float) -> Acte:
    return rapport(
        jour,
        "Bilan thyroïdien",
        (("Hormonologie — bilan thyroïdien", (decale(TSH, tsh), T4)),),
        "TSH à recontrôler dans six à huit semaines après adaptation du traitement." if tsh > 4.2 else "",
    )


def suivi_diabete(jour: date, hba1c: float, glycemie: float, precedente: float | None) -> Acte:
    """The series of a diabetic: HbA1c with its former value, glucose, kidney, lipids, urine."""
    hemoglobine = Analyse("Hémoglobine A1c (CLHP, NGSP)", "%", hba1c, 0, 4.0, 6.0)
    ifcc = Analyse("Hémoglobine A1c (IFCC)", "mmol/mol", round(10.93 * hba1c - 23.5), 0, 20, 42, 0)
    urine = Analyse("Microalbuminurie (échantillon)", "mg/L", 14, 7, None, 20, 0)
    anteriorite = f" Valeur antérieure : {francais(precedente, 1)} %." if precedente else ""
    mot = (
        f"HbA1c à {francais(hba1c, 1)} %.{anteriorite} L'objectif usuel d'un diabète de type 2 est "
        "inférieur ou égal à 7 %, à adapter à chaque patient."
    )
    chapitres = (
        ("Équilibre glycémique", (hemoglobine, ifcc, decale(GLYCEMIE, glycemie))),
        ("Biochimie", IONOGRAMME),
        ("Bilan lipidique", LIPIDES),
        ("Urines", (urine,)),
    )
    return rapport(jour, f"Hémoglobine glyquée : {francais(hba1c, 1)} %", chapitres, mot)


def bilan_de_grossesse(jour: date, trimestre: int) -> Acte:
    """Blood tests of pregnancy: the chapters depend on the trimester."""
    serologies = (
        ("Toxoplasmose IgG", "Négatif"),
        ("Toxoplasmose IgM", "Négatif"),
        ("Rubéole IgG", "Positif (immunité acquise)"),
        ("Antigène HBs", "Négatif"),
        ("Syphilis (tréponémique)", "Négatif"),
        ("VIH 1 et 2 (Ag p24 et anticorps)", "Négatif"),
    )
    vues = serologies if trimestre == 1 else serologies[:2]
    grossesse = (
        decale(NFS[1], 12.4 - 0.4 * trimestre),
        NFS[5],
        NFS[9],
        decale(FERRITINE, 45 - 9 * trimestre),
    )

    def rediger(c: Cadre) -> Corps:
        return (
            _identification(c),
            Section(
                "Sérologies",
                (Tableau(("Recherche", "Résultat"), vues),),
                "18727-8",
                "Sérologie",
            ),
            _chapitre(c, "Hématologie", grossesse),
            _chapitre(c, "Biochimie", (decale(GLYCEMIE, 0.81),)),
            conclusion("Surveillance mensuelle de la toxoplasmose à poursuivre jusqu'à l'accouchement."),
        )

    titre = f"Bilan biologique du {('premier', 'deuxième', 'troisième')[trimestre - 1]} trimestre"
    return Acte(jour, "11502-2", titre, "biologiste", rediger, _HEMATOLOGIE, pdf=0.05)


def bacteriologie_des_urines(jour: date) -> Acte:
    """Urine culture with an antibiogram."""

    def rediger(c: Cadre) -> Corps:
        germes = ("Escherichia coli", "Klebsiella pneumoniae", "Enterococcus faecalis")
        germe = c.hasard.choice(germes)
        sensibilites = [
            (
                nom,
                "Sensible" if c.hasard.chance(0.8) else "Résistant",
                francais(c.hasard.choice((0.5, 1, 2, 4)), 1),
            )
            for nom in ("Amoxicilline", "Fosfomycine", "Nitrofurantoïne", "Cotrimoxazole", "Ofloxacine")
        ]
        resistants = frozenset(i for i, (_, s, _) in enumerate(sensibilites) if s == "Résistant")
        return (
            _identification(c),
            texte(
                "Examen cytobactériologique des urines",
                "Leucocytes : 240 000 /mL (seuil 10 000). Hématies : 8 000 /mL.",
                f"Culture : {germe}, 1 000 000 UFC/mL.",
                code="18725-2",
                libelle="Microbiologie",
            ),
            Section(
                "Antibiogramme",
                (
                    Tableau(
                        ("Antibiotique", "Catégorie", "CMI (mg/L)"), tuple(sensibilites), germe, resistants
                    ),
                ),
            ),
            conclusion("Infection urinaire à germe unique. Antibiotique à adapter à l'antibiogramme."),
        )

    return Acte(jour, "11502-2", "Examen d'urines (ECBU)", "biologiste", rediger, _BIOCHIMIE, pdf=0.05)


def decale(analyse: Analyse, valeur: float) -> Analyse:
    """The same analysis, for someone whose value lies elsewhere."""
    return Analyse(
        analyse.nom, analyse.unite, valeur, 0, analyse.bas, analyse.haut, analyse.decimales, analyse.methode
    )


def _rediger(c: Cadre, chapitres: Sequence[tuple[str, Sequence[Analyse]]], mot: str) -> Corps:
    sections = [_identification(c), *(_chapitre(c, titre, analyses) for titre, analyses in chapitres)]
    if mot:
        sections.append(conclusion(mot))
    return tuple(sections)


def _identification(c: Cadre) -> Section:
    prescripteur = c.medecin_traitant
    numero = c.hasard.randrange(100_000, 999_999)
    preleve = c.moment.replace(hour=7, minute=c.hasard.randrange(5, 55), second=0)
    return Section(
        "Identification de la demande",
        (
            Paragraphe(f"Dossier n° {numero} — {c.patient}. Prescription du {prescripteur.affichage}."),
            Paragraphe(
                f"Prélèvement : sang veineux, le {preleve:%d/%m/%Y} à {preleve:%H h %M}, à jeun. "
                "Échantillon reçu conforme. Résultats validés par le biologiste signataire."
            ),
        ),
    )


def _chapitre(c: Cadre, titre: str, analyses: Sequence[Analyse]) -> Section:
    lignes: list[tuple[str, ...]] = []
    hors_normes: set[int] = set()
    valeurs: dict[str, float] = {}
    for analyse in analyses:
        valeur = _valeur(c, analyse, valeurs)
        valeurs[analyse.nom] = valeur
        signe = _signe(analyse, valeur)
        if signe:
            hors_normes.add(len(lignes))
        nom = f"{analyse.nom} ({analyse.methode})" if analyse.methode else analyse.nom
        lignes.append(
            (nom, francais(valeur, analyse.decimales), analyse.unite, _reference(analyse), signe),
        )
    return Section(
        titre,
        (
            Tableau(
                ("Analyse", "Résultat", "Unité", "Valeurs de référence", "Signal"),
                tuple(lignes),
                saillantes=frozenset(hors_normes),
            ),
        ),
    )


def _valeur(c: Cadre, analyse: Analyse, valeurs: dict[str, float]) -> float:
    """A drawn value, or one computed from the others of the chapter as a laboratory does."""
    valeur = c.hasard.mesure(analyse.centre, analyse.ecart, analyse.decimales)
    if analyse.nom == "Hématocrite":
        valeur = valeurs["Hématies"] * valeurs["VGM"] / 10
    elif analyse.nom == "TCMH":
        valeur = valeurs["Hémoglobine"] / valeurs["Hématies"] * 10
    elif analyse.nom == "Cholestérol LDL (calculé)":
        valeur = valeurs["Cholestérol total"] - valeurs["Cholestérol HDL"] - valeurs["Triglycérides"] / 5
    elif analyse.nom == _FILTRATION:
        valeur = mesures.filtration_glomerulaire(valeurs["Créatinine"], c)
    return round(valeur, analyse.decimales)


def _signe(analyse: Analyse, valeur: float) -> str:
    if analyse.bas is not None and valeur < analyse.bas:
        return "Bas"
    if analyse.haut is not None and valeur > analyse.haut:
        return "Haut"
    return ""


def _reference(analyse: Analyse) -> str:
    bas = None if analyse.bas is None else francais(analyse.bas, analyse.decimales)
    haut = None if analyse.haut is None else francais(analyse.haut, analyse.decimales)
    if bas is None:
        return f"inférieur à {haut}"
    if haut is None:
        return f"supérieur à {bas}"
    return f"{bas} – {haut}"
