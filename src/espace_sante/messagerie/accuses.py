"""The answer to a message that carries documents: an MDN that says whether they could be taken in (XDM-17). Pure.

RFC 8098, in the form that the ANS gives it for errors of integration: `processed/Error: <code>^<text>`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage, Message
from email.mime.base import MIMEBase
from email.policy import SMTP
from enum import Enum
from typing import Final

from espace_sante.documents.cda.constats import Constat
from espace_sante.messagerie import sujet
from espace_sante.messagerie.modele import Correspondant, Recu, exiger_une_ligne

_MODE: Final = "automatic-action/MDN-sent-automatically"


class Erreur(Enum):
    """Errors of integration: code and text. The text holds nothing of the message."""

    VERSION = ("900", "Version non prise en charge")
    AUTEUR = ("901", "Auteur du document non reconnu")
    PATIENT_INCONNU = ("902", "Identifiant de patient inconnu")
    INS_ABSENT = ("903", "INS absent du document")
    INS_DIFFERENT = ("904", "INS du document different de celui du destinataire")
    INS_INCOMPLET = ("905", "INS incomplet : traits d'identite manquants")
    AUTRE = ("906", "Document non integrable")

    @property
    def code(self) -> str:
        return str(self.value[0])

    @property
    def texte(self) -> str:
        return str(self.value[1])


# Findings of a document, most telling first; any other that refuses is 906.
_DES_CONSTATS: Final = (
    ("ins-absent", Erreur.INS_ABSENT),
    ("ins-format", Erreur.INS_ABSENT),
    ("ins-oid", Erreur.INS_ABSENT),
    ("ins-different", Erreur.INS_DIFFERENT),
    ("traits-differents", Erreur.INS_DIFFERENT),
    ("ins-incomplet", Erreur.INS_INCOMPLET),
)


@dataclass(frozen=True, slots=True)
class Issue:
    """What became of a message. `erreur` None: taken in."""

    erreur: Erreur | None = None


def issue(recu: Recu, *, patient_connu: bool = True) -> Issue | None:
    """What to answer to a message that was read; None when it carries no document.

    `patient_connu`: the person of the archive has a mailbox or a record here.
    """
    if not recu.porte_documents:
        return None
    if recu.version not in {"", sujet.VERSION}:
        return Issue(Erreur.VERSION)
    archive = recu.archive
    if archive is None:
        return Issue(Erreur.AUTRE)
    if archive.retenue:
        return Issue(Erreur.INS_DIFFERENT)
    if not patient_connu:
        return Issue(Erreur.PATIENT_INCONNU)
    constats = [c for d in archive.documents if d.refuse for c in d.constats if c.gravite == "error"]
    if not constats and not archive.ecartes and archive.documents:
        return Issue()
    return Issue(_du_constat(constats))


def _du_constat(constats: list[Constat]) -> Erreur:
    codes = {c.code for c in constats}
    for code, erreur in _DES_CONSTATS:
        if code in codes:
            return erreur
    return Erreur.AUTEUR if any(c.regle == "CDA-21" for c in constats) else Erreur.AUTRE


def repond(recu: Recu, retour: str) -> bool:
    """Whether a message may be answered by a machine (XDM-17, MSG-89). `retour`: the sender of the envelope.

    Never an MDN, an automatic message, one that asks for no answer, or asks for it elsewhere than its return path.
    """
    if recu.est_accuse or recu.automatique or not retour:
        return False
    return bool(recu.accuse_a) and recu.accuse_a == retour.strip().strip("<>").lower()


def accuser(
    recu: Recu,
    issue_: Issue,
    *,
    de: Correspondant,
    retour: str,
    original: bytes,
    identifiant: str,
    quand: datetime,
) -> bytes | None:
    """The MDN to send to `retour`; None when the message may not be answered. `original`: the message itself.

    Raises MessageRefuse `entete_invalide`, `adresse_invalide`.
    """
    if not repond(recu, retour):
        return None
    vers = Correspondant(recu.accuse_a)
    message = EmailMessage(policy=SMTP)
    message["From"] = de.adresse
    message["To"] = vers.adresse
    message["Subject"] = exiger_une_ligne(_sujet(recu, issue_))
    message["Date"] = quand
    message["Message-ID"] = f"<{exiger_une_ligne(identifiant)}@{de.adresse.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-replied"
    message["MIME-Version"] = "1.0"
    message.add_header("Content-Type", "multipart/report", report_type="disposition-notification")
    message.set_param("report-type", "disposition-notification")
    message.attach(_pour_les_gens(issue_))
    message.attach(_brut("message", "disposition-notification", _champs(recu, issue_, de)))  # type: ignore[arg-type]
    message.attach(_brut("message", "rfc822", original.decode("ascii", "surrogateescape")))  # type: ignore[arg-type]
    return message.as_bytes()


def _sujet(recu: Recu, issue_: Issue) -> str:
    rendu = (sujet.PREFIXE if recu.version else "") + recu.sujet
    if issue_.erreur is None:
        return rendu
    return f"[KO Intégration système !][{issue_.erreur.code}] {rendu}"


def _pour_les_gens(issue_: Issue) -> EmailMessage:
    partie = EmailMessage(policy=SMTP)
    e = issue_.erreur
    partie.set_content(
        "Les documents de ce message ont été reçus.\n"
        if e is None
        else "Les documents de ce message n’ont pas pu être intégrés.\n"
        f"Le système a retourné l’erreur {e.code} : {e.texte}.\n"
    )
    return partie


def _champs(recu: Recu, issue_: Issue, de: Correspondant) -> str:
    e = issue_.erreur
    disposition = f"{_MODE}; processed" + (f"/Error: {e.code}^{e.texte}" if e else "")
    champs = [
        "Reporting-UA: espace-sante-ouvert",
        f"Final-Recipient: rfc822;{de.adresse}",
        *([f"Original-Message-ID: {_ascii(recu.identifiant)}"] if recu.identifiant else []),
        f"Disposition: {disposition}",
    ]
    return "\r\n".join(champs) + "\r\n"


def _brut(genre: str, sorte: str, texte: str) -> Message:
    """A part whose content is already in its final form."""
    partie = MIMEBase(genre, sorte, policy=SMTP)
    partie.set_payload(texte)
    return partie


def _ascii(texte: str) -> str:
    return "".join(c for c in texte if " " < c < "\x7f")
