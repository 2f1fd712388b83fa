"""Answers that carry a document: a view without script in a frame, or the exact bytes to keep.

Whoever opened the record calls these with what the gate gave; nothing is decided here on who may read.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import slugify

from espace_sante.documents.cda import lire as cda
from espace_sante.documents.cda.rendu import Affichage
from espace_sante.documents.queries import DocumentVu
from espace_sante.messagerie.lisible import pdf_lisible
from espace_sante.web.lecture import corps, pages, pdf, photo
from espace_sante.web.lecture.maniere import Lecture, Maniere, decider

# No script, no form, no outside fetch; links open apart (rule CDA-36).
CSP_CADRE = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; img-src data:; style-src 'self';"
    " frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
)
# The browser's own PDF viewer does not start under `sandbox`; the file has no active content left (CDA-37).
CSP_FICHIER = (
    "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; img-src 'self' data:;"
    " frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
)
_EXTENSIONS = {
    "application/pdf": "pdf", "text/xml": "xml", "application/xml": "xml", "application/xslt+xml": "xml",
    "image/jpeg": "jpg", "image/png": "png", "image/tiff": "tif", "text/plain": "txt", "text/rtf": "rtf",
    "application/rtf": "rtf",
}  # fmt: skip


def nom_fichier(vu: DocumentVu, mime: str = "") -> str:
    """A file name without identity: heading and date, never the title (REG-12, FHR-118)."""
    return f"{slugify(vu.rubrique.libelle)}-{vu.creation:%Y-%m-%d}.{_EXTENSIONS.get(mime or vu.mime, 'bin')}"


def original(vu: DocumentVu, contenu: bytes) -> HttpResponse:
    """The exact bytes received, to keep (rules DOC-60, CDA-37)."""
    return _fichier(
        contenu, "application/octet-stream" if _est_actif(vu.mime) else vu.mime, nom_fichier(vu), "attachment"
    )


def corps_a_part(vu: DocumentVu, contenu: bytes) -> HttpResponse | None:
    """The file wrapped in a CDA N1, to keep; None when there is none."""
    try:
        extrait = corps.extraire(contenu)
    except cda.CdaInvalide:
        return None
    if extrait is None:
        return None
    mime = "application/octet-stream" if _est_actif(extrait.mime) else extrait.mime
    return _fichier(extrait.contenu, mime, nom_fichier(vu, extrait.mime), "attachment")


def copie_pdf(vu: DocumentVu, contenu: bytes) -> HttpResponse | None:
    """A CDA as pages to read and keep, PDF/A-1, whatever is inside; None for what is no CDA (CDA-41)."""
    copie = pdf_lisible(contenu, quand=datetime.now(UTC).date())
    mime = "application/pdf"
    return _fichier(copie, mime, nom_fichier(vu, mime), "attachment") if copie else None


def apercu(
    request: HttpRequest, vu: DocumentVu, contenu: bytes, *, affichage: Affichage | None = None
) -> HttpResponse | None:
    """What the frame of a document's page shows; None when it can only be downloaded.

    `affichage` is the state to write at the head of a CDA (CDA-38); by default replaced and archived,
    the mask being told to the holder only (DOC-43).
    """
    lecture = decider(vu.mime, contenu)
    if lecture.maniere is Maniere.TELECHARGEMENT:
        return None
    mime, octets = _dedans(vu, contenu, lecture)
    if lecture.maniere is Maniere.PDF:
        tirage = pages.tirer(octets)
        if tirage is None:
            return _fichier(pdf.desarmer(octets), mime, nom_fichier(vu, mime), "inline")
        return _cadre(request, {"titre": vu.titre, "tirage": tirage})
    if lecture.maniere is Maniere.IMAGE:
        mime, octets = photo.copie(mime, octets)
        return _fichier(octets, mime, nom_fichier(vu, mime), "inline")
    contexte: dict[str, object] = {"titre": vu.titre}
    if lecture.cda and not lecture.corps_mime:
        etat = affichage or Affichage(remplace=vu.statut == "superseded", archive=vu.archive)
        contexte["html"] = corps.html(contenu, replace(etat, niveau_titre=1))
    else:
        contexte["texte"] = _texte(octets)
    return _cadre(request, contexte)


def apercu_de_fichier(request: HttpRequest, titre: str, mime: str, contenu: bytes) -> HttpResponse | None:
    """What the frame of a page shows of a file that is not deposited yet; None when it cannot be shown."""
    maniere = decider(mime, contenu).maniere
    nom = f"a-deposer.{_EXTENSIONS.get(mime, 'bin')}"
    if maniere is Maniere.PDF:
        tirage = pages.tirer(contenu)
        if tirage is None:
            return _fichier(pdf.desarmer(contenu), mime, nom, "inline")
        return _cadre(request, {"titre": titre, "tirage": tirage})
    if maniere is Maniere.IMAGE:
        mime, montree = photo.copie(mime, contenu)
        return _fichier(montree, mime, nom, "inline")
    if maniere is Maniere.CADRE:
        return _cadre(request, {"titre": titre, "texte": _texte(contenu)})
    return None


def pdf_entier(vu: DocumentVu, contenu: bytes) -> HttpResponse | None:
    """The PDF itself in the browser's own viewer, active content taken out; None when there is none."""
    lecture = decider(vu.mime, contenu)
    if lecture.maniere is not Maniere.PDF:
        return None
    mime, octets = _dedans(vu, contenu, lecture)
    return _fichier(pdf.desarmer(octets), mime, nom_fichier(vu, mime), "inline")


def _cadre(request: HttpRequest, contexte: dict[str, object]) -> HttpResponse:
    return proteger(render(request, "espace/lecture/cadre.html", contexte), CSP_CADRE)


def proteger(reponse: HttpResponse, politique: str) -> HttpResponse:
    """The strict headers of a content that somebody else wrote."""
    reponse["Content-Security-Policy"] = politique
    reponse["X-Content-Type-Options"] = "nosniff"
    reponse["Cache-Control"] = "no-store"
    reponse["Cross-Origin-Resource-Policy"] = "same-origin"
    reponse["Referrer-Policy"] = "no-referrer"
    return reponse


def _dedans(vu: DocumentVu, contenu: bytes, lecture: Lecture) -> tuple[str, bytes]:
    if lecture.a_un_corps:
        extrait = corps.extraire(contenu)
        if extrait is not None:
            return extrait.mime, extrait.contenu
    return vu.mime, contenu


def _fichier(octets: bytes, mime: str, nom: str, disposition: str) -> HttpResponse:
    reponse = HttpResponse(octets, content_type=mime)
    reponse["Content-Disposition"] = f'{disposition}; filename="{nom}"'
    return proteger(reponse, CSP_FICHIER if disposition == "inline" else CSP_CADRE)


def _est_actif(mime: str) -> bool:
    """Types that a browser could run if it opened them in place of saving them."""
    return "html" in mime or "svg" in mime or "xslt" in mime or "javascript" in mime


def _texte(octets: bytes) -> str:
    """Plain text in the two codings that are met."""
    try:
        return octets.decode("utf-8-sig")
    except UnicodeDecodeError:
        return octets.decode("cp1252", errors="replace")
