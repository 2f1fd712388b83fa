"""Identity statuses and what changes them (INS-04, IDN-13, IDN-15). Pure.

            INSi found the person
  PROVISOIRE ──────────────────> RECUPEREE
      │ trusted document             │ trusted document
      v                              v
  VALIDEE ───────────────────────> QUALIFIEE
            INSi found the person

A doubt, or an invented person, brings back to PROVISOIRE whatever was known.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field, replace

from espace_sante.identite.insi.erreurs import IdentiteRefusee
from espace_sante.kernel.traits import Traits


class StatutIdentite(enum.StrEnum):
    """How sure we are of who somebody is."""

    PROVISOIRE = "PROVISOIRE"
    RECUPEREE = "RECUPEREE"
    VALIDEE = "VALIDEE"
    QUALIFIEE = "QUALIFIEE"


class Attribut(enum.StrEnum):
    """What is said of an identity besides its status."""

    HOMONYME = "homonyme"
    DOUTEUX = "douteux"
    FICTIF = "fictif"


class PieceIdentite(enum.StrEnum):
    """Documents that prove an identity with high confidence."""

    CARTE_IDENTITE = "carte_identite"
    PASSEPORT = "passeport"
    TITRE_SEJOUR = "titre_sejour"
    LIVRET_FAMILLE = "livret_famille"
    IDENTITE_NUMERIQUE = "identite_numerique"


# FR Core, HL7 table 0445. A qualified identity is a validated one that has an INS.
_FHIR = {
    StatutIdentite.PROVISOIRE: "PROV",
    StatutIdentite.RECUPEREE: "RECD",
    StatutIdentite.VALIDEE: "VALI",
    StatutIdentite.QUALIFIEE: "VALI",
}
_FHIR_ATTRIBUTS = {Attribut.HOMONYME: "HOMD", Attribut.DOUTEUX: "DOUT", Attribut.FICTIF: "FICT"}
_APRES_INSI = {
    StatutIdentite.PROVISOIRE: StatutIdentite.RECUPEREE,
    StatutIdentite.VALIDEE: StatutIdentite.QUALIFIEE,
}
_APRES_PIECE = {
    StatutIdentite.PROVISOIRE: StatutIdentite.VALIDEE,
    StatutIdentite.RECUPEREE: StatutIdentite.QUALIFIEE,
}


@dataclass(frozen=True, slots=True)
class EtatIdentite:
    """A status and its attributes."""

    statut: StatutIdentite
    attributs: frozenset[Attribut] = field(default_factory=frozenset)

    @property
    def qualifiee(self) -> bool:
        return self.statut is StatutIdentite.QUALIFIEE

    @property
    def codes_fhir(self) -> tuple[str, ...]:
        """The status, then the attributes, in the codes of FR Core."""
        return (_FHIR[self.statut], *(_FHIR_ATTRIBUTS[a] for a in Attribut if a in self.attributs))


def recuperer(etat: EtatIdentite, traits: Traits, *, cinq_traits_verifies: bool = False) -> EtatIdentite:
    """INSi found this one person, and her traits are kept. Raises IdentiteRefusee."""
    return _vers(etat, _APRES_INSI.get(etat.statut, etat.statut), traits, cinq_traits_verifies)


def valider(etat: EtatIdentite, traits: Traits, *, cinq_traits_verifies: bool = False) -> EtatIdentite:
    """A trusted document was looked at, and says the same. Raises IdentiteRefusee."""
    return _vers(etat, _APRES_PIECE.get(etat.statut, etat.statut), traits, cinq_traits_verifies)


def marquer(etat: EtatIdentite, attribut: Attribut) -> EtatIdentite:
    """Add an attribute. A doubt or an invention takes the status away; a namesake does not."""
    attributs = etat.attributs | {attribut}
    if attribut is Attribut.HOMONYME:
        return replace(etat, attributs=attributs)
    return EtatIdentite(StatutIdentite.PROVISOIRE, attributs)


def lever(etat: EtatIdentite, attribut: Attribut) -> EtatIdentite:
    """Take an attribute off. What it took away has to be earned again."""
    return replace(etat, attributs=etat.attributs - {attribut})


def _vers(
    etat: EtatIdentite, statut: StatutIdentite, traits: Traits, cinq_traits_verifies: bool
) -> EtatIdentite:
    for attribut, code in ((Attribut.DOUTEUX, "identite_douteuse"), (Attribut.FICTIF, "identite_fictive")):
        if attribut in etat.attributs:
            raise IdentiteRefusee(
                code, "Une identité douteuse ou fictive ne peut être ni récupérée, ni validée, ni qualifiée."
            )
    if statut is StatutIdentite.QUALIFIEE:
        _exiger_cinq_traits(traits)
        if Attribut.HOMONYME in etat.attributs and not cinq_traits_verifies:
            raise IdentiteRefusee(
                "homonyme_a_verifier", "Un homonyme est connu : vérifiez les cinq traits avant de qualifier."
            )
    return replace(etat, statut=statut)


def _exiger_cinq_traits(t: Traits) -> None:
    if not (t.nom_naissance and t.prenoms and t.date_naissance and t.sexe and t.lieu_naissance):
        raise IdentiteRefusee("traits_incomplets", "Il faut les cinq traits pour qualifier une identité.")
