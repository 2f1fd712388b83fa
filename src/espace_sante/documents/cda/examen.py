"""One call for the doors: everything part B of the rulebook asks of one received CDA."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from espace_sante.documents.cda.constats import Constat, attenuer, refuse
from espace_sante.documents.cda.controles import controler_entete
from espace_sante.documents.cda.entete import lire_entete
from espace_sante.documents.cda.formats import MIME_SUFFIT
from espace_sante.documents.cda.lire import CdaLu, est_sans_entete, lire
from espace_sante.documents.cda.modele import EnteteCda
from espace_sante.documents.cda.n1 import controler_n1
from espace_sante.documents.cda.schema import SchemaAbsent, valider


@dataclass(frozen=True, slots=True)
class Examen:
    """What was read and found. `opaque`: an empty document taken without reading (CDA-08).

    `schema_absent` says why the schema was not used; empty when it was.
    """

    cda: CdaLu
    entete: EnteteCda
    constats: tuple[Constat, ...]
    opaque: bool = False
    schema_absent: str = ""

    @property
    def refuse(self) -> bool:
        """Whether one finding at least refuses the document."""
        return refuse(self.constats)


def examiner(
    contenu: bytes,
    *,
    production: bool,
    schema: Path | str | None,
    format_envoye: str = "",
    maintenant: datetime | None = None,
) -> Examen:
    """Read a CDA and check it (CDA-02 to CDA-28).

    `format_envoye` is the format code sent beside the document; empty when none was (ITI-105).
    With « mimeTypeSufficient » the findings of B.1 and B.2 only warn; without format, an empty
    ClinicalDocument is taken as opaque outside production (CDA-08). Raises CdaInvalide (CDA-02).
    """
    cda = lire(contenu)
    resultat = valider(cda, schema)
    entete = lire_entete(cda)
    if not format_envoye and est_sans_entete(cda.racine):
        return Examen(cda, entete, (_sans_entete(production),), opaque=not production)
    absent = resultat.raison if isinstance(resultat, SchemaAbsent) else ""
    constats: tuple[Constat, ...] = (
        *(() if isinstance(resultat, SchemaAbsent) else resultat),
        *controler_entete(entete, production=production, maintenant=maintenant or datetime.now(UTC)),
        *controler_n1(cda.racine),
    )
    if format_envoye == MIME_SUFFIT.code:
        constats = attenuer(constats)
    return Examen(cda, entete, constats, schema_absent=absent)


def _sans_entete(production: bool) -> Constat:
    texte = "Le document CDA n’a ni identifiant ni personne concernée"
    if production:
        return Constat("cda-sans-entete", "error", "/ClinicalDocument", f"{texte}.", "CDA-08")
    return Constat(
        "cda-sans-entete", "warning", "/ClinicalDocument", f"{texte} : il est gardé sans être lu.", "CDA-08"
    )
