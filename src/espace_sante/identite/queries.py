"""Reads of holders' identity. Row-level security: only on a connection scoped to the record."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from espace_sante.identite.models import Titulaire
from espace_sante.kernel.errors import EspaceSanteError
from espace_sante.kernel.ins import Ins
from espace_sante.kernel.traits import Sexe, Traits


class TitulaireInconnu(EspaceSanteError):
    """No holder in this scope."""


@dataclass(frozen=True, slots=True, repr=False)
class Identite:
    """A holder as pages show him: name, age, own colour (design: the header says whose space it is)."""

    dossier_id: UUID
    ins: Ins
    traits: Traits
    nom_affiche: str
    prenom_affiche: str
    courriel: str

    @property
    def nom_complet(self) -> str:
        return f"{self.prenom_affiche} {self.nom_affiche}".strip()

    @property
    def age(self) -> int | None:
        """Age in years today; None when the birth date is partial (rule IDN-11)."""
        try:
            ne = date.fromisoformat(self.traits.date_naissance)
        except ValueError:
            return None
        jour = date.today()  # noqa: DTZ011 - the civil date of the server's zone
        return jour.year - ne.year - ((jour.month, jour.day) < (ne.month, ne.day))

    @property
    def couleur(self) -> int:
        """One of eight colours, the same at every visit."""
        return zlib.crc32(self.dossier_id.bytes) % 8 + 1


def identite(dossier_id: UUID) -> Identite:
    """The holder of a record. Raises TitulaireInconnu outside its scope."""
    t = Titulaire.objects.filter(dossier_id=dossier_id).first()
    if t is None:
        raise TitulaireInconnu("titulaire_inconnu", "Ce dossier n'est pas disponible.")
    sexe: Sexe = "M" if t.sexe == "M" else "F" if t.sexe == "F" else "I"
    return Identite(
        dossier_id=t.dossier_id,
        ins=Ins(t.matricule, t.oid),
        traits=Traits(t.nom_naissance, t.prenoms, t.date_naissance, sexe, t.lieu_naissance),
        nom_affiche=t.nom_utilise or t.nom_naissance,
        prenom_affiche=t.prenom_utilise or t.prenoms.split(" ")[0],
        courriel=t.courriel,
    )


def qualifiee(dossier_id: UUID) -> bool:
    """Whether the holder's INS is qualified: given by INSi, and a trusted document was looked at (IDN-14, XDM-12)."""
    return Titulaire.objects.filter(dossier_id=dossier_id, statut_identite="QUALIFIEE").exists()
