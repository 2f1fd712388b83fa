"""A full record, its copy, and everything that can be seen of it; then the same place without it."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction

from espace_sante.acces import depot_titulaire, export
from espace_sante.acces.alimentation import alimenter
from espace_sante.acces.consentements import recueillir_consentement
from espace_sante.acces.exportation import reprise
from espace_sante.acces.exportation.pieces import pieces
from espace_sante.acces.exportation.signature import cle_publique
from espace_sante.acces.exportation.tables import lignes
from espace_sante.acces.exportation.taches import fabriquer
from espace_sante.acces.models import Blocage, Partage
from espace_sante.acces.mon_espace import TITULAIRE, ouvrir_mon_espace
from espace_sante.acces.tests.fabrique import CONTEXTE, document, dossier, lot, professionnel, titulaire
from espace_sante.documents import listes
from espace_sante.documents.depot import ClasseurADeposer, DocumentADeposer, LotADeposer
from espace_sante.documents.filtre import Filtre
from espace_sante.documents.listes import FiltreListes
from espace_sante.documents.queries import invisibles_du_titulaire
from espace_sante.dossier.models import Dossier
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.index import oublier
from espace_sante.kernel.ids import uuid7
from espace_sante.platform.postgres.rls import portee
from espace_sante.traces.queries import FiltreTraces


class _Oublier(Exception):
    """Leaves the source as if it had never been: the installation is empty again."""


# Words and ids that the holder must not meet: of what waits for its announcement.
SECRET = "Tumeur-tue"


def remplir(nombre: int, graine: int = 5) -> UUID:
    """A record of that many documents: replaced, masked, archived, in folders, pinned, shared, read; and of some more
    that its holder may not see yet, in the same lots and folders.
    """
    hasard = random.Random(graine)
    dossier_id, ins = dossier(graine)
    auteur, moi = professionnel(), titulaire(dossier_id)
    mimes = ("application/pdf", "text/plain", "image/jpeg", "text/xml")
    precedent = None
    for rang in range(0, nombre, 5):
        documents = []
        for n in range(min(5, nombre - rang)):
            contenu = hasard.randbytes(hasard.randrange(10, 4000))
            autres: dict[str, Any] = {"masque_ps": hasard.random() < 0.2, "mime": mimes[n % 4]}
            if precedent is not None and n == 0 and rang % 3 == 0:
                autres["remplace"] = str(precedent.id)
            nouveau = document(
                auteur=auteur, contenu=contenu, titre=f"Document {rang + n} « é^&<> »",
                periode_fin=datetime.now(UTC) if n % 2 else None, description="Note\nlibre", **autres,
            )  # fmt: skip
            documents.append(nouveau)
        alimenter(auteur, ins, _avec_classeurs(auteur, documents, precedent, rang), contexte=CONTEXTE)
        precedent = documents[-1]
    recueillir_consentement(auteur, dossier_id, contexte=CONTEXTE)
    maintenant = datetime.now(UTC)
    with ouvrir_mon_espace(moi, contexte=CONTEXTE) as espace:
        vus = espace.lister(Filtre(limite=100)).elements
        boite = depot_titulaire.creer_dossier(espace, "Cœur & « reins »")
        depot_titulaire.deplacer(espace, [v.id for v in vus[:4]], boite)
        depot_titulaire.epingler(espace, vus[1].id, oui=True)
        espace.masquer(vus[2].id)
        espace.masquer(vus[3].id)
        espace.demasquer(vus[3].id)
        espace.lire_contenu(vus[0].id)
        espace.historique(FiltreTraces())
    with portee(dossier_id):
        Blocage.objects.create(
            dossier_id=dossier_id, id=uuid7(), genre="professionnel", cle="99000000002", nom="Dr Bloqué",
            pose_le=maintenant, pose_par="titulaire",
        )  # fmt: skip
        Partage.objects.create(
            dossier_id=dossier_id, id=uuid7(), document_id=vus[0].id, rpps="99000000003", nom="Dr Invité",
            cree_le=maintenant, expire_le=maintenant + timedelta(days=2),
        )  # fmt: skip
        Dossier.objects.filter(dossier_id=dossier_id).update(masque_par_defaut=True, urgence_samu=False)
    return dossier_id


def _avec_classeurs(
    auteur: Acteur, documents: list[DocumentADeposer], precedent: DocumentADeposer | None, rang: int
) -> LotADeposer:
    """The lot, every third one with a folder and a link to an older document, every sixth with what must stay hidden."""
    tour = rang // 5
    if tour % 3 or precedent is None:
        return lot(auteur, *documents)
    cites = (documents[0].id, precedent.id)
    if tour % 6:
        return replace(
            lot(auteur, *documents), titre=f"Séjour {tour}", representation=b'{"lot":1}', lies=(precedent.id,),
            classeurs=(_classeur(f"Classeur {tour}", *cites),),
        )  # fmt: skip
    secret = document(auteur=auteur, contenu=SECRET.encode(), titre=SECRET, invisible_patient=True)
    return replace(
        lot(auteur, *documents, secret), titre=SECRET, representation=SECRET.encode(),
        classeurs=(_classeur(SECRET, secret.id, *cites), _classeur(SECRET, secret.id)),
    )  # fmt: skip


def _classeur(titre: str, *documents: UUID) -> ClasseurADeposer:
    return ClasseurADeposer(
        uuid7(), f"urn:uuid:{uuid7()}", datetime.now(UTC), titre, None, documents, titre.encode()
    )


def exporter(dossier_id: UUID, dans: Path) -> list[Path]:
    """Ask, make, download: one file for each part."""
    demande = export.demander(titulaire(dossier_id), contexte=CONTEXTE)
    fabriquer(dossier_id, demande.id, datetime.now(UTC))
    chemins = []
    while True:
        rang = len(chemins) + 1
        vu, flux = export.telecharger(titulaire(dossier_id), demande.id, contexte=CONTEXTE, partie=rang)
        chemins.append(dans / f"copie-{rang}.zip")
        with chemins[-1].open("wb") as fichier:
            for morceau in flux:
                fichier.write(morceau)
        if rang == len(vu.parties):
            return chemins


def photographier(dossier_id: UUID) -> dict[str, Any]:
    """Every row that counts, and the record as its holder reads it: lists, bytes, versions, folders, history."""
    tout: dict[str, Any] = {}
    with portee(dossier_id):
        caches = invisibles_du_titulaire(dossier_id)
        params = {"dossier": dossier_id, "caches": list(caches), "tus": [], "secret": False}
        for table in (*reprise.TABLES, *(t for p in pieces() for t in p.tables)):
            tout[table.nom] = list(lignes(table, params))
        tout[reprise.LOTS.nom] = list(reprise.lots(dossier_id, caches))
        vues = listes.lister(dossier_id, TITULAIRE, FiltreListes(limite=1000)).elements
        tout["listes"] = [(x.id, x.genre, x.unique_id, x.date, x.depose_le, x.documents) for x in vues]
        tout["personne"] = reprise._personne(dossier_id)
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        filtre = Filtre(statuts=("current", "superseded"), limite=1000)
        vus = espace.apercevoir(filtre)
        tout["vus"] = vus
        tout["versions"] = {i: espace.versions(i) for i in vus}
        tout["classement"] = {i: depot_titulaire.rangement(espace, i) for i in vus}
        tout["dossiers"] = depot_titulaire.dossiers(espace)
        tout["epingles"] = depot_titulaire.epingles(espace)
        tout["accords"] = espace.consentements()
    tout["octets"] = {}
    for identifiant in vus:
        with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
            tout["octets"][identifiant] = espace.lire_contenu(identifiant)[1]
    return tout


def partir(
    nombre: int, dans: Path, avant_export: Callable[[UUID], None] = lambda _: None
) -> tuple[UUID, list[Path], dict[str, Any], bytes]:
    """The record, its copy as files, its picture, the key: and no record any more."""
    resultat: list[Any] = []
    try:
        with transaction.atomic():
            dossier_id = remplir(nombre)
            avant_export(dossier_id)
            chemins = exporter(dossier_id, dans)
            resultat = [dossier_id, chemins, photographier(dossier_id), cle_publique()]
            raise _Oublier
    except _Oublier:
        oublier()
    dossier_id, chemins, photo, cle = resultat
    return dossier_id, chemins, photo, cle
