"""What another copy of the product needs to take a record up whole, as lines of JSON by table (POR-04, ADR 0021).

Everybody else reads the same things in standard form beside it (FHIR, XDM, CSV): nothing is only here but internal
ids, labels of each version and the acts' own fields. The holder's archive stays his: what waits for its announcement
leaves no line, no date, no number (POR-08); secrets of this installation (codes, hashes made with its keys) neither.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final
from uuid import UUID

import orjson

from espace_sante.acces.exportation.archive import Archive
from espace_sante.acces.exportation.fhir import TITRE_DE_CLASSEUR
from espace_sante.acces.exportation.noms import REPRISE
from espace_sante.acces.exportation.pieces import Copie, pieces
from espace_sante.acces.exportation.tables import Table, lignes
from espace_sante.acces.exportation.tampon import Tampon
from espace_sante.acces.secret_mineur import secret_tenu
from espace_sante.platform.postgres.direct import lire
from espace_sante.traces.ecriture import PORTE_SECRETE

# What the holder may know: the only documents of the archive.
_VISIBLES: Final = (
    "(SELECT id FROM documents_document WHERE dossier_id = %(dossier)s AND statut <> 'entered-in-error'"
    " AND id <> ALL(%(caches)s::uuid[]))"
)
DOCUMENTS: Final = Table("documents_document", ("id",), f"id IN {_VISIBLES}")
# Submission sets with a document of theirs, folders with one they cite. A set that brought hidden documents alone is
# not there, whatever else it cites: its date would tell of them.
_DE_LA_COPIE: Final = (
    f"id IN (SELECT lot_id FROM documents_document WHERE id IN {_VISIBLES})"  # noqa: S608
    f" OR items && ARRAY{_VISIBLES} AND NOT EXISTS (SELECT 1 FROM documents_document d WHERE d.lot_id = t.id"
    " AND d.dossier_id = t.dossier_id AND d.id = ANY(%(caches)s::uuid[]))"
)
LOTS: Final = Table("documents_lot", ("id",), f"({_DE_LA_COPIE})")
VERSIONS: Final = Table(
    "documents_versiondocument", ("document_id", "version"), f"document_id IN {_VISIBLES}"
)
# In the order in which they can be written again.
AUTRES: Final = (
    Table("documents_dossierperso", ("id",)),
    Table("documents_classement", ("document_id",), f"document_id IN {_VISIBLES}"),
    Table("documents_epingle", ("document_id",), f"document_id IN {_VISIBLES}"),
    Table("acces_consentement", ("id",)),
    Table("acces_exclusion", ("id",)),
    Table("acces_blocage", ("id",)),
    Table("acces_referent", ("id",)),
    Table("acces_partage", ("id",), f"document_id IN {_VISIBLES}"),
    Table("acces_urgence", ("id",)),
    Table("acces_propositioncercle", ("id",)),
    Table("acces_choixetablissement", ("structure_id",)),
    Table("dossier_accordextraction", ()),
    Table("identite_ancienmatricule", ("oid", "matricule")),
    Table("notifications_preference", ("categorie",)),
    Table("notifications_venue", ("acteur_id",), "acteur_id <> ALL(%(tus)s::text[])"),
    Table("notifications_avis", ("id",), "NOT document_ids && %(caches)s::uuid[]"),
    # The caller's address is hashed with a key that stays here.
    Table(
        "traces_trace",
        ("id",),
        f"NOT document_ids && %(caches)s::uuid[] AND NOT (%(secret)s AND porte = '{PORTE_SECRETE}')",
        sans=("adresse_hachee",),
    ),
)
TABLES: Final = (LOTS, DOCUMENTS, VERSIONS, *AUTRES)
PERSONNE: Final = f"{REPRISE}/personne.json"
REGLAGES: Final = (
    "remboursements_masques", "urgence_samu", "urgence_bris_de_glace", "urgence_documents_masques",
    "urgence_alimentation", "masque_par_defaut", "directives_masquees", "antecedents_masques",
)  # fmt: skip
# A set and its folders came at the same instant; a folder that is not in the copy is not told by its set either.
_MELES: Final = f"""
SELECT t.id::text FROM documents_lot t WHERE t.dossier_id = %(dossier)s AND (
    t.items && %(caches)s::uuid[]
    OR EXISTS (SELECT 1 FROM documents_document d
        WHERE d.dossier_id = t.dossier_id AND d.lot_id = t.id AND d.id = ANY(%(caches)s::uuid[]))
    OR EXISTS (SELECT 1 FROM documents_lot c WHERE c.dossier_id = t.dossier_id AND c.depose_le = t.depose_le
        AND c.genre = 'folder' AND c.items && %(caches)s::uuid[] AND NOT c.items && ARRAY{_VISIBLES})
)
"""  # noqa: S608


def ecrire(archive: Archive, copie: Copie, fichiers: Mapping[UUID, str]) -> None:
    """Write the folder. `fichiers`: where each document is in the archive. In the record's scope."""
    dossier_id, caches = copie.dossier_id, copie.caches
    secret = secret_tenu(dossier_id)
    params = {
        "dossier": dossier_id,
        "caches": list(caches),
        "tus": _venus_en_secret(dossier_id, caches, secret),
        "secret": secret,
    }
    archive.ajouter(PERSONNE, [orjson.dumps(_personne(dossier_id), option=orjson.OPT_INDENT_2)])
    archive.ajouter(LOTS.fichier, _texte(lots(dossier_id, caches)))
    archive.ajouter(DOCUMENTS.fichier, _documents(params, caches, fichiers))
    archive.ajouter(VERSIONS.fichier, _versions(params, caches))
    for table in (*AUTRES, *(t for p in pieces() for t in p.tables)):
        archive.ajouter(table.fichier, _texte(lignes(table, params)))
    for suite in (s for p in pieces() for s in p.suites):
        archive.ajouter(suite.fichier, _texte(suite.ecrire(copie)))


def _texte(objets: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    tampon = Tampon()
    for objet in objets:
        tampon.ecrire(orjson.dumps(objet).decode() + "\n")
    return tampon.lire()


def _personne(dossier_id: UUID) -> dict[str, Any]:
    titulaire = lire("SELECT to_jsonb(t) FROM identite_titulaire t WHERE dossier_id = %s", [dossier_id])
    dossier = lire(
        "SELECT to_jsonb(t) - 'cle_scellee' - 'cle_maitre' FROM dossier_dossier t WHERE dossier_id = %s",
        [dossier_id],
    )
    return {"dossier_id": str(dossier_id), "titulaire": titulaire[0][0], "dossier": dossier[0][0]}


def lots(dossier_id: UUID, caches: tuple[UUID, ...]) -> Iterator[dict[str, Any]]:
    """Submission sets and folders, without a word on what waits for its announcement. In the record's scope."""
    params = {"dossier": dossier_id, "caches": list(caches)}
    meles = {ligne[0] for ligne in lire(_MELES, params)}
    tus = {str(c) for c in caches}
    for lot in lignes(LOTS, {"dossier": dossier_id, "caches": list(caches)}):
        if lot["id"] in meles:
            # Its own resource and title speak of all its documents.
            titre = TITRE_DE_CLASSEUR if lot["genre"] == "folder" else ""
            items = [i for i in lot["items"] if i not in tus]
            yield {**lot, "representation": None, "titre": titre, "items": items}
        else:
            yield lot


def _documents(
    params: Mapping[str, Any], caches: tuple[UUID, ...], fichiers: Mapping[UUID, str]
) -> Iterator[bytes]:
    secrets = {str(c) for c in caches}

    def montrer(d: dict[str, Any]) -> dict[str, Any]:
        if d["remplace_id"] in secrets:
            d = {**d, "remplace_id": None}
        if d["remplace_par_id"] in secrets:
            d = _jamais_remplace(params["dossier"], d)
        return {"fichier": fichiers[UUID(d["id"])], "ligne": d}

    return _texte(montrer(d) for d in lignes(DOCUMENTS, params))


def _versions(params: Mapping[str, Any], caches: tuple[UUID, ...]) -> Iterator[bytes]:
    tus = {
        ligne[0]
        for ligne in lire(
            "SELECT id::text FROM documents_document WHERE dossier_id = %s AND remplace_par_id = ANY(%s)",
            [params["dossier"], list(caches)],
        )
    }

    def montrer() -> Iterator[dict[str, Any]]:
        document, remplacements = "", 0
        for version in lignes(VERSIONS, params):
            if version["document_id"] not in tus:
                yield version
                continue
            if version["document_id"] != document:
                document, remplacements = version["document_id"], 0
            if version["statut"] == "superseded" and not remplacements:
                remplacements = 1
                continue
            yield {**version, "version": version["version"] - remplacements, "statut": "current"}

    return _texte(montrer())


def _jamais_remplace(dossier_id: UUID, d: dict[str, Any]) -> dict[str, Any]:
    """A document whose replacement waits for its announcement, as if nothing had come (DOC-46)."""
    (quand,) = lire(
        "SELECT to_jsonb(max(quand)) FROM documents_versiondocument WHERE dossier_id = %s AND document_id = %s"
        " AND version <> (SELECT min(version) FROM documents_versiondocument WHERE dossier_id = %s"
        " AND document_id = %s AND statut = 'superseded')",
        [dossier_id, UUID(d["id"]), dossier_id, UUID(d["id"])],
    )[0]
    # The door's own resource may be that of the version that is left out: it is made again.
    return {
        **d, "statut": "current", "remplace_par_id": None, "maj_le": quand or d["maj_le"], "version": d["version"] - 1,
        "representation_version": 1 if d["representation_version"] == 1 else 0,
    }  # fmt: skip


def _venus_en_secret(dossier_id: UUID, caches: tuple[UUID, ...], secret: bool) -> list[str]:
    """Who only ever came for what waits for its announcement, or under a child's secrecy (AUD-09, FHR-163)."""
    if not caches and not secret:
        return []
    lues = lire(
        "SELECT acteur_id FROM traces_trace WHERE dossier_id = %s GROUP BY acteur_id"
        " HAVING bool_and(document_ids && %s::uuid[] OR (%s AND porte = %s))",
        [dossier_id, list(caches), secret, PORTE_SECRETE],
    )
    return [ligne[0] for ligne in lues]
