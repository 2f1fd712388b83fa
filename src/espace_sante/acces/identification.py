"""Who somebody is, asked of INSi and kept: every call traced, without any trait (INS-08 to INS-17, INS-20).

The service is called outside any transaction; what it said is written in one, with its trace.
"""

from __future__ import annotations

import enum
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.utils import timezone

from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.identite.insi import client, ecriture, statuts
from espace_sante.identite.insi.erreurs import (
    DemandeRefusee,
    EcartsAApprouver,
    IdentiteRefusee,
    InsDejaAttribue,
    InsiIndisponible,
)
from espace_sante.identite.insi.modeles import CodeCR, Demande, DemandeTraits, Individu, Reponse
from espace_sante.identite.insi.rapprochement import Ecart, ecarts, empreinte
from espace_sante.identite.insi.recherche import Recherche, rechercher
from espace_sante.identite.insi.statuts import Attribut, EtatIdentite, PieceIdentite
from espace_sante.kernel.codes import GenreActeur
from espace_sante.platform.postgres.rls import portee
from espace_sante.traces.ecriture import Acte, Action, tracer, tracer_hors_dossier

# Who may change what is known of somebody: the operator's people and the product itself; never software (IDN-24).
_AGENTS = frozenset({GenreActeur.OPERATEUR, GenreActeur.SYSTEME})


class MotifInsi(enum.StrEnum):
    """Why the service was asked (INS-20)."""

    FRANCECONNECT = "franceconnect"
    RECUPERATION = "recuperation"


@dataclass(frozen=True, slots=True, repr=False)
class Proposition:
    """What INSi says of a holder, before anything is changed: shown, then approved with its `empreinte` (INS-11)."""

    dossier_id: UUID
    issue: CodeCR
    individu: Individu | None = None
    ecarts: tuple[Ecart, ...] = ()

    @property
    def empreinte(self) -> str:
        return empreinte(self.individu) if self.individu else ""


def interroger(
    acteur: Acteur,
    contexte: Contexte,
    demande: Demande,
    motif: MotifInsi,
    *,
    dossier_id: UUID | None = None,
    a_la_demande: bool = False,
    reprises: int | None = None,
    dormir: Callable[[float], None] = time.sleep,
) -> Recherche:
    """Search until one person is found, or nobody, or nobody can tell. Each call is traced with its code.

    `a_la_demande`: somebody asks now, so a second search on one day is allowed (INS-14).
    Raises InsiIndisponible, DemandeRefusee (`deja_demande`).
    """
    premier = ecriture.premier_appel_du_jour(demande, timezone.localdate())
    if not (premier or a_la_demande):
        raise DemandeRefusee("deja_demande", "Cette identité a déjà été vérifiée aujourd’hui.")

    def appeler(etape: Demande) -> Reponse:
        try:
            reponse = client.appeler(etape, reprises=reprises, dormir=dormir)
        except InsiIndisponible as panne:
            _tracer_appel(acteur, contexte, motif, panne.trace, dossier_id)
            if panne.technique:
                ecriture.rendre_appel(demande)
            raise
        _tracer_appel(acteur, contexte, motif, reponse.code.value, dossier_id)
        return reponse

    return rechercher(demande, appeler)


def _tracer_appel(
    acteur: Acteur, contexte: Contexte, motif: MotifInsi, code: str, dossier_id: UUID | None
) -> None:
    acte = Acte(Action.INSI, motif=f"{motif.value}:{code}")
    if dossier_id is None:
        tracer_hors_dossier(acteur, contexte, acte)
        return
    with portee(dossier_id):
        tracer(dossier_id, acteur, contexte, acte)


def proposer(
    acteur: Acteur,
    contexte: Contexte,
    dossier_id: UUID,
    *,
    a_la_demande: bool = False,
    reprises: int | None = None,
    dormir: Callable[[float], None] = time.sleep,
) -> Proposition:
    """Ask INSi about a holder, and set its answer beside what we have (INS-11). Changes nothing.

    Raises InsiIndisponible, DemandeRefusee, IdentiteRefusee (`acte_reserve`), TitulaireInconnu.
    """
    _exiger_agent(acteur)
    with portee(dossier_id):
        tenue = ecriture.lire(dossier_id)
    fini = interroger(
        acteur,
        contexte,
        DemandeTraits.des_traits(tenue.traits),
        MotifInsi.RECUPERATION,
        dossier_id=dossier_id,
        a_la_demande=a_la_demande,
        reprises=reprises,
        dormir=dormir,
    )
    if fini.individu is None:
        return Proposition(dossier_id, fini.issue)
    return Proposition(dossier_id, fini.issue, fini.individu, ecarts(tenue.traits, fini.individu.traits))


def retenir(
    acteur: Acteur,
    contexte: Contexte,
    proposition: Proposition,
    *,
    approuvee: str = "",
    cinq_traits_verifies: bool = False,
) -> EtatIdentite:
    """Keep what INSi said of a holder: INS, former matricules, traits, status (INS-08, INS-11, INS-16).

    `approuvee` is the `empreinte` of the proposition that somebody looked at; without it only an answer equal to what
    we have is taken. Raises EcartsAApprouver, IdentiteRefusee, InsDejaAttribue: then nothing has changed, but two
    records of one person are noted for people to merge.
    """
    _exiger_agent(acteur)
    individu = proposition.individu
    if individu is None:
        raise IdentiteRefusee("aucune_identite", "Le service n’a pas rendu une identité et une seule.")
    maintenant = datetime.now(UTC)
    dossier_id = proposition.dossier_id
    try:
        with portee(dossier_id):
            tenue = ecriture.lire(dossier_id, pour_changer=True)
            # As the record is now: it may have changed since the answer was shown.
            if ecarts(tenue.traits, individu.traits) and approuvee != proposition.empreinte:
                raise EcartsAApprouver(
                    "ecarts_a_approuver",
                    "Ces traits diffèrent de ceux du dossier : comparez, puis approuvez.",
                )
            etat = statuts.recuperer(tenue.etat, individu.traits, cinq_traits_verifies=cinq_traits_verifies)
            ecriture.enregistrer_reponse(tenue, individu, etat, maintenant)
            tracer(dossier_id, acteur, contexte, Acte(Action.IDENTITE, motif=etat.statut.value.lower()))
    except InsDejaAttribue as refus:
        if isinstance(autre := refus.details.get("autre"), UUID):
            ecriture.noter_fusion(dossier_id, autre, maintenant)
        raise
    return etat


def valider(
    acteur: Acteur,
    contexte: Contexte,
    dossier_id: UUID,
    piece: PieceIdentite,
    *,
    cinq_traits_verifies: bool = False,
) -> EtatIdentite:
    """A trusted document was looked at (INS-04). Raises IdentiteRefusee, TitulaireInconnu."""
    return _changer(
        acteur,
        contexte,
        dossier_id,
        lambda tenue: statuts.valider(tenue.etat, tenue.traits, cinq_traits_verifies=cinq_traits_verifies),
        piece,
    )


def marquer(acteur: Acteur, contexte: Contexte, dossier_id: UUID, attribut: Attribut) -> EtatIdentite:
    """Namesake, doubtful or invented (IDN-15). Raises IdentiteRefusee, TitulaireInconnu."""
    return _changer(acteur, contexte, dossier_id, lambda tenue: statuts.marquer(tenue.etat, attribut))


def lever(acteur: Acteur, contexte: Contexte, dossier_id: UUID, attribut: Attribut) -> EtatIdentite:
    """The attribute was wrong, or is settled. Raises IdentiteRefusee, TitulaireInconnu."""
    return _changer(acteur, contexte, dossier_id, lambda tenue: statuts.lever(tenue.etat, attribut))


def _changer(
    acteur: Acteur,
    contexte: Contexte,
    dossier_id: UUID,
    regle: Callable[[ecriture.IdentiteTenue], EtatIdentite],
    piece: PieceIdentite | None = None,
) -> EtatIdentite:
    _exiger_agent(acteur)
    with portee(dossier_id):
        etat = regle(ecriture.lire(dossier_id, pour_changer=True))
        ecriture.enregistrer_etat(dossier_id, etat, piece)
        tracer(dossier_id, acteur, contexte, Acte(Action.IDENTITE, motif=etat.statut.value.lower()))
    return etat


def _exiger_agent(acteur: Acteur) -> None:
    if acteur.genre not in _AGENTS:
        raise IdentiteRefusee("acte_reserve", "Cet acte est réservé aux opérateurs.")
