"""A document that people can read: the file inside a CDA, or its rendering as a page (rule REG-02). Pure."""

from __future__ import annotations

from html import escape
from typing import Final

from espace_sante.acces.exportation.noms import extension
from espace_sante.documents.cda.lire import CdaInvalide, est_cda, lire
from espace_sante.documents.cda.n1 import extraire_n1
from espace_sante.documents.cda.personnes import premier
from espace_sante.documents.cda.rendu import Affichage, rendre
from espace_sante.platform.images import ImageRefusee
from espace_sante.platform.images_montrees import montrable

_POLITIQUE: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
_STYLE: Final = (
    "body{font:1.1rem/1.5 system-ui,sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem;color:#1f2a2e;"
    "background:#fdfbf7}table{border-collapse:collapse;max-width:100%}th,td{text-align:left;vertical-align:top;"
    "padding:.4rem .5rem;border:1px solid #cfd6d6}"
)


def lisible(contenu: bytes, titre: str) -> tuple[str, bytes] | None:
    """Extension and bytes of what to open; None when the original is already what people open."""
    if not est_cda(contenu):
        return None
    try:
        lu = lire(contenu)
        if premier(lu.racine, "component/nonXMLBody/text") is not None:
            corps = extraire_n1(lu.racine)
            return extension(corps.media), montrable(corps.media, corps.contenu)
        article = rendre(lu, affichage=Affichage(niveau_titre=1))
    except (CdaInvalide, ImageRefusee):
        # Its original is in the archive all the same.
        return None
    page = (
        '<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLITIQUE}">'
        f"<title>{escape(titre)}</title><style>{_STYLE}</style></head><body>{article}</body></html>"
    )
    return "html", page.encode()
