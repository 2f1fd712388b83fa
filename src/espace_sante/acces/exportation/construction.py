"""Making the archive: one document in memory at a time, whatever the record's size (REG-02, REG-05, REG-06, POR-04).

Documents are first counted, so that the parts of a large archive are known before one of them is written.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, cast
from uuid import UUID, uuid5

import orjson
from django.conf import settings

from espace_sante.acces import consentements
from espace_sante.acces.exportation import compte, contenu, fhir, historique, ips, reprise
from espace_sante.acces.exportation.archive import Archive
from espace_sante.acces.exportation.choix import Choix
from espace_sante.acces.exportation.coffre import SortieScellee
from espace_sante.acces.exportation.noms import IPS, MESSAGES, PREUVES, TRACES
from espace_sante.acces.exportation.partie import Partie
from espace_sante.acces.exportation.pieces import Copie, pieces
from espace_sante.acces.exportation.tampon import Tampon, ligne_csv
from espace_sante.acces.models import Referent
from espace_sante.acces.mon_espace import SANS_LIMITE, TITULAIRE
from espace_sante.acces.secret_mineur import secret_tenu
from espace_sante.documents import queries
from espace_sante.documents.filtre import Filtre
from espace_sante.documents.models import Classement, DossierPerso
from espace_sante.documents.queries import DocumentVu
from espace_sante.identite.queries import Identite, identite
from espace_sante.platform.crypto import CleDossier, ScelleRompu
from espace_sante.traces.journal_scelle.exportation import lot_de_preuves
from espace_sante.traces.journal_scelle.installation import cle_journal
from espace_sante.traces.queries import FiltreTraces

FORMAT: Final = "espace-sante-ouvert/copie"
VERSION: Final = 1
_DELAI_ANNONCE: Final = timedelta(days=14)
_PAGE: Final = 100
# What a document adds to its part beside its bytes: its lines in the lists, a readable version of its own size.
_LIGNES: Final = 1 << 14


@dataclass(frozen=True, slots=True)
class _Copie:
    """What all parts of one copy share."""

    dossier_id: UUID
    cle: CleDossier
    caches: tuple[UUID, ...]
    titulaire: Identite
    quand: datetime
    choix: Choix


def construire(
    dossier_id: UUID, cle_scellee: bytes, sortie: SortieScellee, quand: datetime, choix: Choix | None = None
) -> None:
    """Write the whole archive to `sortie`. In the record's scope; nothing invisible to the holder is in it."""
    copie = _Copie(
        dossier_id, CleDossier.ouvrir(cle_scellee, dossier_id.bytes), queries.invisibles_du_titulaire(dossier_id),
        identite(dossier_id), quand, choix or Choix(),
    )  # fmt: skip
    plan = _planifier(copie, settings.ES_EXPORT_PARTIE_OCTETS)
    fichiers: dict[UUID, str] = {}
    for numero, ids in enumerate(plan, 1):
        with zipfile.ZipFile(cast(Any, sortie), "w") as zip_:
            _partie(copie, Archive(zip_, quand, Tampon()), ids, fichiers, numero, len(plan))
        sortie.finir()


def _planifier(copie: _Copie, limite: int) -> list[list[UUID]]:
    """Documents of each part: as many as the limit takes, at least one part."""
    parties: list[list[UUID]] = [[]]
    taille = 0
    for vu in _documents(copie):
        cout = 2 * vu.taille + _LIGNES
        if parties[-1] and taille + cout > limite:
            parties.append([])
            taille = 0
        parties[-1].append(vu.id)
        taille += cout
    return parties


def _partie(
    copie: _Copie,
    archive: Archive,
    ids: Sequence[UUID],
    fichiers: dict[UUID, str],
    numero: int,
    total: int,
) -> None:
    """The last part holds what is not documents: one may lose another and still read this one."""
    entiere = copie.choix.complet and numero == total
    attente = copie.choix.complet and attend_une_annonce(copie.dossier_id, copie.caches, copie.quand)
    partie = Partie(archive, copie.titulaire, ids, attente=attente, entiere=entiere)
    for identifiant in ids:
        vu, octets = _contenu(copie, identifiant)
        fichiers[identifiant] = partie.document(vu, octets)
    if entiere:
        _le_reste(copie, partie, ids, fichiers)
    description = {
        "format": FORMAT,
        "version": VERSION,
        "copie": str(uuid5(copie.dossier_id, copie.quand.isoformat())),
        "faite_le": copie.quand.isoformat(timespec="seconds"),
        "partie": numero,
        "parties": total,
        "complete": copie.choix.complet,
        "choix": copie.choix.ecrire(),
    }
    partie.finir(description, contenu.partie(numero, total, complete=copie.choix.complet))


def _le_reste(copie: _Copie, partie: Partie, ids: Sequence[UUID], fichiers: Mapping[UUID, str]) -> None:
    archive, dossier_id = partie.archive, copie.dossier_id
    vue = Copie(dossier_id, copie.cle, copie.titulaire, copie.quand, copie.caches, frozenset(ids))
    for ressource in _ressources(copie, vue.documents):
        partie.ressource(ressource)
    _historique(archive, dossier_id, copie.caches)
    preuves = lot_de_preuves(
        dossier_id, cle_journal().publique, caches=copie.caches, sans_secret=secret_tenu(dossier_id)
    )
    archive.ajouter(PREUVES, [preuves])
    compte.ecrire(archive, dossier_id, copie.cle, copie.caches)
    _des_autres_pieces(partie, vue)
    reprise.ecrire(archive, vue, fichiers)


def _des_autres_pieces(partie: Partie, vue: Copie) -> None:
    """What the rooms above add, each in its turn."""
    for piece in pieces():
        for ressource in piece.ressources(vue):
            partie.ressource(ressource)
        for fichier in piece.fichiers(vue):
            partie.archive.ajouter(fichier.nom, fichier.morceaux, compresser=fichier.compresser)
    if not any(nom == MESSAGES for piece in pieces() for nom, _ in piece.liens):
        partie.archive.ajouter(MESSAGES, [contenu.MESSAGES.encode()])
    if (resume := ips.resume(vue)) is not None:
        partie.archive.ajouter(IPS, [resume])


def _ressources(copie: _Copie, ids: frozenset[UUID]) -> Iterator[dict[str, Any]]:
    """Consents, roles, folders of the holder and of professionals, for the FHIR document (POR-05)."""
    for c in consentements.lister(copie.dossier_id):
        yield fhir.consentement(c, copie.titulaire)
    if referents := list(Referent.objects.filter(dossier_id=copie.dossier_id).order_by("depuis", "id")):
        yield fhir.equipe(referents, copie.titulaire)
    ranges: dict[UUID, list[UUID]] = {}
    classements = Classement.objects.filter(dossier_id=copie.dossier_id, document_id__in=ids)
    for document_id, dossier_perso_id in classements.values_list("document_id", "dossier_perso_id"):
        ranges.setdefault(dossier_perso_id, []).append(document_id)
    for d in DossierPerso.objects.filter(dossier_id=copie.dossier_id).order_by("nom_plie"):
        yield fhir.dossier_perso(d.id, d.nom, ranges.get(d.id, []), copie.titulaire)
    presents = {str(i) for i in ids}
    for lot in reprise.lots(copie.dossier_id, copie.caches):
        if lot["genre"] == "folder":
            yield fhir.classeur(lot, presents, copie.titulaire)


def attend_une_annonce(dossier_id: UUID, caches: tuple[UUID, ...], quand: datetime) -> bool:
    """Whether something is hidden from the holder since more than 14 days: only that may be said (REG-05)."""
    if not caches:
        return False
    filtre = Filtre(ids=caches, statuts=(), limite=1, tri="maj_le", descendant=False, avec_total=False)
    depots = (
        vu.depose_le
        for rang in range(len(caches))
        for vu in queries.lister(dossier_id, SANS_LIMITE, replace(filtre, decalage=rang)).elements
    )
    return any(quand - depose > _DELAI_ANNONCE for depose in depots)


def _documents(copie: _Copie) -> Iterator[DocumentVu]:
    """What the holder sees and chose, replaced and archived documents too, newest first, a page at a time."""
    filtre = copie.choix.filtre(_PAGE)
    while True:
        page = queries.lister(copie.dossier_id, TITULAIRE, filtre)
        yield from page.elements
        if page.suite is None:
            return
        filtre = replace(filtre, apres=page.suite)


def _contenu(copie: _Copie, identifiant: UUID) -> tuple[DocumentVu, bytes]:
    trouve = queries.trouver_avec_scelle(copie.dossier_id, TITULAIRE, identifiant)
    if trouve is None or trouve[1] is None:
        raise ScelleRompu("scelle_rompu", "Un document ne peut plus être ouvert.")
    vu = trouve[0]
    if vu.remplace_par_id in copie.caches:
        # Nothing tells of a replacement that waits for its announcement (DOC-46).
        vu = replace(vu, statut="current", remplace_par_id=None)
    return vu, copie.cle.desceller(trouve[1], identifiant.bytes)


def _historique(archive: Archive, dossier_id: UUID, caches: tuple[UUID, ...]) -> None:
    """Files of at most 100 000 lines, CSV and JSON alike; the first one is there even when it is empty."""
    csv, json, numero, lignes = Tampon(), Tampon(), 1, 0
    csv.ecrire("\ufeff" + ligne_csv(historique.COLONNES))

    def fermer() -> None:
        json.ecrire("]\n" if lignes else "[]\n")
        suite = "" if numero == 1 else f"-{numero:03d}"
        archive.ajouter(f"{TRACES}{suite}.csv", csv.lire())
        archive.ajouter(f"{TRACES}{suite}.json", json.lire())

    filtre = FiltreTraces(sans_documents=caches, sans_secret=secret_tenu(dossier_id))
    for trace in historique.traces(dossier_id, filtre):
        if lignes == historique.LIGNES_MAX:
            fermer()
            csv, json, numero, lignes = Tampon(), Tampon(), numero + 1, 0
            csv.ecrire("\ufeff" + ligne_csv(historique.COLONNES))
        csv.ecrire(ligne_csv(historique.cellules(trace)))
        json.ecrire(("," if lignes else "[") + orjson.dumps(historique.objet(trace)).decode() + "\n")
        lignes += 1
    fermer()
