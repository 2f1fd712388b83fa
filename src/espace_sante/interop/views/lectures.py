"""Reading: a DocumentReference by id, a content (ITI-68) (FHR-13, FHR-118 to FHR-122)."""

from __future__ import annotations

import binascii
import re
from uuid import UUID

import orjson
from django.http import HttpResponse

from espace_sante.documents.queries import DocumentVu
from espace_sante.interop import reponses
from espace_sante.interop.fhir.constats import RefusFhir
from espace_sante.interop.fhir.contenu import XML, media
from espace_sante.interop.fhir.erreurs import Erreur
from espace_sante.interop.fhir.identifiants import composer, decomposer
from espace_sante.interop.fhir.rendu import ressource
from espace_sante.interop.fhir.xml.ecriture import vers_xml
from espace_sante.interop.fhir.xml.lecture import vers_json
from espace_sante.interop.formats import FHIR, FHIR_XML, format_donne, medias_acceptes
from espace_sante.interop.requete import Appel, base
from espace_sante.interop.views.enveloppe import vue_fhir

_PLAGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})", re.ASCII)


@vue_fhir("ITI-67")
def document(appel: Appel, fil: str) -> HttpResponse:
    """GET [base]/DocumentReference/<id>."""
    dossier_id, document_id = _ids(fil)
    with appel.ouvrir(dossier_id) as dossier:
        vu = dossier.document(document_id)
    etag = f'W/"{vu.version}"'
    if etag in appel.requete.headers.get("If-None-Match", ""):
        reponse = HttpResponse(status=304)
        reponse["Cache-Control"] = "no-store"
    else:
        reponse = reponses.json(ressource(vu, base()))
    return reponses.etiqueter(reponse, vu.version, vu.maj_le)


@vue_fhir("ITI-68", negocie=False)
def contenu(appel: Appel, fil: str) -> HttpResponse:
    """GET or HEAD [base]/Binary/<id> and [base]/Bundle/<id>: the bytes as they were deposited."""
    dossier_id, document_id = _ids(fil)
    donne = format_donne(appel.requete)
    acceptes = (FHIR.get(donne, donne),) if donne else medias_acceptes(appel.requete)
    with appel.ouvrir(dossier_id) as dossier:
        vu, octets = dossier.lire_contenu(document_id, telechargement=True)
        # Refused inside the transaction: a content that is not given leaves no trace of a reading.
        forme = _forme(acceptes, media(vu.mime))
        traduit = b"" if forme in ("brut", "binaire") else _traduire(octets, forme)
    if forme == "brut":
        return _brut(appel, vu, octets)
    if forme == "binaire":
        corps = {
            "resourceType": "Binary",
            "id": composer(vu.dossier_id, vu.id),
            "contentType": vu.mime,
            "data": binascii.b2a_base64(octets, newline=False).decode(),
        }
        return reponses.json(orjson.dumps(corps))
    reponse = HttpResponse(traduit, content_type=forme)
    reponse["Cache-Control"] = "no-store"
    return reponse


def _ids(fil: str) -> tuple[UUID, UUID]:
    ids = decomposer(fil)
    if ids is None:
        raise RefusFhir([Erreur.INTROUVABLE.constat()])
    return ids


def _forme(acceptes: tuple[str, ...], mime: str) -> str:
    """`brut`, `binaire` (a Binary resource), or the media type of a FHIR document in the other format (FHR-119).

    Raises RefusFhir 406.
    """
    equivalents = XML if mime in XML else {mime}
    famille = f"{mime.partition('/')[0]}/*"
    for accepte in acceptes:
        if accepte in equivalents or accepte in ("*/*", famille):
            return "brut"
        if accepte in FHIR.values():
            # A FHIR document is itself what FHIR asks for.
            return accepte if mime in FHIR.values() else "binaire"
    raise RefusFhir([Erreur.MEDIA_REPONSE.constat()])


def _traduire(octets: bytes, forme: str) -> bytes:
    """A FHIR document in its other format. Raises RefusFhir 406 when what was deposited cannot be read as FHIR."""
    try:
        return vers_xml(octets) if forme == FHIR_XML else vers_json(octets)
    except (RefusFhir, ValueError, KeyError, TypeError, RecursionError):
        raise RefusFhir([Erreur.MEDIA_REPONSE.constat()]) from None


def _brut(appel: Appel, vu: DocumentVu, octets: bytes) -> HttpResponse:
    etag = f'"{bytes(vu.sha1).hex()}"'
    plage = _plage(appel.requete.headers.get("Range", ""), len(octets))
    if etag in appel.requete.headers.get("If-None-Match", ""):
        reponse = HttpResponse(status=304)
    elif plage:
        debut, fin = plage
        reponse = HttpResponse(octets[debut : fin + 1], content_type=vu.mime, status=206)
        reponse["Content-Range"] = f"bytes {debut}-{fin}/{len(octets)}"
    else:
        reponse = HttpResponse(octets, content_type=vu.mime)
    if reponse.status_code != 304:
        reponse["Content-Length"] = str(len(reponse.content))
        # A browser must not render somebody's document on the service's own origin.
        reponse["Content-Disposition"] = "attachment"
        reponse["Accept-Ranges"] = "bytes"
    reponse["ETag"] = etag
    reponse["Cache-Control"] = "no-store"
    return reponse


def _plage(entete: str, taille: int) -> tuple[int, int] | None:
    """First and last byte of a single range, None without one (FHR-122). Raises RefusFhir 416."""
    if not entete:
        return None
    forme = _PLAGE.fullmatch(entete.strip())
    if forme is None or not (forme[1] or forme[2]):
        raise RefusFhir([Erreur.PLAGE_INVALIDE.constat()])
    if not forme[1]:
        debut, fin = max(0, taille - int(forme[2])), taille - 1
    else:
        debut, fin = int(forme[1]), min(int(forme[2] or taille - 1), taille - 1)
    if debut > fin:
        raise RefusFhir([Erreur.PLAGE_INVALIDE.constat()])
    return debut, fin
