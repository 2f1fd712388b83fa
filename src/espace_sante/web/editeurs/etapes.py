"""The steps of a conformance run, in words: what to do, its rule, what was seen (rule OID-34)."""

from __future__ import annotations

from typing import Any, Final

from espace_sante.acces.conformite.parcours import ParcoursVu
from espace_sante.acces.conformite.regles import ETAPES, PAS_VU, Constat, Etat
from espace_sante.web.espace.calendrier import a_paris, date_longue

# Title, what the software must do, the rule behind it.
_MOTS: Final = {
    "depot": (
        "Déposer un document",
        "Envoyez un document à l’espace de la personne d’essai, par ITI-65 ou ITI-105.",
        "Un document accepté est gardé et tracé, sinon rien n’est gardé.",
    ),
    "remplacement": (
        "Le remplacer",
        "Déposez une nouvelle version, avec un lien « replaces » vers le document de l’étape 1.",
        "Seul l’auteur remplace un document. L’ancien reste, marqué comme remplacé.",
    ),
    "recherche": (
        "Le retrouver",
        "Cherchez les documents de la personne (ITI-67), par POST et _search.",
        "L’INS voyage dans le corps de l’appel, jamais dans une adresse.",
    ),
    "lecture": (
        "Le lire",
        "Lisez le contenu d’un document déposé pendant ce parcours (ITI-68).",
        "Chaque lecture est tracée. La personne la voit dans son historique.",
    ),
    "masquage": (
        "Le masquer",
        "Mettez l’étiquette MASQUE_PS à l’un de ces documents, par PATCH.",
        "Un document masqué n’est plus montré aux professionnels, sauf à son auteur.",
    ),
    "suppression": (
        "Le supprimer",
        "Passez l’un de ces documents à entered-in-error, par PATCH.",
        "Seul l’auteur supprime. Le document n’est plus rendu à personne.",
    ),
    "refus_doublon": (
        "Être refusé : le même envoi deux fois",
        "Envoyez une seconde fois un dépôt déjà accepté, sans changer son masterIdentifier.",
        "Un numéro de document ne sert qu’une fois. Le service répond « duplicate ».",
    ),
    "refus_identite": (
        "Être refusé : identité non qualifiée",
        "Cherchez des documents sans l’en-tête X-MES-Identite: VALI.",
        "Une consultation demande une INS qualifiée. Le service répond 403 et « dicah-i ».",
    ),
    "refus_supprime": (
        "Être refusé : document supprimé",
        "Relisez le document supprimé.",
        "Un document supprimé n’est plus donné. Le service répond 410.",
    ),
}  # fmt: skip
_MOTIFS: Final = {
    PAS_VU: "Le service n’a pas vu cet appel pendant le parcours.",
    "autre_document": "L’appel visait un document qui ne vient pas de ce parcours.",
    "avant_depot": "La recherche est venue avant le premier dépôt. Cherchez de nouveau.",
    "sans_contenu": "Votre logiciel a lu la fiche du document, pas son contenu.",
    "sans_masque": "Les étiquettes ont changé, mais le document n’est pas masqué.",
    "non_auteur": "Le professionnel n’est pas l’auteur du document à remplacer.",
    "deja_remplace": "Ce document est déjà remplacé.",
    "remplacement_inconnu": "Le document à remplacer n’existe pas dans cet espace.",
    "consentement_absent": "La personne n’a pas donné son accord à ce professionnel.",
    "habilitation_absente": "La profession n’a pas le droit de lire.",
    "ins_non_qualifiee": "L’appel ne dit pas que l’INS est qualifiée (X-MES-Identite: VALI).",
    "deposant_inconnu": "La source du lot n’est ni le professionnel du jeton ni sa structure.",
}
_GENRES: Final = {Etat.REUSSI: "fait", Etat.ECHOUE: "danger", Etat.ATTENDU: "autre"}


def etapes(vu: ParcoursVu | None) -> list[dict[str, Any]]:
    """Every step and where it is; before a run, what it will ask."""
    connus = {c.etape: c for c in vu.constats} if vu else {}
    return [_etape(rang, code, connus.get(code)) for rang, code in enumerate(ETAPES, 1)]


def resume(vu: ParcoursVu | None) -> dict[str, Any] | None:
    """The run as a whole: its state, how far it is, until when it lasts."""
    if vu is None:
        return None
    return {
        "etat": "reussi" if vu.reussi else "echoue" if vu.conclu_le else "en_cours",
        "faites": sum(c.etat is Etat.REUSSI for c in vu.constats),
        "total": len(ETAPES),
        "commence": _instant(vu.commence_le),
        "fin": _instant(vu.expire_le),
        "conclu": date_longue(vu.conclu_le) if vu.conclu_le else "",
        "manques": [_MOTS[c.etape][0] for c in vu.constats if c.etat is not Etat.REUSSI],
    }


def _etape(rang: int, code: str, constat: Constat | None) -> dict[str, Any]:
    titre, faire, regle = _MOTS[code]
    etat = constat.etat if constat else None
    return {
        "rang": rang, "code": code, "titre": titre, "faire": faire, "regle": regle,
        "genre": _GENRES.get(etat, "") if etat else "",
        "icone": "horloge",
        "mot": {Etat.REUSSI: "Vu", Etat.ECHOUE: "Échec", Etat.ATTENDU: "En attente"}[etat] if etat else "",
        "vu": _vu(constat),
    }  # fmt: skip


def _vu(constat: Constat | None) -> str:
    if constat is None or constat.etat is Etat.ATTENDU:
        return ""
    quand = f" {_instant(constat.quand)}" if constat.quand else ""
    if constat.etat is Etat.REUSSI:
        return f"Appel vu{quand}."
    raison = _MOTIFS.get(constat.motif, f"Le service a refusé : {constat.motif}.")
    return f"{raison}{f' Vu{quand}.' if quand else ''}"


def _instant(instant: Any) -> str:
    local = a_paris(instant)
    return f"le {date_longue(local)} à {local.hour}\u00a0h\u00a0{local.minute:02d}"
