"""Who may be sent which document, before an archive leaves or when one comes (XDM-14, XDM-15). Pure."""

from __future__ import annotations

from collections.abc import Iterable

from espace_sante.documents.metadonnees import Metadonnees
from espace_sante.documents.xdm.modele import XdmRefuse


def verifier_pour_citoyen(documents: Iterable[Metadonnees]) -> None:
    """Nothing kept for an announcement goes to the mailbox of a citizen, by us or to us (XDM-14). Raises XdmRefuse."""
    if any(m.invisible_patient for m in documents):
        raise XdmRefuse(
            "xdm-invisible-patient",
            "Un document de l’archive doit d’abord être annoncé par un professionnel : l’archive est refusée.",
        )


def entre_professionnels(documents: Iterable[Metadonnees]) -> tuple[Metadonnees, ...]:
    """Those that may be sent from one professional to another: not what the holder hid (XDM-15)."""
    return tuple(m for m in documents if not m.masque_ps)
