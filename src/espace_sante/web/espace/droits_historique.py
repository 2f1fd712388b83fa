"""The history of accesses as a file to keep: CSV or PDF, for any period, by the holder alone (rule AUD-11)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Final

import orjson
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from espace_sante.acces.errors import EspaceFerme
from espace_sante.acces.exportation import historique
from espace_sante.acces.exportation.tampon import ligne_csv
from espace_sante.acces.mon_espace import MonEspace
from espace_sante.kernel.codes import GenreActeur
from espace_sante.platform.http import reservee
from espace_sante.traces.queries import FiltreTraces, TraceVue
from espace_sante.web.espace.calendrier import a_paris, aujourd_hui
from espace_sante.web.espace.criteres import Plage, lire_plage, minuit
from espace_sante.web.espace.droits import fichier
from espace_sante.web.espace.ouverture import mon_espace, rendre
from espace_sante.web.espace.phrases import phrase

# A PDF is made whole in memory, in about a second.
LIGNES_PDF: Final = 5000
_GABARIT: Final = Path(__file__).with_name("droits_historique.typ")


@mon_espace
@require_safe
def choisir(request: HttpRequest, espace: MonEspace) -> HttpResponse:
    """Which dates, which form."""
    return _page(request, espace, Plage())


@reservee(GenreActeur.TITULAIRE)
@require_safe
def telecharger(request: HttpRequest, forme: str) -> HttpResponseBase:
    """The file; a period that cannot be shows the form again."""
    plage = lire_plage(request.GET.dict())
    if plage.erreurs:
        return mon_espace(_page)(request, plage, statut=422)
    filtre = FiltreTraces(
        du=minuit(plage.du) if plage.du else None,
        au=minuit(plage.au + timedelta(days=1)) if plage.au else None,
    )
    partie = _partie(request.GET.get("partie", "1"))
    limite = historique.LIGNES_MAX if forme == "csv" else LIGNES_PDF
    try:
        traces = historique.demander(request.acteur, filtre, contexte=request.contexte)  # type: ignore[attr-defined]
    except EspaceFerme as ferme:
        return render(request, "espace/ferme.html", {"code": ferme.code}, status=403)
    lignes = islice(traces, (partie - 1) * limite, partie * limite)
    suite = f"-partie-{partie}" if partie > 1 else ""
    nom = f"historique-{aujourd_hui():%Y-%m-%d}{suite}.{forme}"
    if forme == "csv":
        return fichier(_csv(lignes), "text/csv; charset=utf-8", nom)
    octets = pdf(lignes, plage)
    return fichier(iter([octets]), "application/pdf", nom, len(octets))


def pdf(traces: Iterable[TraceVue], plage: Plage) -> bytes:
    """The history as sentences on paper, accessible (PDF/UA)."""
    import typst

    lignes = [[f"{a_paris(t.quand):%d/%m/%Y %H:%M:%S}", phrase(t).texte, phrase(t).lieu] for t in traces]
    donnees = {"periode": _periode(plage), "lignes": lignes}
    # Given as data, never as source: a name cannot become a command.
    rendu = typst.compile(
        _GABARIT.read_bytes(),
        sys_inputs={"donnees": orjson.dumps(donnees).decode()},
        ignore_system_fonts=True,
        pdf_standards="ua-1",
    )
    if not isinstance(rendu, bytes):
        raise TypeError("typst did not give one file")
    return rendu


def _page(request: HttpRequest, espace: MonEspace, plage: Plage, statut: int = 200) -> HttpResponse:
    return rendre(
        request, espace, "espace/droits_historique.html", "historique",
        {
            "plage": plage,
            "brut": {"du": request.GET.get("du", ""), "au": request.GET.get("au", "")},
            "lignes_pdf": _nombre(LIGNES_PDF),
            "lignes_csv": _nombre(historique.LIGNES_MAX),
        },
        statut=statut,
    )  # fmt: skip


def _csv(traces: Iterable[TraceVue]) -> Iterator[bytes]:
    yield ("\ufeff" + ligne_csv(("phrase", *historique.COLONNES))).encode()
    for trace in traces:
        yield ligne_csv((phrase(trace).texte, *historique.cellules(trace))).encode()


def _periode(plage: Plage) -> str:
    du, au = (f"{jour:%d/%m/%Y}" if jour else "" for jour in (plage.du, plage.au))
    if du and au:
        return f"Du {du} au {au}"
    if du or au:
        return f"Depuis le {du}" if du else f"Jusqu’au {au}"
    return "Depuis l’ouverture de votre espace"


def _partie(texte: str) -> int:
    return int(texte) if texte.isascii() and texte.isdigit() and 0 < len(texte) < 5 and int(texte) else 1


def _nombre(entier: int) -> str:
    return f"{entier:,}".replace(",", "\u00a0")
