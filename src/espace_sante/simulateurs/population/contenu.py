"""What a document says, before it becomes CDA narrative or a PDF page."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Paragraphe:
    """A paragraph; `fort` when it carries the point (a conclusion, a warning)."""

    texte: str
    fort: bool = False


@dataclass(frozen=True, slots=True)
class Liste:
    """A list of short items."""

    elements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tableau:
    """A table with a header row; `saillantes` are the rows to bring out (abnormal results)."""

    entetes: tuple[str, ...]
    lignes: tuple[tuple[str, ...], ...]
    legende: str = ""
    saillantes: frozenset[int] = frozenset()


Bloc = Paragraphe | Liste | Tableau


@dataclass(frozen=True, slots=True)
class Section:
    """A titled section; `code` is its LOINC code, empty when none fits."""

    titre: str
    blocs: tuple[Bloc, ...]
    code: str = ""
    libelle: str = ""


Corps = tuple[Section, ...]


def texte(titre: str, *paragraphes: str, code: str = "", libelle: str = "") -> Section:
    """A section made of paragraphs."""
    return Section(titre, tuple(Paragraphe(p) for p in paragraphes), code, libelle)


def conclusion(*paragraphes: str) -> Section:
    """The closing section, brought out."""
    return Section(
        "Conclusion",
        tuple(Paragraphe(p, fort=True) for p in paragraphes),
        "55110-1",
        "Conclusions",
    )
