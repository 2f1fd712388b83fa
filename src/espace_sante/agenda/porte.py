"""Opening a holder's agenda: for himself, for a service that he paired, for a professional's program (FHR-154 to FHR-157).

A program feeds the agenda as it feeds documents: an open record and a qualified INS, no consent to read. It sees and
changes only what came from itself, in the structure it acts for (FHR-156, FHR-157).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from espace_sante.acces import etats
from espace_sante.acces.appairages.droits import Droit, Sens
from espace_sante.acces.appairages.porte import ouvrir_par_appairage
from espace_sante.acces.mon_espace import MonEspace
from espace_sante.acces.porte import Cible, resoudre
from espace_sante.acces.queries import Situation, portee_et_situation
from espace_sante.agenda.errors import RendezVousIntrouvable, RendezVousRefuse, refus
from espace_sante.agenda.filtre import FiltreAgenda
from espace_sante.agenda.statuts import Statut
from espace_sante.agenda.valeurs import Origine, RendezVousVu
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.identite.index import hacher
from espace_sante.identite.models import Logiciel
from espace_sante.kernel.codes import GenreActeur, ModeAcces
from espace_sante.kernel.ins import Ins
from espace_sante.platform.crypto import CleDossier
from espace_sante.platform.postgres.rls import portee
from espace_sante.traces.ecriture import Acte, Action, Resultat, tracer, tracer_hors_dossier

_ORIGINES: Final = {
    GenreActeur.PROFESSIONNEL: "professionnel",
    GenreActeur.STRUCTURE: "etablissement",
    GenreActeur.ASSURANCE_MALADIE: "assurance_maladie",
    GenreActeur.SERVICE: "service",
}
_PROGRAMMES: Final = frozenset(_ORIGINES) - {GenreActeur.SERVICE}
LIRE_LES_SIENS: Final = Droit("rendez_vous", Sens.LIRE)
LIRE_TOUS: Final = Droit("rendez_vous.tous", Sens.LIRE)
ECRIRE: Final = Droit("rendez_vous", Sens.ECRIRE)
_LECTURE: Final = Action.RENDEZ_VOUS_LECTURE


@dataclass(frozen=True, slots=True)
class Agenda:
    """An agenda opened for one caller, for the time of one transaction. `source` is empty for the holder."""

    dossier_id: UUID
    acteur: Acteur
    contexte: Contexte
    cle: CleDossier
    source: str = ""
    tous: bool = False

    @property
    def du_titulaire(self) -> bool:
        return not self.source

    def restreindre(self, filtre: FiltreAgenda) -> FiltreAgenda:
        """The same criteria within what this caller may see."""
        if self.du_titulaire:
            return filtre
        if self.tous:
            return replace(filtre, masques="sans", miens=self.source)
        return replace(filtre, masques="avec", source=self.source)

    def voit(self, vu: RendezVousVu) -> bool:
        """Whether this caller may know of it: his own, or what the holder lets him read (FHR-157)."""
        if vu.source == self.source:
            return True
        retire = vu.contenu.statut is Statut.ENTERED_IN_ERROR
        return self.tous and not retire and (self.du_titulaire or not vu.masque)

    def origine(self) -> Origine:
        """Where what he puts comes from, as it will be shown (AGD-04)."""
        acteur = self.acteur
        connu = Logiciel.objects.filter(client_id=acteur.client_id).values_list("nom", flat=True).first()
        return Origine(_ORIGINES[acteur.genre], acteur.nom, acteur.structure_nom, connu or "")

    def tracer(self, acte: Acte) -> None:
        """What was done, in the holder's history and in the act's transaction."""
        tracer(self.dossier_id, self.acteur, self.contexte, acte)


def source_de(acteur: Acteur) -> str:
    """Who alone may change what this caller puts: a service, or a program in one structure or for one person."""
    if acteur.genre is GenreActeur.SERVICE:
        return source_du_service(acteur.client_id)
    return f"lps|{acteur.client_id}|{acteur.structure_id or acteur.rpps}"


def source_du_service(client_id: str) -> str:
    """The source that a service is, whoever the holder."""
    return f"service|{client_id}"


@contextmanager
def ouvrir_agenda(
    acteur: Acteur,
    cible: Cible | None,
    *,
    contexte: Contexte,
    action: Action,
    identite_qualifiee: bool = True,
) -> Iterator[Agenda]:
    """The agenda for a service or a program. `action`: what it is opened for; a refusal is traced as it.

    Raises RendezVousRefuse, RendezVousIntrouvable, AppairageRefuse; whatever is raised inside leaves nothing changed.
    """
    if acteur.genre is GenreActeur.SERVICE:
        with _pour_un_service(acteur, cible, contexte, action) as agenda:
            yield agenda
        return
    dossier_id = resoudre(cible) if cible is not None else None
    connu = False
    try:
        if dossier_id is None:
            raise refus("aucun_dossier")
        with portee_et_situation(dossier_id, acteur) as vue:
            connu = vue.etat is not None
            if code := _refus(acteur, vue, identite_qualifiee=identite_qualifiee):
                raise refus(code)
            assert vue.cle_scellee is not None  # noqa: S101 - an open record always has its key
            cle = CleDossier.ouvrir(vue.cle_scellee, dossier_id.bytes)
            yield Agenda(dossier_id, acteur, contexte, cle, source_de(acteur))
    except (RendezVousRefuse, RendezVousIntrouvable) as faute:
        acte = Acte(action, Resultat.REFUS, motif=faute.code)
        if connu and dossier_id is not None:
            with portee(dossier_id):
                tracer(dossier_id, acteur, contexte, acte)
        else:
            tracer_hors_dossier(acteur, contexte, acte, hacher(cible) if isinstance(cible, Ins) else None)
        raise


@contextmanager
def _pour_un_service(
    acteur: Acteur, cible: Cible | None, contexte: Contexte, action: Action
) -> Iterator[Agenda]:
    try:
        with ouvrir_par_appairage(acteur, cible, contexte=contexte) as espace:
            tous = LIRE_TOUS in espace.droits
            if action is not _LECTURE:
                espace.exiger(ECRIRE)
            elif not tous:
                espace.exiger(LIRE_LES_SIENS)
            cle = CleDossier.ouvrir(espace.cle_scellee, espace.dossier_id.bytes)
            yield Agenda(espace.dossier_id, espace.acteur, contexte, cle, source_de(acteur), tous)
    except (RendezVousRefuse, RendezVousIntrouvable) as faute:
        assert acteur.dossier_id is not None  # noqa: S101 - its pairing was opened
        with portee(acteur.dossier_id):
            tracer(acteur.dossier_id, acteur, contexte, Acte(action, Resultat.REFUS, motif=faute.code))
        raise


def agenda_du_titulaire(espace: MonEspace) -> Agenda:
    """The holder's own agenda, in his opened space."""
    assert espace._cle_scellee is not None  # noqa: S101 - an open space always has its key
    cle = CleDossier.ouvrir(espace._cle_scellee, espace.dossier_id.bytes)
    return Agenda(espace.dossier_id, espace.acteur, espace._contexte, cle, tous=True)


def _refus(acteur: Acteur, vue: Situation, *, identite_qualifiee: bool) -> str:
    """Code of the refusal, or nothing: the rules of feeding (ACC-65, EMG-14, IDN-14)."""
    if acteur.genre not in _PROGRAMMES or not acteur.client_id:
        return "source_interdite"
    if acteur.genre is GenreActeur.PROFESSIONNEL and not vue.actif:
        return "source_interdite"
    if code := etats.cas(etats.Geste.ALIMENTER, vue.etat).code:
        return code
    if acteur.finalite is not ModeAcces.NORMAL:
        # An emergency opens a record for care; nobody makes appointments with it.
        return "source_interdite"
    return "" if identite_qualifiee else "ins_non_qualifiee"
