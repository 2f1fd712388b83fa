"""An appointment in words: what, when, with whom, where, from whom it comes (AGD-04, AGD-05, AGD-12). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from espace_sante.agenda.queries import VersionVue
from espace_sante.agenda.statuts import Statut, mot
from espace_sante.agenda.valeurs import (
    GenreParticipant,
    Origine,
    Participant,
    Periode,
    RendezVous,
    RendezVousVu,
)
from espace_sante.web.espace.calendrier import (
    a_paris,
    date_longue,
    heure_en_mots,
    jour_en_mots,
    moment_en_mots,
)
from espace_sante.web.espace.noms import a, personne

_ETIQUETTES: Final = {
    Statut.BOOKED: "fait",
    Statut.FULFILLED: "fait",
    Statut.CANCELLED: "danger",
    Statut.NOSHOW: "attention",
}

_DELIE: Final = " (service délié\u00a0: il ne peut plus le changer)"


@dataclass(frozen=True, slots=True)
class Etiquette:
    genre: str
    mot: str


@dataclass(frozen=True, slots=True)
class Paire:
    """A term and its value (component `definitions`)."""

    terme: str
    valeur: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RendezVousDit:
    """What the pages show of one."""

    id: str
    titre: str
    avec: str
    heure: str
    lieu: str
    etiquette: Etiquette
    source: str
    annule: bool
    masque: bool
    note: str
    iso: str
    quand: str = ""
    paires: tuple[Paire, ...] = ()
    contact: str = ""


def jour(vu: RendezVousVu) -> str:
    """The heading under which it stands."""
    mots = jour_en_mots(vu.contenu.quand)
    return mots[:1].upper() + mots[1:]


def resume(vu: RendezVousVu, *, delie: bool = False) -> RendezVousDit:
    """One line of the list; `delie`: by a service that is no longer paired (AGD-26)."""
    r = vu.contenu
    return RendezVousDit(
        id=str(vu.id),
        titre=_titre(r),
        avec=_avec(r),
        heure=_heure(r),
        lieu=_lieu(r),
        etiquette=Etiquette(_ETIQUETTES.get(r.statut, "autre"), mot(r.statut)),
        source=f"Mis par {_source(vu.origine)}{_DELIE * delie}, le {date_longue(vu.cree_le)}",
        annule=r.statut is Statut.CANCELLED,
        masque=vu.masque,
        note=vu.note,
        iso=a_paris(r.quand).isoformat(timespec="minutes"),
    )


def rendez_vous(vu: RendezVousVu, *, delie: bool = False) -> RendezVousDit:
    """The page of one."""
    r, ligne = vu.contenu, resume(vu, delie=delie)
    qui = _premier(r, GenreParticipant.PROFESSIONNEL, GenreParticipant.ORGANISATION, GenreParticipant.LIEU)
    telephone = next((p.telephone for p in r.participants if p.telephone), "")
    paires = (
        ("Quand", _quand(r)),
        ("Avec", ", ".join(dict.fromkeys(_noms(r)))),
        ("Où", ligne.lieu),
        ("Téléphone", telephone),
        ("Spécialité", ", ".join(c.libelle for c in r.specialites if c.libelle)),
        ("Pourquoi", ", ".join(r.motifs)),
        ("Description", r.description if r.description != ligne.titre else ""),
        ("À savoir", r.consigne),
        ("Commentaire", r.commentaire),
        ("Raison de l’annulation", r.motif_annulation),
        ("Mis par", _source(vu.origine) + _DELIE * delie),
        ("Reçu", moment_en_mots(vu.cree_le)),
        ("Dernier changement", moment_en_mots(vu.maj_le) if vu.version > 1 else ""),
    )  # fmt: skip
    a_qui = _a_qui(qui, vu.origine)
    return RendezVousDit(
        id=ligne.id, titre=ligne.titre, avec=ligne.avec, heure=ligne.heure, lieu=ligne.lieu, etiquette=ligne.etiquette,
        source=ligne.source, annule=ligne.annule, masque=ligne.masque, note=ligne.note, iso=ligne.iso, quand=_quand(r),
        paires=tuple(Paire(terme, valeur) for terme, valeur in paires if valeur),
        contact=f"{a_qui}, au {telephone}" if telephone else a_qui,
    )  # fmt: skip


def ancien(v: VersionVue) -> str:
    """What it was before a change, in one sentence (AGD-24)."""
    r = v.vu.contenu
    return f"{moment_en_mots(v.quand).capitalize()}\u00a0: {_quand(r)}. {mot(r.statut)}."


def _titre(r: RendezVous) -> str:
    prestation = next((c.libelle for c in r.prestations if c.libelle), "")
    return prestation or r.description or "Rendez-vous"


def _avec(r: RendezVous) -> str:
    qui = _premier(r, GenreParticipant.PROFESSIONNEL, GenreParticipant.ORGANISATION)
    return f"avec {personne(qui.nom)}" if qui else ""


def _premier(r: RendezVous, *genres: GenreParticipant) -> Participant | None:
    return next((p for genre in genres for p in r.participants if p.genre is genre and p.nom), None)


def _noms(r: RendezVous) -> list[str]:
    return [p.nom for p in r.participants if p.nom and p.genre is not GenreParticipant.LIEU]


def _lieu(r: RendezVous) -> str:
    lieu = _premier(r, GenreParticipant.LIEU)
    adresse = next((p.adresse for p in r.participants if p.adresse), "")
    return ", ".join(m for m in (lieu.nom if lieu else "", adresse) if m)


def _heure(r: RendezVous) -> str:
    return heure_en_mots(r.debut) if r.debut else "Heure à fixer"


def _quand(r: RendezVous) -> str:
    if r.debut is None:
        return "Demandé " + ", ou ".join(_periode(p) for p in r.periodes)
    if r.fin is None:
        return moment_en_mots(r.debut)
    if a_paris(r.debut).date() == a_paris(r.fin).date():
        return f"{moment_en_mots(r.debut)}, jusqu’à {heure_en_mots(r.fin)}"
    return f"{moment_en_mots(r.debut)}, jusqu’au {moment_en_mots(r.fin)}"


def _periode(p: Periode) -> str:
    if p.debut and p.fin:
        return f"entre le {date_longue(p.debut)} et le {date_longue(p.fin)}"
    if p.debut:
        return f"à partir du {date_longue(p.debut)}"
    return f"avant le {date_longue(p.fin)}" if p.fin else "sans date"


def _source(o: Origine) -> str:
    qui = f"le service {o.nom}" if o.genre == "service" else personne(o.nom) or o.structure
    structure = o.structure if o.structure and o.structure != o.nom else ""
    logiciel = f"avec le logiciel «\u00a0{o.logiciel}\u00a0»" if o.logiciel and o.logiciel != o.nom else ""
    return ", ".join(m for m in (qui, structure, logiciel) if m)


def _a_qui(qui: Participant | None, o: Origine) -> str:
    """Whom to ask for a change (AGD-05)."""
    return a(personne(qui.nom) if qui else (o.structure or personne(o.nom) or "celui qui l’a mis"))
