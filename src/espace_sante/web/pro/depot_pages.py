"""What the pages of a deposit show: choices, labels, dates in words."""

from __future__ import annotations

from typing import Any, NamedTuple
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse

from espace_sante.acces import depot_portail as gate
from espace_sante.documents.perso.rules import en_mo
from espace_sante.documents.portail.fichier import EXTENSIONS, FichierExamine
from espace_sante.documents.portail.prepares import Prepare
from espace_sante.documents.portail.regles import TITRE_MAX, Saisie, groupes, lire_saisie
from espace_sante.documents.queries import DocumentVu
from espace_sante.identite.queries import Identite
from espace_sante.web.espace.calendrier import aujourd_hui, date_longue
from espace_sante.web.lecture.maniere import decider
from espace_sante.web.pro.gardes import RequetePro
from espace_sante.web.pro.pages import Paire, page, traits_en_mots
from espace_sante.web.pro.patients import Patient

_MAJORITE = 18
_PERDU = "Ce dépôt n’est plus gardé. Un dépôt préparé est gardé quatre heures. Recommencez."


class Choix(NamedTuple):
    """One value of `composants/choix.html` or of a list."""

    valeur: str
    libelle: str
    detail: str = ""


class Groupe(NamedTuple):
    """Types under one plain heading."""

    libelle: str
    types: list[Choix]


_PATIENT = (
    Choix("maintenant", "Il le voit tout de suite"),
    Choix(
        "annonce", "Après une consultation d’annonce",
        "Sans cette consultation, il le verra un mois après ce dépôt.",
    ),
)  # fmt: skip
_PROFESSIONNELS = (
    Choix("visible", "Ceux que la matrice autorise", "Avec l’accord du patient."),
    Choix("masque", "Vous seul", "Le patient vous demande de masquer ce document. Il pourra le montrer."),
)  # fmt: skip
_NIVEAUX = (Choix("N", "Normal"), Choix("R", "Restreint"), Choix("V", "Très restreint"))


def formulaire(
    request: RequetePro, patient: Patient, titulaire: Identite, saisie: Saisie, pret: Prepare | None,
    fautes: dict[str, str], remplacables: list[DocumentVu] | None,
) -> HttpResponse:  # fmt: skip
    """The form, as it stands; `remplacables` None: the record is not open to him."""
    cherche = request.POST.get("cherche", "").strip()
    trouves = [
        Groupe(r.libelle, [Choix(t.code, t.libelle) for t in types])
        for r, types in groupes(cherche, garder=saisie.type_code)
    ]
    fait = _uuid(request.GET.get("fait", ""))
    contexte = {
        **_personne(patient, titulaire),
        "saisie": saisie,
        "prepare": pret,
        "fichier": _fichier(pret.fichier) if pret and pret.fichier else "",
        "extensions": ",".join(f".{e}" for e in EXTENSIONS),
        "taille_max": en_mo(gate.taille_max()),
        "erreurs": fautes,
        "groupes": trouves,
        "nombre": sum(len(g.types) for g in trouves),
        "cherche": cherche,
        "titre_max": TITRE_MAX,
        "aujourd_hui": aujourd_hui().isoformat(),
        "remplacables": _a_remplacer(remplacables) if remplacables else [],
        "dossier_ouvert": remplacables is not None,
        "patients": _PATIENT,
        "patient_choisi": "annonce" if saisie.annonce else "maintenant",
        "professionnels": _PROFESSIONNELS,
        "professionnels_choisi": "masque" if saisie.masque else "visible",
        "mineur": _mineur(titulaire),
        "niveaux": _NIVEAUX,
        "fait": fait is not None,
        "document_depose": reverse("web:pro_document", args=[patient.cle, fait])
        if fait and remplacables is not None
        else "",
        "perdu": _PERDU if "perdu" in request.GET else "",
    }
    return page(request, "pro/depot.html", contexte, status=422 if fautes else 200)


def verification(
    request: RequetePro, patient: Patient, titulaire: Identite, pret: Prepare, ancien: DocumentVu | None,
    erreur: str,
) -> HttpResponse:  # fmt: skip
    """All that was said, in words, and the file."""
    assert pret.fichier is not None  # noqa: S101 - the view found one
    description, _ = lire_saisie(pret.saisie, quand=pret.cree_le)
    saisie = pret.saisie
    paires = [
        Paire("Type", description.type.libelle if description else ""),
        Paire("Date de l’acte", date_longue(description.jour) if description else ""),
        Paire("Auteur", ", ".join(t for t in (request.acteur.nom, request.acteur.structure_nom) if t)),
        Paire("Remplace", f"{ancien.titre}, {date_longue(ancien.creation)}" if ancien else ""),
        Paire("Le patient", _PATIENT[saisie.annonce].libelle),
        Paire("Les professionnels", _PROFESSIONNELS[saisie.masque].libelle),
        Paire("Représentants légaux", "Ils ne le voient pas" if saisie.representants else ""),
        Paire("Confidentialité", next(n.libelle for n in _NIVEAUX if n.valeur == saisie.niveau)
              if description else ""),
        Paire("Fichier", _fichier(pret.fichier)),
    ]  # fmt: skip
    contexte = {
        **_personne(patient, titulaire),
        "prepare": pret,
        "titre": description.titre if description else saisie.titre,
        "complet": description is not None,
        "paires": [p for p in paires if p.valeur],
        "maniere": decider(pret.fichier.media, pret.fichier.contenu).maniere,
        "avertissement": _avertissement(pret.fichier),
        "erreur": erreur,
        "modifier": reverse("web:pro_depot", args=[patient.cle]) + f"?prepare={pret.id}",
    }
    return page(request, "pro/depot_verifier.html", contexte, status=422 if erreur else 200)


def _personne(patient: Patient, titulaire: Identite) -> dict[str, Any]:
    return {"patient": patient, "titulaire": titulaire, **traits_en_mots(titulaire.traits)}


def _fichier(f: FichierExamine) -> str:
    return f"{f.nom} ({en_mo(len(f.contenu))})"


def _avertissement(f: FichierExamine) -> str:
    if f.converti:
        return "Votre image devient une page au format d’archivage PDF/A-1, sans perte."
    if not f.archive:
        return "Ce PDF n’est pas au format d’archivage PDF/A-1. Il est accepté tel quel."
    return ""


def _a_remplacer(vus: list[DocumentVu]) -> list[Choix]:
    return [
        Choix("", "Non, c’est un nouveau document"),
        *(Choix(str(vu.id), f"{vu.titre}, {date_longue(vu.creation)}") for vu in vus),
    ]


def _mineur(titulaire: Identite) -> bool:
    return titulaire.age is None or titulaire.age < _MAJORITE


def _uuid(texte: str) -> UUID | None:
    try:
        return UUID(texte)
    except ValueError:
        return None
