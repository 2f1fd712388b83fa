"""What a message that carries documents says, before it is written and once it is read. Pure values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from espace_sante.documents.xdm.modele import ArchiveXdm, EntreeXdm, PatientXdm, SoumissionXdm
from espace_sante.messagerie.erreurs import MessageRefuse

# What a mail server of the trusted space takes: no quoted part, no comment, no other alphabet.
_ADRESSE: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_ADRESSE_MAX: Final = 254


@dataclass(frozen=True, slots=True, repr=False)
class Correspondant:
    """A mailbox. Raises MessageRefuse `adresse_invalide`, `entete_invalide`."""

    adresse: str
    nom: str = ""

    def __post_init__(self) -> None:
        if len(self.adresse) > _ADRESSE_MAX or not _ADRESSE.fullmatch(self.adresse):
            raise MessageRefuse("adresse_invalide", "Cette adresse n’est pas une adresse de messagerie.")
        exiger_une_ligne(self.nom)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Envoi:
    """A message to write. `vers_citoyen`: to a holder's mailbox, else between professionals (XDM-14, XDM-15).

    `ins_qualifiee`: the INS of the patient is qualified, with matricule, OID and traits (XDM-12). `sans_reponse`: no
    answer is wanted. `nil`: the reference under which the product is listed (MSG-53). `brouillon`: a file that its sender
    opens in his own mail program, to complete and send; only then may `de` be None. `identifiant` and `domaine`: of the
    Message-ID.
    """

    de: Correspondant | None
    a: tuple[Correspondant, ...]
    patient: PatientXdm
    soumission: SoumissionXdm
    documents: tuple[tuple[EntreeXdm, bytes], ...]
    libelle: str
    texte: str
    quand: datetime
    nil: str
    identifiant: str
    domaine: str
    nom_affiche: str = ""
    prenom_affiche: str = ""
    vers_citoyen: bool = False
    ins_qualifiee: bool = False
    sans_reponse: bool = False
    accuse: bool = False
    brouillon: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class PieceJointe:
    """A file that came with a message, beside the archive. The name is the sender's: shown, never a path."""

    nom: str
    media: str
    contenu: bytes


@dataclass(frozen=True, slots=True, repr=False)
class Recu:
    """A message that was read. What its headers claim is kept apart from what its content shows (XDM-13).

    `sujet` is what readers see: without the prefix of document messages (XDM-10). `archive` is None when there is no
    archive, or when it is refused: `refus` then has its code. `ecarts`: headers that its content contradicts.
    """

    sujet: str
    de: str
    identifiant: str
    texte: str
    porte_documents: bool = False
    version: str = ""
    retour: str = ""
    accuse_a: str = ""
    automatique: bool = False
    est_accuse: bool = False
    sans_reponse: bool = False
    archive: ArchiveXdm | None = None
    refus: str = ""
    pieces: tuple[PieceJointe, ...] = ()
    annonces: Mapping[str, str] = field(default_factory=dict)
    ecarts: tuple[str, ...] = ()


def exiger_une_ligne(valeur: str) -> str:
    """A value fit for a header: one line, no control. Raises MessageRefuse `entete_invalide`, never strips (MSG-51)."""
    if any(c < " " or "\x7f" <= c <= "\x9f" or c in "\u2028\u2029" for c in valeur):
        raise MessageRefuse("entete_invalide", "Un champ du message contient un retour à la ligne.")
    return valeur
