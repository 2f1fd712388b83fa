"""Why a message is not written, or not read. No text holds a name, an address or a number (MSG-08)."""

from __future__ import annotations

from espace_sante.kernel.errors import EspaceSanteError


class MessageRefuse(EspaceSanteError):
    """A message that is not made. Codes `entete_invalide` (MSG-51), `adresse_invalide`, `aucun_document`,
    `message_trop_gros` (MSG-62); of a message to file, `archive_refusee`."""


class MessageIllisible(EspaceSanteError):
    """A message that is not read at all (MSG-132). Codes `message_trop_gros`, `message_dangereux` (detail `raison`)."""
