"""What the holder's copy holds of his agenda, and what another copy of the product takes up of it (POR-04, POR-05)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from espace_sante.acces.exportation.pieces import Copie, Fichier, Piece, Suite
from espace_sante.acces.exportation.tampon import Tampon, ligne_csv
from espace_sante.agenda import ecriture, queries
from espace_sante.agenda.filtre import FiltreAgenda
from espace_sante.agenda.models import AnnotationRendezVous, FicheRendezVous, VersionRendezVous
from espace_sante.agenda.statuts import Statut, mot
from espace_sante.agenda.valeurs import Garde, GenreParticipant, RendezVousVu, ecrire
from espace_sante.platform.crypto import CleDossier

_COLONNES: Final = (
    "début", "fin", "état", "quoi", "avec", "où", "à savoir", "mis par", "reçu le", "masqué", "ma note",
)  # fmt: skip
_ANCIENNES: Final = ("rendez-vous", "connu ainsi depuis", "début", "fin", "état", "quoi")
_TOUS: Final = FiltreAgenda(masques="avec", limite=200, statuts=tuple(s.value for s in Statut))


def _tous(copie: Copie) -> Iterator[RendezVousVu]:
    """Every appointment, a page in memory at a time."""
    filtre = _TOUS
    while True:
        page = queries.lister(copie.dossier_id, copie.cle, filtre)
        yield from page.elements
        if page.suite is None:
            return
        filtre = replace(filtre, apres=page.suite)


def ressources(copie: Copie) -> Iterator[dict[str, Any]]:
    """Each as an Appointment of FHIR R4."""
    for vu in _tous(copie):
        r = vu.contenu
        yield {
            "resourceType": "Appointment",
            "id": str(vu.id),
            "identifier": [
                {**({"system": i.systeme} if i.systeme else {}), "value": i.valeur} for i in r.identifiants
            ],
            "status": r.statut.value,
            **({"description": r.description} if r.description else {}),
            **({"start": r.debut, "end": r.fin} if r.debut and r.fin else {}),
            **({"patientInstruction": r.consigne} if r.consigne else {}),
            "participant": [
                {
                    "actor": copie.patient
                    if p.genre is GenreParticipant.PATIENT
                    else {"display": p.nom or p.role or "Participant"},
                    "status": p.statut,
                }
                for p in r.participants
            ],
            **({"requestedPeriod": demandees} if (demandees := _demandees(vu)) else {}),
        }


def _demandees(vu: RendezVousVu) -> list[dict[str, datetime]]:
    return [
        {nom: borne for nom, borne in (("start", p.debut), ("end", p.fin)) if borne} for p in vu.contenu.periodes
    ]  # fmt: skip


def fichiers(copie: Copie) -> Iterator[Fichier]:
    """Two tables for a spreadsheet: as they are, and what they were before a change (AGD-24)."""
    tableau, anciennes = Tampon(), Tampon()
    tableau.ecrire("\ufeff" + ligne_csv(_COLONNES))
    anciennes.ecrire("\ufeff" + ligne_csv(_ANCIENNES))
    for vu in _tous(copie):
        tableau.ecrire(ligne_csv(_cellules(vu)))
        for v in queries.versions(copie.dossier_id, copie.cle, vu):
            debut, fin, etat, quoi = _cellules(v.vu)[:4]
            anciennes.ecrire(ligne_csv((str(vu.id), v.quand.isoformat(), debut, fin, etat, quoi)))
    yield Fichier("agenda/rendez-vous.csv", tableau.lire())
    yield Fichier("agenda/anciennes-versions.csv", anciennes.lire())


def _cellules(vu: RendezVousVu) -> tuple[str, ...]:
    r, o = vu.contenu, vu.origine
    autres = [p for p in r.participants if p.genre is not GenreParticipant.PATIENT]
    return (
        r.quand.isoformat(),
        r.fin.isoformat() if r.fin else "",
        mot(r.statut),
        r.description or next((c.libelle for c in r.prestations if c.libelle), "Rendez-vous"),
        ", ".join(p.nom for p in autres if p.nom),
        ", ".join(p.adresse for p in autres if p.adresse),
        r.consigne,
        ", ".join(dict.fromkeys(m for m in (o.nom, o.structure, o.logiciel) if m)),
        vu.cree_le.isoformat(),
        "oui" if vu.masque else "non",
        vu.note,
    )


def lignes(copie: Copie) -> Iterator[dict[str, Any]]:
    """Each with its former versions and what the holder made of it, opened: another copy has another key."""
    for vu in _tous(copie):
        garde = Garde(vu.contenu, vu.origine)
        versions = queries.versions(copie.dossier_id, copie.cle, vu)
        yield {
            "id": str(vu.id), "source": vu.source, "version": vu.version, "cree_le": vu.cree_le.isoformat(),
            "maj_le": vu.maj_le.isoformat(), "masque": vu.masque, "note": vu.note, "garde": msgspec.to_builtins(garde),
            "versions": [
                {
                    "version": v.vu.version, "quand": v.quand.isoformat(),
                    "garde": msgspec.to_builtins(Garde(v.vu.contenu, vu.origine)),
                }
                for v in versions
            ],
        }  # fmt: skip


def reprendre(dossier_id: UUID, cle: CleDossier, lues: Iterable[dict[str, Any]]) -> None:
    """Write them in a record of this copy, under its own keys. In the record's scope."""
    for ligne in lues:
        id_, maj_le = UUID(ligne["id"]), datetime.fromisoformat(ligne["maj_le"])
        ecriture.ajouter(
            dossier_id, id_, str(ligne["source"]), msgspec.convert(ligne["garde"], Garde), cle, maj_le
        )
        FicheRendezVous.objects.filter(dossier_id=dossier_id, id=id_).update(
            version=int(ligne["version"]), cree_le=datetime.fromisoformat(ligne["cree_le"])
        )
        for v in ligne["versions"]:
            scelle = cle.sceller(ecrire(msgspec.convert(v["garde"], Garde)), id_.bytes)
            VersionRendezVous.objects.create(
                dossier_id=dossier_id, rendez_vous_id=id_, version=int(v["version"]),
                quand=datetime.fromisoformat(v["quand"]), scelle=scelle,
            )  # fmt: skip
        if ligne["masque"] or ligne["note"]:
            ecriture.noter(dossier_id, id_, str(ligne["note"]), cle, maj_le)
            AnnotationRendezVous.objects.filter(dossier_id=dossier_id, rendez_vous_id=id_).update(
                masque=bool(ligne["masque"])
            )


PIECE: Final = Piece(
    "agenda",
    ressources=ressources,
    fichiers=fichiers,
    suites=(Suite("agenda_rendez_vous", lignes, reprendre),),
    liens=(("agenda/rendez-vous.csv", "Mes rendez-vous"),),
)
