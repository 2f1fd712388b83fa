"""What another copy of the product needs to take a record up whole, as lines of JSON by table (POR-04, ADR 0021).

Everybody else reads the same things in standard form beside it (FHIR, XDM, CSV): nothing is only here but internal
ids, labels of each version and the acts' own fields. The holder's archive stays his: what waits for its announcement
leaves no line, no date, no number (POR-08); secrets of this installation (codes, hashes made with its keys) neither.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import orjson
from django.apps import apps

from espace_sante.acces.exportation.archive import Archive
from espace_sante.acces.exportation.noms import REPRISE
from espace_sante.acces.exportation.tampon import Tampon
from espace_sante.platform.postgres.direct import lire

_PAGE: Final = 500
# What the holder may know: the only documents of the archive.
_VISIBLES: Final = (
    "(SELECT id FROM documents_document WHERE dossier_id = %(dossier)s AND statut <> 'entered-in-error'"
    " AND NOT invisible_patient)"
)


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the record: its key after `dossier_id`, which rows leave, which columns stay here."""

    nom: str
    cle: tuple[str, ...]
    condition: str = "true"
    sans: tuple[str, ...] = ()

    @property
    def fichier(self) -> str:
        return f"{REPRISE}/{self.nom}.jsonl"


DOCUMENTS: Final = Table("documents_document", ("id",), f"id IN {_VISIBLES}")
LOTS: Final = Table(
    "documents_lot",
    ("id",),
    f"id IN (SELECT lot_id FROM documents_document WHERE id IN {_VISIBLES})",  # noqa: S608
)
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
    Table("dossier_accordextraction", ()),
    Table("identite_ancienmatricule", ("oid", "matricule")),
    Table("notifications_preference", ("categorie",)),
    Table("notifications_venue", ("acteur_id",), "acteur_id <> ALL(%(tus)s::text[])"),
    Table("notifications_avis", ("id",), "NOT document_ids && %(caches)s::uuid[]"),
    # The caller's address is hashed with a key that stays here.
    Table("traces_trace", ("id",), "NOT document_ids && %(caches)s::uuid[]", sans=("adresse_hachee",)),
)
TABLES: Final = (LOTS, DOCUMENTS, VERSIONS, *AUTRES)
PERSONNE: Final = f"{REPRISE}/personne.json"
REGLAGES: Final = (
    "remboursements_masques", "urgence_samu", "urgence_bris_de_glace", "urgence_documents_masques",
    "urgence_alimentation", "masque_par_defaut", "directives_masquees", "antecedents_masques",
)  # fmt: skip


def ecrire(
    archive: Archive, dossier_id: UUID, caches: tuple[UUID, ...], fichiers: Mapping[UUID, str]
) -> None:
    """Write the folder. `fichiers`: where each document is in the archive. In the record's scope."""
    params = {"dossier": dossier_id, "caches": list(caches), "tus": _venus_en_secret(dossier_id, caches)}
    archive.ajouter(PERSONNE, [orjson.dumps(_personne(dossier_id), option=orjson.OPT_INDENT_2)])
    archive.ajouter(LOTS.fichier, _lots(params))
    archive.ajouter(DOCUMENTS.fichier, _documents(params, caches, fichiers))
    archive.ajouter(VERSIONS.fichier, _versions(params, caches))
    for table in AUTRES:
        archive.ajouter(table.fichier, _texte(lignes(table, params)))


def lignes(table: Table, params: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Rows as objects, in the order of the key, a page in memory at a time."""
    cle = ", ".join(table.cle)
    colonnes = f", {cle}" if cle else ""
    ordre = f" ORDER BY {cle} LIMIT {_PAGE}" if cle else ""
    connues = colonnes_de(table)
    suite: Sequence[Any] = ()
    while True:
        places = ", ".join(f"%(suite{n})s" for n in range(len(suite)))
        apres = f" AND ({cle}) > ({places})" if suite else ""
        page = lire(
            f"SELECT to_jsonb(t) - %(sans)s::text[]{colonnes} FROM {table.nom} t"  # noqa: S608
            f" WHERE dossier_id = %(dossier)s AND {table.condition}{apres}{ordre}",
            {
                "sans": ["dossier_id", *table.sans],
                **_utiles(table, params),
                **{f"suite{n}": valeur for n, valeur in enumerate(suite)},
            },
        )
        for objet, *_ in page:
            yield {c: valeur for c, valeur in objet.items() if c in connues}
        if not cle or len(page) < _PAGE:
            return
        suite = page[-1][1:]


def colonnes_de(table: Table) -> frozenset[str]:
    """Columns that mean something elsewhere: not those that only this database fills for itself."""
    modele = next(m for m in apps.get_models() if m._meta.db_table == table.nom)
    return frozenset(f.column for f in modele._meta.concrete_fields if f.column)


def _utiles(table: Table, params: Mapping[str, Any]) -> dict[str, Any]:
    return {nom: v for nom, v in params.items() if nom == "dossier" or f"%({nom})s" in table.condition}


def _texte(objets: Iterator[dict[str, Any]]) -> Iterator[bytes]:
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


def _lots(params: Mapping[str, Any]) -> Iterator[bytes]:
    meles = {
        ligne[0]
        for ligne in lire(
            "SELECT DISTINCT lot_id::text FROM documents_document"  # noqa: S608
            f" WHERE dossier_id = %(dossier)s AND id NOT IN {_VISIBLES}",
            {"dossier": params["dossier"]},
        )
    }

    def montrer(lot: dict[str, Any]) -> dict[str, Any]:
        # Its own resource and title speak of all its documents.
        return {**lot, "representation": None, "titre": ""} if lot["id"] in meles else lot

    return _texte(montrer(lot) for lot in lignes(LOTS, params))


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


def _venus_en_secret(dossier_id: UUID, caches: tuple[UUID, ...]) -> list[str]:
    """Who only ever came for what waits for its announcement (AUD-09)."""
    if not caches:
        return []
    lues = lire(
        "SELECT acteur_id FROM traces_trace WHERE dossier_id = %s GROUP BY acteur_id"
        " HAVING bool_and(document_ids && %s::uuid[])",
        [dossier_id, list(caches)],
    )
    return [ligne[0] for ligne in lues]
