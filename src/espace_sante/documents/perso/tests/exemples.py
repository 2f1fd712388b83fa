"""Files that people really send, and files made to harm, built here byte by byte."""

from __future__ import annotations

import io
import zipfile

import pikepdf
from PIL import Image


def pdf(**racine: object) -> bytes:
    """A one-page PDF; `racine` adds entries to its catalogue."""
    document = pikepdf.new()
    document.add_blank_page()
    for cle, valeur in racine.items():
        document.Root[f"/{cle}"] = valeur
    sortie = io.BytesIO()
    document.save(sortie, deterministic_id=True)
    return sortie.getvalue()


def pdf_action(genre: str) -> bytes:
    """A link whose action is of that kind, in the page's annotations."""
    document = pikepdf.new()
    document.add_blank_page()
    action = pikepdf.Dictionary(S=pikepdf.Name(f"/{genre}"), F="calc.exe", JS="app.alert(1)")
    if genre != "JavaScript":
        del action["/JS"]
    lien = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=action)
    document.pages[0].Annots = pikepdf.Array([lien])
    sortie = io.BytesIO()
    document.save(sortie, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return sortie.getvalue()


def pdf_ouverture(genre: str) -> bytes:
    return pdf(OpenAction=pikepdf.Dictionary(S=pikepdf.Name(f"/{genre}"), JS="app.alert(1)"))


def pdf_joint() -> bytes:
    document = pikepdf.new()
    document.add_blank_page()
    document.attachments["piege.exe"] = b"MZ..."
    sortie = io.BytesIO()
    document.save(sortie, deterministic_id=True)
    return sortie.getvalue()


def pdf_protege(mot_de_passe: str = "secret") -> bytes:
    document = pikepdf.new()
    document.add_blank_page()
    sortie = io.BytesIO()
    document.save(sortie, encryption=pikepdf.Encryption(user=mot_de_passe, owner="autre"))
    return sortie.getvalue()


def image(genre: str = "JPEG", taille: tuple[int, int] = (60, 80)) -> bytes:
    sortie = io.BytesIO()
    Image.new("RGB", taille, "teal").save(sortie, genre)
    return sortie.getvalue()


def archive(contenu: bytes = b"\0" * 1_000_000) -> bytes:
    """A small archive that unfolds much larger."""
    sortie = io.BytesIO()
    with zipfile.ZipFile(sortie, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("bombe", contenu)
    return sortie.getvalue()


TEXTE = b"Tension : 12/8\nPoids : 64 kg\n"
RTF = rb"{\rtf1\ansi\deff0 {\fonttbl{\f0 Arial;}} \f0 Prendre un comprim\'e9 le matin.\par}"
