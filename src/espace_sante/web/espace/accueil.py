"""The home of the space: what is new, what comes next, what to do (design, Places)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from espace_sante.acces import avis
from espace_sante.acces.consentements import ConsentementVu
from espace_sante.acces.mon_espace import MonEspace
from espace_sante.documents.filtre import Filtre
from espace_sante.traces.ecriture import Resultat
from espace_sante.traces.queries import FiltreTraces, PageTraces
from espace_sante.web.espace.calendrier import moment_en_mots
from espace_sante.web.espace.cartes import Carte, carte
from espace_sante.web.espace.journal import par_jour
from espace_sante.web.espace.noms import a, beneficiaire
from espace_sante.web.espace.ouverture import mon_espace, rendre

_DERNIERS, _VISITES, _PREMIERE_FOIS = 3, 50, timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Conseil:
    """One thing to do, with the page where it is done (component `cartes`)."""

    titre: str
    detail: str
    url: str
    icone: str


@mon_espace
def accueil(request: HttpRequest, espace: MonEspace) -> HttpResponse:
    depuis = derniere_visite(espace, _debut_de_session(request))
    cartes = derniers_documents(espace, depuis)
    visites = espace.historique(
        FiltreTraces(
            groupe="professionnels", du=depuis or datetime.now(UTC) - _PREMIERE_FOIS, limite=_VISITES
        )
    )
    accords = [c for c in espace.consentements() if c.en_cours]
    return rendre(
        request, espace, "espace/accueil.html", "accueil",
        {
            "derniere_visite": moment_en_mots(depuis) if depuis else "",
            "cartes": cartes,
            "journees": par_jour(visites.elements)[:4],
            "autres_visites": visites.suite is not None,
            "echeances": echeances(accords),
            "conseils": conseils(cartes, visites, accords),
            "avis_nouveaux": avis.non_lus(espace),
        },
    )  # fmt: skip


def _debut_de_session(request: HttpRequest) -> datetime:
    """When this login began (kept by identite.sessions); a minute earlier, so that its own trace is not a visit."""
    debut = request.session.get("debut")
    quand = datetime.fromtimestamp(debut, UTC) if isinstance(debut, int | float) else datetime.now(UTC)
    return quand - timedelta(minutes=1)


def derniere_visite(espace: MonEspace, debut: datetime) -> datetime | None:
    """The holder's last act before this session; None at the first visit."""
    page = espace.historique(FiltreTraces(groupe="moi", au=debut, limite=1))
    return page.elements[0].quand if page.elements else None


def derniers_documents(espace: MonEspace, depuis: datetime | None) -> list[Carte]:
    """The latest that came in. Hiding also changes `maj_le`, so the order of arrival is put back here."""
    page = espace.lister(Filtre(tri="maj_le", limite=40, archive=False, avec_total=False))
    recents = sorted(page.elements, key=lambda vu: vu.depose_le, reverse=True)[:_DERNIERS]
    return [carte(vu, depuis=depuis) for vu in recents]


def echeances(accords: Sequence[ConsentementVu]) -> list[str]:
    """What ends soonest, first: consents in force."""
    return [
        f"L’accord donné {a(beneficiaire(c.beneficiaire, en_equipe=c.genre == 'equipe'))}"
        f" prend fin {moment_en_mots(c.expire_le)}."
        for c in sorted(accords, key=lambda c: c.expire_le)[:3]
    ]


def conseils(
    cartes: Sequence[Carte], visites: PageTraces, accords: Sequence[ConsentementVu]
) -> list[Conseil]:
    """What the holder may want to do now; nothing is invented when there is nothing."""
    trouves = []
    nouveaux = sum(c.nouveau for c in cartes)
    if nouveaux:
        detail = (
            "Un nouveau document vous attend." if nouveaux == 1 else "De nouveaux documents vous attendent."
        )
        trouves.append(Conseil("Lire vos documents", detail, reverse("web:documents"), "document"))
    if any(t.resultat == Resultat.REFUS for t in visites.elements):
        trouves.append(
            Conseil(
                "Vérifier une demande refusée",
                "Quelqu’un a demandé à voir votre dossier sans y avoir droit.",
                f"{reverse('web:historique')}?groupe=professionnels",
                "alerte",
            )
        )
    if accords:
        trouves.append(
            Conseil(
                "Vérifier vos accords",
                "Des professionnels peuvent lire votre dossier.",
                f"{reverse('web:plus')}#accords",
                "cle",
            )
        )
    return trouves
