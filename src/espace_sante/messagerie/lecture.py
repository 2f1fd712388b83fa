"""Reading a message that came: bounded, never trusted, its content above its headers (XDM-10, XDM-13, XDM-14, MSG-132)."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from email import message_from_bytes
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import getaddresses
from typing import Final

from espace_sante.documents.cda.lire import est_cda
from espace_sante.documents.xdm.ecriture import NOM_ARCHIVE
from espace_sante.documents.xdm.lecture import Reglages, lire_archive
from espace_sante.documents.xdm.modele import ArchiveXdm, XdmRefuse
from espace_sante.documents.xdm.regles import verifier_pour_citoyen
from espace_sante.messagerie import entetes, sujet
from espace_sante.messagerie.composition import TAILLE_MAX
from espace_sante.messagerie.erreurs import MessageIllisible
from espace_sante.messagerie.modele import PieceJointe, Recu
from espace_sante.platform.journal import Evenement, consigner

PARTIES_MAX: Final = 100
NIVEAUX_MAX: Final = 20
_ENTETE_MAX: Final = 998
_ENTETES_MAX: Final = 500
_TEXTE_MAX: Final = 200_000
_NOM_MAX: Final = 120
# Looked for before anything is parsed: the standard parser goes one call deeper for each of them.
_EMBOITE: Final = re.compile(rb"^content-type[ \t]*:\s*(?:multipart|message)/", re.IGNORECASE | re.MULTILINE)
_ZIP: Final = frozenset({"application/zip", "application/x-zip-compressed", "application/octet-stream"})
# What broken messages raise in the standard library, which promises nothing about them.
_CASSE: Final = (
    MessageError, LookupError, ValueError, TypeError, AttributeError, RecursionError, UnicodeError, AssertionError,
)  # fmt: skip


def lire_message(brut: bytes, reglages: Reglages, *, pour_citoyen: bool = False) -> Recu:
    """What the message says. Raises MessageIllisible; an archive that is refused leaves the rest usable (XDM-04).

    `pour_citoyen`: it comes to a holder's mailbox; an archive with what waits for its announcement is refused (XDM-14).
    """
    if len(brut) > TAILLE_MAX:
        raise MessageIllisible("message_trop_gros", "Ce message est trop gros.")
    _borner(brut)
    try:
        message = message_from_bytes(brut, policy=SMTP)
        parties = list(_feuilles(message, 0))
    except _CASSE:
        raise _dangereux("mime") from None
    fichiers, texte = _trier(parties)
    rang = next((i for i, f in enumerate(fichiers) if f.nom.lower() == NOM_ARCHIVE.lower()), None)
    archive, refus = (
        (None, "") if rang is None else _archive(fichiers.pop(rang).contenu, reglages, pour_citoyen)
    )
    lu = sujet.lire(_entete(message, "Subject"))
    annonces = {nom: v for nom in entetes.TOUS if (v := _entete(message, nom))}
    return Recu(
        sujet=lu.texte,
        version=lu.version,
        porte_documents=bool(lu.version) or rang is not None,
        de=_adresse(message, "From"),
        identifiant=_entete(message, "Message-ID").strip(),
        retour=_adresse(message, "Return-Path"),
        accuse_a=_adresse(message, "Disposition-Notification-To"),
        automatique=_entete(message, "Auto-Submitted").strip().lower() not in {"", "no"},
        est_accuse=_est_accuse(message),
        sans_reponse=annonces.get(entetes.MES, "").strip() == entetes.FIN,
        texte=texte,
        archive=archive,
        refus=refus,
        pieces=tuple(fichiers),
        annonces=annonces,
        ecarts=_ecarts(annonces, archive) if archive else (),
    )


def _borner(brut: bytes) -> None:
    if b"\x00" in brut:
        raise _dangereux("octet_nul")
    if sum(1 for _ in _EMBOITE.finditer(brut)) > PARTIES_MAX:
        raise _dangereux("parties")
    fin = re.search(rb"\r?\n\r?\n", brut)
    tete = brut[: fin.start()] if fin else brut
    lignes = tete.split(b"\n")
    if len(lignes) > _ENTETES_MAX or any(len(ligne.rstrip(b"\r")) > _ENTETE_MAX for ligne in lignes):
        raise _dangereux("entete")


def _feuilles(message: EmailMessage, niveau: int) -> Iterator[EmailMessage]:
    """Parts that hold something. A message inside is one of them: its own files are not ours."""
    pile, vues = [(message, niveau)], 0
    while pile:
        partie, profondeur = pile.pop()
        vues += 1
        if vues > PARTIES_MAX or profondeur > NIVEAUX_MAX:
            raise _dangereux("parties")
        if partie.get_content_maintype() == "multipart" and partie.is_multipart():
            pile += [(p, profondeur + 1) for p in reversed(list(partie.iter_parts()))]
        else:
            yield partie


def _trier(parties: list[EmailMessage]) -> tuple[list[PieceJointe], str]:
    fichiers, texte = [], ""
    for partie in parties:
        media = _sur(partie.get_content_type)
        nom = _nom(partie)
        if media == "text/plain" and not nom and not texte:
            texte = _texte(partie)
        elif not media.startswith("message/"):
            contenu = _octets(partie)
            if contenu and (nom or not media.startswith("text/")):
                fichiers.append(PieceJointe(nom, media, contenu))
    return fichiers, texte


def _archive(contenu: bytes, reglages: Reglages, pour_citoyen: bool) -> tuple[ArchiveXdm | None, str]:
    try:
        archive = lire_archive(io.BytesIO(contenu), reglages)
        if pour_citoyen:
            verifier_pour_citoyen(d.entree.metadonnees for d in archive.documents)
    except XdmRefuse as refus:
        return None, refus.code
    return archive, ""


def _ecarts(annonces: dict[str, str], archive: ArchiveXdm) -> tuple[str, ...]:
    codes = [d.entree.metadonnees.type.code for d in archive.documents if d.contenu and est_cda(d.contenu)]
    trouves = entetes.ecarts(annonces, codes, ins_lu=archive.patient.traits is not None)
    if trouves:
        consigner(Evenement.ERREUR, code="entete_de_message_dementi", nombre=len(trouves))
    return trouves


def _est_accuse(message: EmailMessage) -> bool:
    return (
        _sur(message.get_content_type) in {"multipart/report", "message/disposition-notification"}
        or _sur(lambda: str(message.get_param("report-type", ""))) == "disposition-notification"
    )


def _entete(message: EmailMessage, nom: str) -> str:
    """A header on one line; empty when it is absent, there twice, or cannot be read."""
    try:
        valeurs = message.get_all(nom, [])
        if len(valeurs) != 1:
            return ""
        return "".join(c if c.isprintable() else " " for c in str(valeurs[0]))[:_ENTETE_MAX]
    except _CASSE:
        return ""


def _adresse(message: EmailMessage, nom: str) -> str:
    """The one address of a header, folded; empty when there is none, or more than one."""
    try:
        adresses = [a for _, a in getaddresses([_entete(message, nom)]) if a]
    except _CASSE:
        return ""
    return adresses[0].strip().lower() if len(adresses) == 1 and "@" in adresses[0] else ""


def _nom(partie: EmailMessage) -> str:
    """The name that the sender gave, without any folder or sign that a page could take for something else."""
    brut = _sur(lambda: partie.get_filename() or "").replace("\\", "/").rpartition("/")[2]
    return "".join(c for c in brut if c.isprintable() and c not in '<>:"|?*')[:_NOM_MAX].strip(" .")


def _octets(partie: EmailMessage) -> bytes:
    try:
        contenu = partie.get_payload(decode=True)
    except _CASSE:
        return b""
    return contenu if isinstance(contenu, bytes) else b""


def _texte(partie: EmailMessage) -> str:
    octets = _octets(partie)[: 4 * _TEXTE_MAX]
    jeu = _sur(lambda: partie.get_content_charset("utf-8"))
    for codage in (jeu, "utf-8", "cp1252"):
        try:
            return octets.decode(codage)[:_TEXTE_MAX]
        except (LookupError, UnicodeDecodeError, ValueError):
            continue
    return octets.decode("cp1252", errors="replace")[:_TEXTE_MAX]


def _sur(lecture: object) -> str:
    try:
        return str(lecture()) if callable(lecture) else ""
    except _CASSE:
        return ""


def _dangereux(raison: str) -> MessageIllisible:
    return MessageIllisible(
        "message_dangereux", "Ce message n’a pas une forme sûre : il n’est pas lu.", raison=raison
    )
