"""Outgoing e-mail: short plain text, without name and without health data (IDN-37)."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from smtplib import SMTPException

from django.core.mail import EmailMessage

from espace_sante.kernel.errors import EspaceSanteError
from espace_sante.platform.journal import Evenement, consigner

_fond = ThreadPoolExecutor(max_workers=1, thread_name_prefix="courriel")


class CourrielNonEnvoye(EspaceSanteError):
    """The relay did not take the message. Code `courriel_non_envoye`."""


def envoyer(destinataire: str, sujet: str, texte: str) -> None:
    """Hand one message to the relay. Raises CourrielNonEnvoye; the address is never logged."""
    message = EmailMessage(sujet, texte, to=[destinataire], headers={"Auto-Submitted": "auto-generated"})
    try:
        message.send()
    except (OSError, SMTPException, ValueError) as erreur:
        consigner(Evenement.ERREUR, code="courriel_non_envoye", cause=type(erreur).__name__)
        raise CourrielNonEnvoye("courriel_non_envoye", "Le message n'a pas pu être envoyé.") from None


def envoyer_en_fond(destinataire: str, sujet: str, texte: str) -> Future[None]:
    """The same without waiting: the time of the answer must not tell whether somebody was written to (IDN-38)."""
    return _fond.submit(envoyer, destinataire, sujet, texte)


def abreger(adresse: str) -> str:
    """An address that its owner recognises and nobody else learns: « j***@e***.fr »."""
    nom, _, domaine = adresse.partition("@")
    corps, _, fin = domaine.rpartition(".")
    return f"{nom[:1]}***@{corps[:1]}***.{fin}"
