"""Members whom a software proposes for the circle of care, and what the holder says of them (rule FHR-167).

A proposal gives nothing: neither the proposer nor the member learns what he did not know. The holder's yes is a
consent of his own, for that person by name, after the page told him what that person will read (ACC-23).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings

from espace_sante.acces.dicah import lit_en_equipe_seulement
from espace_sante.acces.models import Blocage, Consentement, PropositionCercle
from espace_sante.acces.mon_espace import MonEspace
from espace_sante.acces.porte import Cible, open_dossier
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.annuaire import ProfessionnelRefuse, situations
from espace_sante.identite.contexte import Contexte
from espace_sante.kernel.errors import EspaceSanteError
from espace_sante.kernel.ids import uuid7
from espace_sante.notifications import services as avis
from espace_sante.notifications.genres import Genre
from espace_sante.traces.ecriture import Acte, Action, Resultat

MEMBRES_MAX: Final = 20
# What waits for the holder's answer, all software together.
_EN_ATTENTE_MAX: Final = 50
PROPOSEE: Final = "proposee"
ACCEPTEE: Final = "acceptee"
REFUSEE: Final = "refusee"
RETIREE: Final = "retiree"


class PropositionRefusee(EspaceSanteError):
    """Codes `membre_inconnu` (detail `rang`), `nombre_de_membres`, `trop_de_propositions`, `proposition_inconnue`,
    `cercle_reserve`, `professionnel_bloque`."""


@dataclass(frozen=True, slots=True)
class MembrePropose:
    """One proposed member, and what became of him."""

    id: UUID
    rpps: str
    nom: str
    etat: str
    propose_le: datetime
    propose_par: str
    structure: str


@dataclass(frozen=True, slots=True)
class Proposition:
    """A CareTeam as it was sent, as it stands now."""

    dossier_id: UUID
    groupe_id: UUID
    membres: tuple[MembrePropose, ...]

    @property
    def propose_le(self) -> datetime | None:
        return min((m.propose_le for m in self.membres), default=None)


def proposer(
    acteur: Acteur, cible: Cible, rpps: Sequence[str], *, contexte: Contexte, identite_qualifiee: bool
) -> Proposition:
    """Propose these members; the holder is told. Raises AccesRefuse, PropositionRefusee: nothing is then kept."""
    noms = _verifier(rpps)
    with _Ouverture(acteur, cible, contexte, identite_qualifiee) as ouverture:
        groupe_id = uuid7()
        ouverture.ajouter(groupe_id, noms)
        return ouverture.proposition(groupe_id)


def changer(
    acteur: Acteur,
    dossier_id: UUID,
    groupe_id: UUID | None,
    rpps: Sequence[str],
    *,
    contexte: Contexte,
    identite_qualifiee: bool,
) -> Proposition:
    """The members proposed from now on: who is new is proposed, who is left out and waits is taken back.

    What the holder decided stays. `groupe_id` None is the circle itself: its members are not proposed again, and
    nobody leaves it by a software's word. Raises AccesRefuse, PropositionRefusee.
    """
    noms = _verifier(rpps)
    with _Ouverture(acteur, dossier_id, contexte, identite_qualifiee) as ouverture:
        if groupe_id is None:
            groupe_id = uuid7()
            noms = {r: nom for r, nom in noms.items() if r not in ouverture.membres()}
        else:
            ouverture.exiger_sienne(groupe_id)
            connus = {m.rpps for m in ouverture.lignes(groupe_id) if m.etat != RETIREE}
            ouverture.retirer(groupe_id, garder=noms)
            noms = {r: nom for r, nom in noms.items() if r not in connus}
        if noms:
            ouverture.ajouter(groupe_id, noms)
        return ouverture.proposition(groupe_id)


def lire(
    acteur: Acteur, dossier_id: UUID, groupe_id: UUID, *, contexte: Contexte, identite_qualifiee: bool
) -> Proposition:
    """His own proposal, of this software. Raises AccesRefuse, PropositionRefusee."""
    with _Ouverture(acteur, dossier_id, contexte, identite_qualifiee) as ouverture:
        ouverture.exiger_sienne(groupe_id)
        ouverture.consigner(Acte(Action.CERCLE))
        return ouverture.proposition(groupe_id)


def en_attente(espace: MonEspace) -> list[MembrePropose]:
    """Who is proposed to the holder, each person once, the oldest proposal first."""
    lignes = PropositionCercle.objects.filter(dossier_id=espace.dossier_id, etat=PROPOSEE)
    uniques: dict[str, MembrePropose] = {}
    for ligne in lignes.order_by("propose_le", "id"):
        uniques.setdefault(ligne.rpps, _vu(ligne))
    return list(uniques.values())


def accepter(espace: MonEspace, proposition_id: UUID) -> MembrePropose:
    """The holder agrees to be read by this person, for the time of a consent for a colleague (ACC-13, ACC-23).

    Raises PropositionRefusee (`proposition_inconnue`, `professionnel_bloque`, `membre_inconnu`): nothing changes.
    """
    ligne = _attendue(espace, proposition_id)
    _verifier([ligne.rpps])
    if Blocage.objects.filter(
        dossier_id=espace.dossier_id, genre="professionnel", cle=ligne.rpps, leve_le__isnull=True
    ).exists():
        raise PropositionRefusee(
            "professionnel_bloque", "Vous avez bloqué cette personne. Débloquez-la d’abord."
        )
    quand = datetime.now(UTC)
    accord = Consentement.objects.create(
        dossier_id=espace.dossier_id,
        id=uuid7(),
        genre="ponctuel",
        rpps=ligne.rpps,
        nom=ligne.nom,
        recueilli_le=quand,
        expire_le=quand + timedelta(days=settings.ES_CONSENTEMENT_CONFRERE_J),
        recueilli_par=ligne.propose_par,
        recueilli_par_nom=ligne.propose_par_nom,
        structure_nom=ligne.structure_nom,
        mode_recueil="numerique",
        explicite=True,
        informe_le=quand,
    )
    _decider(espace, ligne, ACCEPTEE, quand, accord.id)
    return _vu(ligne)


def refuser(espace: MonEspace, proposition_id: UUID) -> MembrePropose:
    """The holder does not want this person; nobody is told. Raises PropositionRefusee (`proposition_inconnue`)."""
    ligne = _attendue(espace, proposition_id)
    _decider(espace, ligne, REFUSEE, datetime.now(UTC), None)
    return _vu(ligne)


class _Ouverture:
    """The record opened for a member of the circle; a refusal is traced, then raised once it is closed."""

    def __init__(self, acteur: Acteur, cible: Cible, contexte: Contexte, identite_qualifiee: bool) -> None:
        self._acteur = acteur
        self._porte = open_dossier(acteur, cible, contexte=contexte, identite_qualifiee=identite_qualifiee)

    def __enter__(self) -> _Ouverture:
        self._ouvert = self._porte.__enter__()
        self.dossier_id = self._ouvert.dossier_id
        if self._ouvert.partages_seuls:
            self._refuser("cercle_reserve")
        return self

    def __exit__(self, *faute: object) -> None:
        self._porte.__exit__(*faute)  # type: ignore[arg-type]

    def _refuser(self, code: str) -> None:
        self._ouvert.consigner(Acte(Action.PROPOSITION_CERCLE, Resultat.REFUS, motif=code))
        # The trace of a refusal is kept: the opening ends well, then the refusal is raised.
        self._porte.__exit__(None, None, None)
        raise PropositionRefusee(code, "Cette proposition n’est pas possible.")

    def consigner(self, acte: Acte) -> None:
        self._ouvert.consigner(acte)

    def exiger_sienne(self, groupe_id: UUID) -> None:
        siennes = PropositionCercle.objects.filter(
            dossier_id=self.dossier_id,
            groupe_id=groupe_id,
            propose_par=self._acteur.rpps,
            client_id=self._acteur.client_id,
        )
        if not siennes.exists():
            raise PropositionRefusee("proposition_inconnue", "Cette proposition n’existe pas.")

    def lignes(self, groupe_id: UUID) -> list[PropositionCercle]:
        return list(
            PropositionCercle.objects.filter(dossier_id=self.dossier_id, groupe_id=groupe_id).order_by("id")
        )

    def membres(self) -> frozenset[str]:
        """Who has a consent of his own in force: he is in the circle already."""
        return frozenset(
            Consentement.objects.filter(
                dossier_id=self.dossier_id,
                genre="ponctuel",
                retire_le__isnull=True,
                expire_le__gt=datetime.now(UTC),
            ).values_list("rpps", flat=True)
        )

    def ajouter(self, groupe_id: UUID, noms: dict[str, str]) -> None:
        en_attente = PropositionCercle.objects.filter(dossier_id=self.dossier_id, etat=PROPOSEE).count()
        if en_attente + len(noms) > _EN_ATTENTE_MAX:
            raise PropositionRefusee("trop_de_propositions", "Trop de propositions attendent une réponse.")
        quand = datetime.now(UTC)
        PropositionCercle.objects.bulk_create(
            PropositionCercle(
                dossier_id=self.dossier_id,
                id=uuid7(),
                groupe_id=groupe_id,
                rpps=rpps,
                nom=nom,
                propose_par=self._acteur.rpps,
                propose_par_nom=self._acteur.nom,
                structure_nom=self._acteur.structure_nom,
                client_id=self._acteur.client_id,
                propose_le=quand,
                etat=PROPOSEE,
            )
            for rpps, nom in noms.items()
        )
        dits = ", ".join(noms.values())
        self.consigner(Acte(Action.PROPOSITION_CERCLE, document_titre=dits[:255]))
        avis.deposer(self.dossier_id, Genre.CERCLE_PROPOSE, quand, par=self._acteur, personne=dits[:200])

    def retirer(self, groupe_id: UUID, *, garder: Iterable[str]) -> None:
        faits = (
            PropositionCercle.objects.filter(dossier_id=self.dossier_id, groupe_id=groupe_id, etat=PROPOSEE)
            .exclude(rpps__in=list(garder))
            .update(etat=RETIREE, decide_le=datetime.now(UTC))
        )
        if faits:
            self.consigner(Acte(Action.PROPOSITION_CERCLE, motif=RETIREE))

    def proposition(self, groupe_id: UUID) -> Proposition:
        return Proposition(
            self.dossier_id,
            groupe_id,
            tuple(_vu(ligne) for ligne in self.lignes(groupe_id) if ligne.etat in (PROPOSEE, ACCEPTEE)),
        )


def _verifier(rpps: Sequence[str]) -> dict[str, str]:
    """Names by RPPS of people to whom a consent of his own opens something. Raises PropositionRefusee."""
    if not 1 <= len(rpps) <= MEMBRES_MAX:
        raise PropositionRefusee("nombre_de_membres", f"Proposez de 1 à {MEMBRES_MAX} personnes.")
    noms = {}
    for rang, numero in enumerate(rpps):
        try:
            exercices = situations(numero)
        except ProfessionnelRefuse:
            exercices = []
        if all(lit_en_equipe_seulement(e.profession_systeme) for e in exercices):
            # Nobody of that number, or somebody who reads with the consent given to a team alone (ACC-74).
            raise PropositionRefusee(
                "membre_inconnu", "Cette personne ne peut pas recevoir votre accord.", rang=rang
            )
        noms[numero] = exercices[0].professionnel.affichage
    return noms


def _attendue(espace: MonEspace, proposition_id: UUID) -> PropositionCercle:
    ligne = (
        PropositionCercle.objects.select_for_update()
        .filter(dossier_id=espace.dossier_id, id=proposition_id, etat=PROPOSEE)
        .first()
    )
    if ligne is None:
        raise PropositionRefusee("proposition_inconnue", "Cette proposition n’attend plus de réponse.")
    return ligne


def _decider(
    espace: MonEspace, ligne: PropositionCercle, etat: str, quand: datetime, consentement_id: UUID | None
) -> None:
    """For every proposal of that person: one answer for all."""
    PropositionCercle.objects.filter(dossier_id=espace.dossier_id, rpps=ligne.rpps, etat=PROPOSEE).update(
        etat=etat, decide_le=quand, consentement_id=consentement_id
    )
    ligne.etat = etat
    espace.consigner(Acte(Action.PROPOSITION_CERCLE, motif=etat, document_titre=ligne.nom[:255]))


def _vu(p: PropositionCercle) -> MembrePropose:
    return MembrePropose(p.id, p.rpps, p.nom, p.etat, p.propose_le, p.propose_par_nom, p.structure_nom)
