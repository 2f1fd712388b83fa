"""Profile, identity to print, consents given, help (rules IDN-23, ACC-12, ACC-15)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from espace_sante.acces.consentements import ConsentementVu
from espace_sante.acces.mon_espace import MonEspace
from espace_sante.identite.queries import Identite
from espace_sante.web.espace.calendrier import moment_en_mots, naissance_en_mots
from espace_sante.web.espace.noms import a, beneficiaire, personne
from espace_sante.web.espace.ouverture import mon_espace, rendre
from espace_sante.web.public.fiches import cartes_d_aide

_SEXES = {"M": "Masculin", "F": "Féminin", "I": "Indéterminé"}
_RECUEILS = {
    "oral": "de vive voix",
    "ecrit": "par écrit",
    "numerique": "en ligne",
    "etablissement": "dans un établissement",
}
CHANGE = (
    "Cet accord prend fin tout de suite\u00a0: il ne permet plus de consulter votre dossier.",
    "Vous n’avez pas de raison à donner.",
    "Les documents déjà ajoutés restent dans votre espace.",
)
SANS_RETOUR = (
    "Vous ne pouvez pas annuler ce retrait. Vous pourrez redonner votre accord à une prochaine consultation."
)
_COUPES_INS = (1, 3, 5, 7, 10, 13, 15)


@dataclass(frozen=True, slots=True, repr=False)
class Paire:
    """A term and its value (component `definitions`)."""

    terme: str
    valeur: str


@dataclass(frozen=True, slots=True, repr=False)
class CarteIdentite:
    """INS and five traits, as the holder shows them at a counter (rule IDN-23)."""

    fictif: bool
    paires: tuple[Paire, ...]


def carte_identite(identite: Identite) -> CarteIdentite:
    """The INS cut in groups to be read aloud, and the traits with their names."""
    m, t = identite.ins.matricule, identite.traits
    return CarteIdentite(
        fictif=identite.ins.fictif,
        paires=(
            Paire(
                "Numéro INS", " ".join(m[a:b] for a, b in zip((0, *_COUPES_INS), _COUPES_INS, strict=False))
            ),
            Paire("Nom de naissance", t.nom_naissance),
            Paire("Prénoms de naissance", t.prenoms),
            Paire("Date de naissance", naissance_en_mots(t.date_naissance)),
            Paire("Sexe", _SEXES[t.sexe]),
            Paire("Code du lieu de naissance", t.lieu_naissance or "Non renseigné"),
        ),
    )


@dataclass(frozen=True, slots=True)
class Accord:
    """A consent as a sentence and its terms; `a_qui` is `au Dr Anne Morel`."""

    id: UUID
    qui: str
    a_qui: str
    pour: str
    recueilli: str
    fin: str
    en_cours: bool


def accord(c: ConsentementVu) -> Accord:
    """Who may read, since when, how it was given, until when (rules ACC-11, ACC-16, ACC-21)."""
    equipe = c.genre == "equipe"
    # The structure is that of who collected it, not of the colleague who reads (ACC-13).
    lieu = "Sur demande d’un confrère" if c.beneficiaire != c.recueilli_par else c.structure
    comment = _RECUEILS.get(c.mode_recueil, "")
    par = f"par {personne(c.recueilli_par)}" if c.recueilli_par else ""
    apres = "après information" if c.informe_le else ""
    recueilli = " ".join(m for m in ("Recueilli", comment, par, apres) if m)
    if c.retire_le:
        fin = f"Retiré {moment_en_mots(c.retire_le)}"
    else:
        fin = f"{'Prend fin' if c.en_cours else 'Terminé'} {moment_en_mots(c.expire_le)}"
    return Accord(
        id=c.id,
        qui=c.beneficiaire or ("Équipe de soins" if equipe else "Professionnel de santé"),
        a_qui=a(beneficiaire(c.beneficiaire, en_equipe=equipe)),
        pour="Toute l’équipe de soins" if equipe else (lieu or "Pour une consultation"),
        recueilli=f"{recueilli}, {moment_en_mots(c.recueilli_le)}",
        fin=fin,
        en_cours=c.en_cours,
    )


@mon_espace
@require_safe
def plus(request: HttpRequest, espace: MonEspace) -> HttpResponse:
    accords = [accord(c) for c in espace.consentements()]
    return rendre(
        request, espace, "espace/plus.html", "plus",
        {
            "identite": carte_identite(espace.titulaire),
            "accords": [a for a in accords if a.en_cours],
            "aides": cartes_d_aide(),
            "anciens": [a for a in accords if not a.en_cours][:20],
            "fait": "L’accord est retiré. Il ne permet plus de consulter votre dossier."
            if request.GET.get("fait") == "retrait" else "",
        },
    )  # fmt: skip


@mon_espace
@require_safe
def identite(request: HttpRequest, espace: MonEspace) -> HttpResponse:
    """The page to print: INS and five traits, readable without any reader (rule IDN-23)."""
    return rendre(
        request, espace, "espace/identite.html", "plus", {"identite": carte_identite(espace.titulaire)}
    )


@mon_espace
@require_http_methods(["GET", "HEAD", "POST"])
def retrait(request: HttpRequest, espace: MonEspace, consentement_id: UUID) -> HttpResponse:
    """GET says what will change; POST withdraws, at once and without reason (rule ACC-15)."""
    vise = next((c for c in espace.consentements() if c.id == consentement_id and c.en_cours), None)
    if vise is None:
        raise Http404
    if request.method == "POST":
        espace.retirer_consentement(consentement_id)
        return HttpResponseRedirect(f"{reverse('web:plus')}?fait=retrait#accords")
    montre = accord(vise)
    return rendre(
        request, espace, "espace/confirmation.html", "plus",
        {
            "objet": montre.qui,
            "detail": f"{montre.recueilli}. {montre.fin}.",
            "titre": "Retirer cet accord\u00a0?",
            "changements": CHANGE,
            "retour": SANS_RETOUR,
            "action": request.path,
            "libelle": "Retirer cet accord",
            "libelle_annuler": "Garder cet accord",
            "url_annuler": f"{reverse('web:plus')}#accords",
            "danger": True,
        },
    )  # fmt: skip
