"""Making the archive: one document in memory at a time, whatever the record's size (rules REG-02, REG-05, REG-06)."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import IO, Any, Final, cast
from uuid import UUID

import orjson

from espace_sante.acces import consentements
from espace_sante.acces.exportation import contenu, fhir, historique, signature
from espace_sante.acces.exportation.coffre import SortieScellee
from espace_sante.acces.exportation.lisible import lisible
from espace_sante.acces.exportation.noms import CLE, EMPREINTES, SIGNATURE, nom_de_fichier
from espace_sante.acces.exportation.tampon import Tampon, ligne_csv
from espace_sante.acces.models import Blocage
from espace_sante.acces.mon_espace import SANS_LIMITE, TITULAIRE
from espace_sante.documents import queries
from espace_sante.documents.filtre import Filtre
from espace_sante.documents.queries import DocumentVu
from espace_sante.identite.models import Compte
from espace_sante.identite.queries import identite
from espace_sante.kernel.ids import uuid7
from espace_sante.platform.crypto import CleDossier, ScelleRompu
from espace_sante.traces.journal_scelle.exportation import lot_de_preuves
from espace_sante.traces.journal_scelle.installation import cle_journal
from espace_sante.traces.queries import FiltreTraces

_DELAI_ANNONCE: Final = timedelta(days=14)
_PAGE: Final = 100
# What does not compress is stored as it is.
_COMPRESSES: Final = ("image/", "application/pdf")


@dataclass(slots=True)
class Archive:
    """A ZIP being written, with the hash of each file."""

    zip: zipfile.ZipFile
    quand: datetime
    empreintes: Tampon

    def ajouter(self, nom: str, morceaux: Iterable[bytes], *, compresser: bool = True) -> None:
        """Write one file from its pieces."""
        condense = hashlib.sha256()
        with self._entree(nom, compresser) as fichier:
            for morceau in morceaux:
                condense.update(morceau)
                fichier.write(morceau)
        self.empreintes.ecrire(f"{condense.hexdigest()}  {nom}\n")

    def sceller(self) -> None:
        """Last: the list of hashes, its signature, the key that checks it."""
        liste = b"".join(self.empreintes.lire())
        for nom, octets in (
            (EMPREINTES, liste),
            (SIGNATURE, signature.signer(liste)),
            (CLE, signature.cle_publique()),
        ):
            with self._entree(nom, compresser=False) as fichier:
                fichier.write(octets)

    @contextmanager
    def _entree(self, nom: str, compresser: bool) -> Iterator[IO[bytes]]:
        info = zipfile.ZipInfo(nom, self.quand.timetuple()[:6])
        info.compress_type = zipfile.ZIP_DEFLATED if compresser else zipfile.ZIP_STORED
        info.external_attr = 0o600 << 16
        # The size is not known before the end: room for a large one.
        with self.zip.open(info, "w", force_zip64=True) as fichier:
            yield fichier


def construire(dossier_id: UUID, cle_scellee: bytes, sortie: SortieScellee, quand: datetime) -> None:
    """Write the whole archive to `sortie`. In the record's scope; nothing invisible to the holder is in it."""
    with zipfile.ZipFile(cast(Any, sortie), "w") as zip_:
        archive = Archive(zip_, quand, Tampon())
        caches = queries.invisibles_du_titulaire(dossier_id)
        _dossier(archive, dossier_id, CleDossier.ouvrir(cle_scellee, dossier_id.bytes), caches)
        _historique(archive, dossier_id, caches)
        preuves = lot_de_preuves(dossier_id, cle_journal().publique, caches=caches)
        archive.ajouter("historique/preuves.json", [preuves])
        _compte(archive, dossier_id)
        archive.ajouter("messages/LISEZMOI.txt", [contenu.MESSAGES.encode()])
        notice = contenu.LISEZMOI.format(cle=signature.empreinte(signature.cle_publique()))
        archive.ajouter("README.txt", [notice.encode()])
        archive.sceller()
    sortie.finir()


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


def _dossier(archive: Archive, dossier_id: UUID, cle: CleDossier, caches: tuple[UUID, ...]) -> None:
    titulaire = identite(dossier_id)
    html, csv, bundle = Tampon(), Tampon(), Tampon()
    html.ecrire(
        contenu.tete(
            titulaire.nom_complet, archive.quand, attend_une_annonce(dossier_id, caches, archive.quand)
        )
    )
    csv.ecrire("\ufeff" + ligne_csv(contenu.COLONNES))
    instant = archive.quand.isoformat(timespec="seconds")
    bundle.ecrire(
        f'{{"resourceType":"Bundle","id":"{uuid7()}","type":"collection","timestamp":"{instant}","entry":['
    )
    bundle.ecrire(_entree_fhir(dossier_id, fhir.patient(titulaire)))
    nombre = 0
    for vu in _documents(dossier_id, caches):
        nom = nom_de_fichier(vu.creation, vu.titre, vu.mime, vu.id)
        fichier = f"dossier/documents/{nom}"
        octets = _contenu(dossier_id, cle, vu)
        archive.ajouter(fichier, [octets], compresser=not vu.mime.startswith(_COMPRESSES))
        a_lire = _version_lisible(archive, octets, vu.titre, nom)
        html.ecrire(contenu.ligne(vu, fichier, a_lire))
        csv.ecrire(ligne_csv(contenu.cellules(vu, fichier, a_lire)))
        bundle.ecrire("," + _entree_fhir(vu.id, fhir.reference_de_document(vu, f"../documents/{nom}")))
        nombre += 1
    html.ecrire(contenu.pied(nombre))
    bundle.ecrire("]}\n")
    archive.ajouter("index.html", html.lire())
    archive.ajouter("index.csv", csv.lire())
    archive.ajouter("dossier/fhir/bundle.json", bundle.lire())


def _version_lisible(archive: Archive, octets: bytes, titre: str, nom: str) -> str:
    """Write beside the original what people open; its name, or nothing when the original is that."""
    trouve = lisible(octets, titre)
    if trouve is None:
        return ""
    fichier = f"dossier/lisible/{nom.rpartition('.')[0]}.{trouve[0]}"
    archive.ajouter(fichier, [trouve[1]])
    return fichier


def _documents(dossier_id: UUID, caches: tuple[UUID, ...]) -> Iterator[DocumentVu]:
    """What the holder sees, replaced and archived documents too, newest first, a page at a time."""
    filtre = Filtre(statuts=("current", "superseded"), limite=_PAGE, avec_total=False)
    while True:
        page = queries.lister(dossier_id, TITULAIRE, filtre)
        for vu in page.elements:
            # Nothing tells of a replacement that waits for its announcement (DOC-46).
            yield replace(vu, statut="current", remplace_par_id=None) if vu.remplace_par_id in caches else vu
        if page.suite is None:
            return
        filtre = replace(filtre, apres=page.suite)


def _contenu(dossier_id: UUID, cle: CleDossier, vu: DocumentVu) -> bytes:
    trouve = queries.trouver_avec_scelle(dossier_id, TITULAIRE, vu.id)
    if trouve is None or trouve[1] is None:
        raise ScelleRompu("scelle_rompu", "Un document ne peut plus être ouvert.")
    return cle.desceller(trouve[1], vu.id.bytes)


def _entree_fhir(identifiant: UUID, ressource: dict[str, Any]) -> str:
    return orjson.dumps({"fullUrl": f"urn:uuid:{identifiant}", "resource": ressource}).decode()


def _historique(archive: Archive, dossier_id: UUID, caches: tuple[UUID, ...]) -> None:
    """Files of at most 100 000 lines, CSV and JSON alike; the first one is there even when it is empty."""
    csv, json, numero, lignes = Tampon(), Tampon(), 1, 0
    csv.ecrire("\ufeff" + ligne_csv(historique.COLONNES))

    def fermer() -> None:
        json.ecrire("]\n" if lignes else "[]\n")
        archive.ajouter(f"historique/historique-{numero:03d}.csv", csv.lire())
        archive.ajouter(f"historique/historique-{numero:03d}.json", json.lire())

    for trace in historique.traces(dossier_id, FiltreTraces(sans_documents=caches)):
        if lignes == historique.LIGNES_MAX:
            fermer()
            csv, json, numero, lignes = Tampon(), Tampon(), numero + 1, 0
            csv.ecrire("\ufeff" + ligne_csv(historique.COLONNES))
        csv.ecrire(ligne_csv(historique.cellules(trace)))
        json.ecrire(("," if lignes else "[") + orjson.dumps(historique.objet(trace)).decode() + "\n")
        lignes += 1
    fermer()


def _compte(archive: Archive, dossier_id: UUID) -> None:
    titulaire = identite(dossier_id)
    t = titulaire.traits
    compte = Compte.objects.filter(dossier_id=dossier_id).first()
    donnees = {
        "ins": {"matricule": titulaire.ins.matricule, "oid": titulaire.ins.oid},
        "nom_naissance": t.nom_naissance,
        "prenoms": t.prenoms,
        "nom_utilise": titulaire.nom_affiche,
        "prenom_utilise": titulaire.prenom_affiche,
        "date_naissance": t.date_naissance,
        "sexe": t.sexe,
        "lieu_naissance": t.lieu_naissance,
        "courriel": titulaire.courriel,
        # Neither the password nor its hash: the account can be opened with them.
        "compte": {"identifiant": compte.identifiant, "courriel": compte.courriel} if compte else None,
    }
    archive.ajouter("compte/compte.json", [orjson.dumps(donnees, option=orjson.OPT_INDENT_2)])
    accords = Tampon()
    accords.ecrire(
        "\ufeff" + ligne_csv(("à qui", "genre", "structure", "recueilli le", "par", "fin", "retiré le"))
    )
    for c in consentements.lister(dossier_id):
        accords.ecrire(
            ligne_csv((
                c.beneficiaire, c.genre, c.structure, c.recueilli_le.isoformat(), c.recueilli_par,
                c.expire_le.isoformat(), c.retire_le.isoformat() if c.retire_le else "",
            ))
        )  # fmt: skip
    archive.ajouter("compte/accords.csv", accords.lire())
    blocages = Tampon()
    blocages.ecrire("\ufeff" + ligne_csv(("qui", "genre", "identifiant", "bloqué le", "levé le")))
    for b in Blocage.objects.filter(dossier_id=dossier_id).order_by("pose_le"):
        leve = b.leve_le.isoformat() if b.leve_le else ""
        blocages.ecrire(ligne_csv((b.nom, b.genre, b.cle, b.pose_le.isoformat(), leve)))
    archive.ajouter("compte/blocages.csv", blocages.lire())
