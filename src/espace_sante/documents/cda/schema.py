"""Validation against the extended CDA schema (rule CDA-03)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Final, cast

from lxml import etree

from espace_sante.documents.cda.constats import Constat
from espace_sante.documents.cda.lire import GRAND, CdaLu, analyseur

ERREURS_MAX: Final = 20
FICHIER: Final = "CDA_extended.xsd"

_MORCEAU: Final = 64 * 1024
_ELEMENT: Final = re.compile(r"Element '(?:\{[^}]*\})?([^']+)'(?:, attribute '(?:\{[^}]*\})?([^']+)')?")
_ATTENDUS: Final = re.compile(r"Expected is (?:one of )?\( ([^()]*) \)\.?$")
_NOMS: Final = re.compile(r"\{[^}]*\}")
_TEXTES: Final = {
    "SCHEMAV_ELEMENT_CONTENT": "contenu ou ordre des éléments non conforme",
    "SCHEMAV_CVC_COMPLEX_TYPE_3_2_1": "attribut non admis",
    "SCHEMAV_CVC_COMPLEX_TYPE_4": "attribut obligatoire absent",
    "SCHEMAV_CVC_ELT_1": "élément inconnu du schéma",
}
_verrou: Final = Lock()


@dataclass(frozen=True, slots=True)
class SchemaAbsent:
    """The schema could not be used: the caller says so rather than pretend (CDA-03)."""

    raison: str


def valider(cda: CdaLu, dossier: Path | str | None) -> tuple[Constat, ...] | SchemaAbsent:
    """The first 20 schema errors, with their lines; empty when the document is valid.

    `dossier` is the folder of the schema, or `CDA_extended.xsd` itself (setting ES_CDA_XSD).
    Safe from several threads: the compiled schema is shared and read only, the interpreter is
    let go while it works, and the findings come from a parser and a log of each call.

    An ordinary document is validated in the tree that was read: nothing is parsed twice. libxml2
    looks for the place of each error of a tree among its siblings, so a large document made of
    wrong siblings would cost minutes: that one, and the findings of any document that is not
    valid, are read as a stream, which stops at the first error, then at the twentieth.
    """
    schema = _schema(dossier)
    if isinstance(schema, SchemaAbsent):
        return schema
    if cda.ordinaire and schema.validate(cda.racine):
        return ()
    contenu, decalage = _octets(cda)
    if not cda.ordinaire and _flux_valide(schema, contenu):
        return ()
    constats = tuple(_constats(schema, contenu, decalage))
    # An error only seen at the very end has no line; it refuses all the same.
    return constats or (_sans_place(),)


def _schema(dossier: Path | str | None) -> etree.XMLSchema | SchemaAbsent:
    if not dossier:
        return SchemaAbsent("Le schéma CDA n’est pas installé (réglage ES_CDA_XSD).")
    with _verrou:
        return _charger(dossier)


@lru_cache(maxsize=4)
def _charger(dossier: Path | str) -> etree.XMLSchema | SchemaAbsent:
    chemin = Path(dossier)
    fichier = chemin / FICHIER if chemin.is_dir() else chemin
    try:
        # The files of the schema name one another by relative paths: read from the disk only.
        return etree.XMLSchema(etree.parse(str(fichier), etree.XMLParser(no_network=True)))
    except (OSError, etree.XMLSchemaParseError, etree.XMLSyntaxError):
        return SchemaAbsent("Le schéma CDA est introuvable ou illisible (réglage ES_CDA_XSD).")


def _octets(cda: CdaLu) -> tuple[bytes, int]:
    """What to validate, and how many lines come before it."""
    if not cda.enveloppe:
        return cda.contenu, 0
    return etree.tostring(cda.racine, encoding="utf-8", with_tail=False), cast(int, cda.racine.sourceline) - 1


def _morceaux(contenu: bytes) -> Iterator[bytes]:
    for debut in range(0, len(contenu), _MORCEAU):
        yield contenu[debut : debut + _MORCEAU]


def _flux_valide(schema: etree.XMLSchema, contenu: bytes) -> bool:
    """In one go: fed by pieces, lxml does not tell of a content that is cut short."""
    try:
        etree.fromstring(contenu, analyseur(schema, grand=len(contenu) > GRAND))
    except etree.XMLSyntaxError:
        return False
    return True


def _constats(schema: etree.XMLSchema, contenu: bytes, decalage: int) -> Iterator[Constat]:
    """Read again line by line: a stream gives no line numbers of its own."""
    lecteur = analyseur(schema, grand=len(contenu) > GRAND)
    vus = 0
    for numero, ligne in enumerate(contenu.splitlines(keepends=True), start=1 + decalage):
        for morceau in _morceaux(ligne):
            with suppress(etree.XMLSyntaxError):
                lecteur.feed(morceau)
            journal = lecteur.feed_error_log
            for erreur in list(journal)[vus:ERREURS_MAX]:
                yield _constat(erreur, numero)
            vus = len(journal)
            if vus >= ERREURS_MAX:
                return


def _constat(erreur: etree._LogEntry, ligne: int) -> Constat:
    """A finding in French. Values are left out: they may be health data."""
    trouve = _ELEMENT.match(erreur.message)
    element, attribut = trouve.groups() if trouve else ("", None)
    texte = _TEXTES.get(erreur.type_name, "valeur non admise")
    attendus = _ATTENDUS.search(erreur.message)
    suite = f" ; attendu : {_NOMS.sub('', attendus[1])}" if attendus else ""
    return Constat(
        code="cda-schema",
        gravite="error",
        chemin=f"//{element}" + (f"/@{attribut}" if attribut else ""),
        texte=f"Ligne {ligne}, élément « {element} » : {texte}{suite}.",
        regle="CDA-03",
    )


def _sans_place() -> Constat:
    return Constat("cda-schema", "error", "/", "Le document n’est pas conforme au schéma CDA.", "CDA-03")
