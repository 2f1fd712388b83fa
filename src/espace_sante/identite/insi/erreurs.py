"""What can go wrong with INSi and with identities; no message or detail holds a trait or a matricule (INS-15)."""

from __future__ import annotations

import enum

from espace_sante.kernel.errors import EspaceSanteError


class Panne(enum.StrEnum):
    """Why INSi gave no usable answer: for the traces and the operator, never for the person."""

    NON_CONFIGURE = "non_configure"
    INJOIGNABLE = "injoignable"
    DELAI = "delai"
    STATUT_HTTP = "statut_http"
    FAUTE = "faute"
    REPONSE_INVALIDE = "reponse_invalide"
    CODE_INCONNU = "code_inconnu"


class InsiIndisponible(EspaceSanteError):
    """INSi did not answer, or not what can be used (INS-07, INS-10). Code `insi_indisponible`.

    `technique`: the same call may succeed later. `trace` is the code kept of it: siramCode and desirCode of a fault,
    else the kind of failure.
    """

    def __init__(self, panne: Panne, *, technique: bool, siram: str = "", desir: str = "") -> None:
        super().__init__(
            "insi_indisponible",
            "Le service national d’identité est indisponible. Réessayez plus tard.",
            panne=panne.value,
            siram=siram,
            desir=desir,
        )
        self.panne = panne
        self.technique = technique
        self.siram = siram
        self.desir = desir

    @property
    def trace(self) -> str:
        """A short code without data of anybody."""
        return "/".join(c for c in (self.siram, self.desir) if c) or self.panne.value


class DemandeRefusee(EspaceSanteError):
    """A request that must not leave. Codes `traits_insuffisants`, `demande_invalide`, `deja_demande` (INS-07, INS-14)."""


class IdentiteRefusee(EspaceSanteError):
    """A change of identity status that the rules forbid (INS-04, IDN-09, IDN-15).

    Codes `identite_douteuse`, `identite_fictive`, `homonyme_a_verifier`, `traits_incomplets`, `numero_provisoire`.
    """


class EcartsAApprouver(EspaceSanteError):
    """The traits of INSi differ from ours and nobody approved them yet (INS-11). Code `ecarts_a_approuver`."""


class InsDejaAttribue(EspaceSanteError):
    """This matricule is already that of another record (INS-16, INS-17). Code `ins_deja_attribue`."""
