"""JSON or XML: what a call reads and what it is answered (FHR-04)."""

from __future__ import annotations

from typing import Final, Literal

from django.http import HttpRequest, HttpResponse

from espace_sante.interop.fhir.constats import RefusFhir
from espace_sante.interop.fhir.erreurs import Erreur
from espace_sante.interop.fhir.xml.ecriture import vers_xml

FHIR_JSON: Final = "application/fhir+json"
FHIR_XML: Final = "application/fhir+xml"
JSON: Final = frozenset({FHIR_JSON, "application/json", "text/json"})
XML: Final = frozenset({FHIR_XML, "application/xml", "text/xml"})
# Short names of `_format` → what they ask for.
FHIR: Final = {"json": FHIR_JSON, "xml": FHIR_XML, FHIR_JSON: FHIR_JSON, FHIR_XML: FHIR_XML}
CORPS: Final = f"{FHIR_JSON}; charset=utf-8"
_CORPS_XML: Final = f"{FHIR_XML}; charset=utf-8"
_JOKERS: Final = frozenset({"*/*", "application/*"})
_CHOISI: Final = "_es_format"

Format = Literal["json", "xml"]
_FORMATS: Final[dict[str, Format]] = {
    **dict.fromkeys((*JSON, "json"), "json"),
    **dict.fromkeys((*XML, "xml"), "xml"),
}
_ACCEPTES: Final[dict[str, Format]] = {**_FORMATS, **dict.fromkeys(_JOKERS, "json")}


def medias_acceptes(requete: HttpRequest) -> tuple[str, ...]:
    """Media types of `Accept`, the preferred ones first, those of weight 0 left out; `*/*` when there is none."""
    entete = requete.headers.get("Accept", "*/*")
    if ";" not in entete and "," not in entete:
        return (entete.strip().lower() or "*/*",)
    retenus = []
    for morceau in entete.split(","):
        media, *parametres = (p.strip() for p in morceau.lower().split(";"))
        poids = next((_poids(p[2:]) for p in parametres if p.startswith("q=")), 1.0)
        if media and poids > 0:
            retenus.append((-poids, media))
    retenus.sort(key=lambda paire: paire[0])
    return tuple(media for _, media in retenus) or ("*/*",)


def _poids(texte: str) -> float:
    try:
        return float(texte)
    except ValueError:
        return 1.0


def format_donne(requete: HttpRequest) -> str:
    """Value of `_format` in the address; empty when there is none."""
    return requete.GET.get("_format", "").replace(" ", "+").partition(";")[0].strip().lower()


def exiger_format(requete: HttpRequest) -> Format:
    """The format of the answer: `_format` wins over `Accept` (FHR-04). Raises RefusFhir 406."""
    donne = format_donne(requete)
    choisi = (
        _FORMATS.get(donne)
        if donne
        else next((_ACCEPTES[m] for m in medias_acceptes(requete) if m in _ACCEPTES), None)
    )
    if choisi is None:
        raise RefusFhir([Erreur.MEDIA_REPONSE.constat()])
    return choisi


def retenir_format(requete: HttpRequest, donne: str) -> None:
    """`_format` in the form of a search counts as in its address (FHR-16). Raises RefusFhir 406."""
    choisi = _FORMATS.get(donne.partition(";")[0].strip().lower())
    if choisi is None:
        raise RefusFhir([Erreur.MEDIA_REPONSE.constat()])
    setattr(requete, _CHOISI, choisi)


def en_format(requete: HttpRequest, reponse: HttpResponse) -> HttpResponse:
    """The answer in the format asked for; a JSON answer is untouched. Errors of negotiation stay in JSON."""
    choisi: Format | None = getattr(requete, _CHOISI, None)
    if choisi is None:
        if not requete.GET and requete.headers.get("Accept", FHIR_JSON) == FHIR_JSON:
            return reponse
        try:
            choisi = exiger_format(requete)
        except RefusFhir:
            return reponse
    if choisi == "xml" and reponse.headers.get("Content-Type") == CORPS:
        if reponse.content:
            reponse.content = vers_xml(reponse.content)
            if "Content-Length" in reponse.headers:
                reponse["Content-Length"] = str(len(reponse.content))
        reponse["Content-Type"] = _CORPS_XML
    return reponse
