"""Reading the appointments of the record in scope: pages in the order of their moment, bounded memory (FHR-157)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from espace_sante.agenda.filtre import FiltreAgenda, convient, montres
from espace_sante.agenda.models import AnnotationRendezVous, VersionRendezVous
from espace_sante.agenda.valeurs import RendezVousVu, lire
from espace_sante.platform.crypto import CleDossier
from espace_sante.platform.postgres import direct

_PAR_LECTURE: Final = 200
_COLONNES: Final = (
    "r.id, r.source, r.version, r.cree_le, r.maj_le, r.scelle, COALESCE(a.masque, false), a.note_scellee,"
    " r.debut"
)
_DE: Final = (
    "FROM agenda_ficherendezvous r LEFT JOIN agenda_annotationrendezvous a"
    " ON a.dossier_id = r.dossier_id AND a.rendez_vous_id = r.id WHERE r.dossier_id = %(dossier)s"
)


@dataclass(frozen=True, slots=True)
class PageAgenda:
    """Appointments, and where the next page begins; None at the end."""

    elements: tuple[RendezVousVu, ...]
    suite: tuple[datetime, UUID] | None


@dataclass(frozen=True, slots=True)
class VersionVue:
    """What an appointment was: since when, and how."""

    quand: datetime
    vu: RendezVousVu


def lister(dossier_id: UUID, cle: CleDossier, filtre: FiltreAgenda) -> PageAgenda:
    """One page. The connection is scoped to the record."""
    trouves: list[tuple[RendezVousVu, datetime]] = []
    for vu, debut in _parcourir(dossier_id, cle, filtre):
        if len(trouves) == filtre.limite:
            dernier, moment = trouves[-1]
            return PageAgenda(tuple(v for v, _ in trouves), (moment, dernier.id))
        trouves.append((vu, debut))
    return PageAgenda(tuple(v for v, _ in trouves), None)


def compter(dossier_id: UUID, cle: CleDossier, filtre: FiltreAgenda) -> int:
    """How many fit; opened only when what is sealed must be looked at."""
    if filtre.criteres:
        return sum(1 for _ in _parcourir(dossier_id, cle, replace(filtre, apres=None)))
    ou, params = _clauses(dossier_id, replace(filtre, apres=None))
    return int(direct.lire(f"SELECT count(*) {_DE}{ou}", params)[0][0])


def trouver(dossier_id: UUID, cle: CleDossier, rendez_vous_id: UUID) -> RendezVousVu | None:
    """One of them, hidden or withdrawn too."""
    lignes = direct.lire(
        f"SELECT {_COLONNES} {_DE} AND r.id = %(id)s", {"dossier": dossier_id, "id": rendez_vous_id}
    )
    return _vu(dossier_id, cle, lignes[0]) if lignes else None


def designes(
    dossier_id: UUID, cle: CleDossier, source: str, empreintes: tuple[str, ...]
) -> list[RendezVousVu]:
    """Those of a source that one of these identifiers names, the oldest first."""
    lignes = direct.lire(
        f"SELECT {_COLONNES} {_DE} AND r.source = %(source)s AND r.identifiants && %(empreintes)s::varchar[]"
        " ORDER BY r.id LIMIT 20",
        {"dossier": dossier_id, "source": source, "empreintes": list(empreintes)},
    )
    return [_vu(dossier_id, cle, ligne) for ligne in lignes]


def versions(
    dossier_id: UUID, cle: CleDossier, vu: RendezVousVu, limite: int | None = None
) -> list[VersionVue]:
    """What it was before, newest first; all, or the last ones."""
    anciennes = VersionRendezVous.objects.filter(dossier_id=dossier_id, rendez_vous_id=vu.id).order_by(
        "-version"
    )
    gardes = ((v, lire(cle.desceller(bytes(v.scelle), vu.id.bytes))) for v in anciennes[:limite])
    return [VersionVue(v.quand, replace(vu, version=v.version, contenu=g.rendez_vous)) for v, g in gardes]


def masques(dossier_id: UUID) -> int:
    """How many the holder hides."""
    return AnnotationRendezVous.objects.filter(dossier_id=dossier_id, masque=True).count()


def note_contexte(rendez_vous_id: UUID) -> bytes:
    """What a sealed note is bound to: it opens nowhere else, nor as the appointment itself."""
    return rendez_vous_id.bytes + b"note"


def _parcourir(
    dossier_id: UUID, cle: CleDossier, filtre: FiltreAgenda
) -> Iterator[tuple[RendezVousVu, datetime]]:
    sens = "DESC" if filtre.descendant else "ASC"
    while True:
        ou, params = _clauses(dossier_id, filtre)
        lignes = direct.lire(
            f"SELECT {_COLONNES} {_DE}{ou} ORDER BY r.debut {sens}, r.id {sens} LIMIT {_PAR_LECTURE}", params
        )
        for ligne in lignes:
            vu = _vu(dossier_id, cle, ligne)
            if convient(vu, filtre.criteres):
                yield vu, ligne[8]
        if len(lignes) < _PAR_LECTURE:
            return
        filtre = replace(filtre, apres=(lignes[-1][8], lignes[-1][0]))


def _clauses(dossier_id: UUID, f: FiltreAgenda) -> tuple[str, dict[str, Any]]:
    """The criteria on columns, as SQL; every value is a parameter."""
    ou = " AND r.statut = ANY(%(statuts)s)"
    params: dict[str, Any] = {"dossier": dossier_id, "statuts": list(montres(f.statuts))}

    def ajouter(clause: str, **valeurs: object) -> None:
        nonlocal ou
        ou += f" AND {clause}"
        params.update(valeurs)

    if f.source:
        ajouter("r.source = %(source)s", source=f.source)
    if f.miens and f.masques == "sans":
        ajouter("(NOT COALESCE(a.masque, false) OR r.source = %(miens)s)", miens=f.miens)
    elif f.masques != "avec":
        ajouter("COALESCE(a.masque, false) = %(masque)s", masque=f.masques == "seuls")
    if f.ids:
        ajouter("r.id = ANY(%(ids)s)", ids=list(f.ids))
    for rang, parmi in enumerate(f.identifiants):
        ajouter(f"r.identifiants && %(i{rang})s::varchar[]", **{f"i{rang}": list(parmi)})
    for nom, valeur, clause in (
        ("du", f.du, "r.debut >= %(du)s"),
        ("au", f.au, "r.debut < %(au)s"),
        ("passe", f.passe_avant, "r.jusqua <= %(passe)s"),
        ("venir", f.a_venir_apres, "r.jusqua > %(venir)s"),
    ):
        if valeur is not None:
            ajouter(clause, **{nom: valeur})
    if f.apres is not None:
        signe = "<" if f.descendant else ">"
        ajouter(f"(r.debut, r.id) {signe} (%(moment)s, %(dernier)s)", moment=f.apres[0], dernier=f.apres[1])
    return ou, params


def _vu(dossier_id: UUID, cle: CleDossier, ligne: Any) -> RendezVousVu:
    id_, source, version, cree_le, maj_le, scelle, masque, note = ligne[:8]
    garde = lire(cle.desceller(scelle, id_.bytes))
    return RendezVousVu(
        dossier_id=dossier_id,
        id=id_,
        source=source,
        version=version,
        cree_le=cree_le,
        maj_le=maj_le,
        contenu=garde.rendez_vous,
        origine=garde.origine,
        masque=masque,
        note=cle.desceller(note, note_contexte(id_)).decode() if note else "",
    )
