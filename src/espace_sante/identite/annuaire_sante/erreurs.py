"""What may go wrong with the national directory."""

from __future__ import annotations

from espace_sante.kernel.errors import EspaceSanteError


class AnnuaireErreur(EspaceSanteError):
    """Any failure of the directory; the copy answers meanwhile (ANN-05)."""


class AnnuaireInjoignable(AnnuaireErreur):
    """No answer after all tries. Code `annuaire_injoignable`."""


class AnnuaireIllisible(AnnuaireErreur):
    """An answer that cannot be used. Codes `annuaire_illisible`, `annuaire_adresse_suspecte`, `annuaire_en_boucle`."""


class AnnuaireRefus(AnnuaireErreur):
    """The directory says no. Codes `annuaire_cle_refusee`, `annuaire_refus`."""


class AnnuaireSuspect(AnnuaireErreur):
    """A whole pass that would put too many people out: nothing is stopped. Code `annuaire_suspect`."""


class SourceRefusee(AnnuaireErreur):
    """Another source than that of this database (ANN-14).

    Codes `annuaire_autre_source`, `annuaire_source_fictive`, `annuaire_source_reelle`, `annuaire_sans_cle`,
    `annuaire_occupe`.
    """


class DeclarationRefusee(AnnuaireErreur):
    """A mailbox cannot be declared (ANN-12).

    Codes `declaration_fermee`, `declaration_inconnu` (nobody of that number), `declaration_plusieurs`.
    """


def injoignable() -> AnnuaireInjoignable:
    return AnnuaireInjoignable("annuaire_injoignable", "L’Annuaire Santé ne répond pas pour le moment.")


def illisible() -> AnnuaireIllisible:
    return AnnuaireIllisible("annuaire_illisible", "La réponse de l’Annuaire Santé ne peut pas être lue.")
