"""The gate for the history, as a professional reads it (rules ACC-59, ACC-60, AUD-08, FHR-161).

The declared médecin traitant reads every trace, with or without a consent; everyone reads his own acts; nobody else,
unless the setting names his profession (CSP R1111-54). Conditions A, D and I are those of any opening. A professional
reads his acts in a record that he names, never over all records: a list by professional would tie him to all his
patients outside row-level security.

What a trace names may be more than its reader may know: a document that he may not read has neither title nor type
here, and nothing tells that it was masked (DOC-43).
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from django.conf import settings

from espace_sante.acces import dicah
from espace_sante.acces.dicah import Decision, EtatLettre, Lettre
from espace_sante.acces.errors import AccesRefuse, TracesRefusees
from espace_sante.acces.mon_espace import ouvrir_mon_espace
from espace_sante.acces.porte import Cible, faits_sans_dossier, resoudre, restriction
from espace_sante.acces.queries import portee_et_situation
from espace_sante.documents.filtre import Restriction
from espace_sante.documents.queries import lisibles
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.identite.index import hacher
from espace_sante.identite.queries import Identite, identite
from espace_sante.kernel.codes import GenreActeur, ModeAcces
from espace_sante.kernel.ins import Ins
from espace_sante.traces import queries
from espace_sante.traces.ecriture import Acte, Action, Resultat, tracer, tracer_hors_dossier
from espace_sante.traces.queries import FiltreTraces, PageTraces, TraceVue

MEDECIN_TRAITANT: Final = "medecin_traitant"
RESERVEES: Final = "traces_reservees"
_SANS_CONSENTEMENT: Final = (Lettre.A, Lettre.D, Lettre.I)
# Acts that only exist because something is, or was, masked; and what the holder wrote to the operator about somebody,
# his reader maybe: no access, and nobody should have to answer his doctor for it.
_TUS: Final = frozenset({
    Action.MASQUAGE.value, Action.DEMASQUAGE.value, Action.CONFIDENTIALITE.value, Action.REGLAGE_CONFIDENTIALITE.value,
    Action.SIGNALEMENT.value, Action.SUITE_SIGNALEMENT.value,
})  # fmt: skip
_MOTIF_MASQUE: Final = "masque_du_titulaire"
# Traces read at a time, at least: what must be kept silent may leave few of them.
_LOT_MIN: Final = 50


class Etendue(enum.StrEnum):
    """Whose acts are asked; the value is the reason kept in the trace of this reading."""

    SIENS = "siens"
    TOUS = "tous"


@dataclass(frozen=True, slots=True)
class LectureTraces:
    """A page of traces; `tous_permis`: this reader may also read everybody's."""

    page: PageTraces
    titulaire: Identite
    tous_permis: bool


def categories() -> frozenset[tuple[str, str]]:
    """(system, code) of the professions that the operator names (AUD-08, CSP R1111-54). None by default."""
    textes = (t.strip() for t in settings.ES_CATEGORIES_LISANT_TRACES.split(","))
    return frozenset((s, c) for s, _, c in (t.partition("/") for t in textes if t))


def refus(
    etendue: Etendue,
    acteur: Acteur,
    decision: Decision,
    *,
    roles: Iterable[str],
    bloque: bool,
    nommees: frozenset[tuple[str, str]],
) -> str:
    """Code of what forbids this reading; empty when nothing does. Pure.

    The first missing letter of A, D, I; then, for everybody's acts, the block before any role (ACC-60).
    """
    manque = next((x for x in _SANS_CONSENTEMENT if decision.etat(x) is not EtatLettre.TENUE), None)
    if manque is not None:
        return decision.code_de(manque)
    if acteur.genre is not GenreActeur.PROFESSIONNEL or not acteur.rpps:
        return RESERVEES
    if etendue is Etendue.SIENS:
        return ""
    if bloque:
        return dicah.BLOQUE
    if MEDECIN_TRAITANT in roles:
        return ""
    nommee = (acteur.profession_systeme, acteur.profession_code) in nommees
    return "" if nommee and decision.accordee and not decision.par_partage else RESERVEES


def lire_traces(
    acteur: Acteur,
    cible: Cible,
    etendue: Etendue | None,
    filtre: FiltreTraces,
    *,
    contexte: Contexte,
    mode: ModeAcces = ModeAcces.NORMAL,
    identite_qualifiee: bool = False,
) -> LectureTraces:
    """One page of the history of a record, for a professional. Traced, once a day by person and extent (AUD-17).

    Without an extent: the widest that is his, everybody's acts or his own (FHR-161).
    Raises AccesRefuse when A, D or I is missing, TracesRefusees otherwise, after tracing the refusal. `mode` is that of
    his opening, if any: it weighs on the titles that he may read, never on this right.
    """
    dossier_id = resoudre(cible)
    if dossier_id is None:
        raise _inconnu(acteur, cible, contexte, identite_qualifiee=identite_qualifiee)
    with portee_et_situation(dossier_id, acteur) as vue:
        decision = dicah.decide(vue.faits(acteur, identite_qualifiee=identite_qualifiee, mode=mode))
        manques = {
            e: refus(e, acteur, decision, roles=vue.roles, bloque=vue.bloque, nommees=categories())
            for e in Etendue
        }
        lue = etendue or (Etendue.SIENS if manques[Etendue.TOUS] else Etendue.TOUS)
        manque = manques[lue]
        if not manque:
            if lue is Etendue.SIENS:
                filtre = replace(filtre, groupe="professionnels", acteur_id=acteur.rpps)
            connus = restriction(acteur, vue, mode) if decision.accordee else None
            page = _page(dossier_id, filtre, connus, acteur)
            _tracer_lecture(dossier_id, acteur, contexte, lue)
            return LectureTraces(page, identite(dossier_id), not manques[Etendue.TOUS])
        if vue.etat is not None:
            tracer(
                dossier_id,
                acteur,
                contexte,
                Acte(
                    Action.HISTORIQUE, Resultat.REFUS, motif=manque, lettres=decision.abrege, mode=mode.value
                ),
            )
    if vue.etat is None:
        raise _inconnu(acteur, dossier_id, contexte, identite_qualifiee=identite_qualifiee)
    if any(decision.etat(x) is not EtatLettre.TENUE for x in _SANS_CONSENTEMENT):
        raise AccesRefuse(decision)
    raise TracesRefusees(manque, "L’historique de ce dossier ne vous est pas ouvert.")


def lire_les_miennes(
    acteur: Acteur, cible: Cible | None, filtre: FiltreTraces, *, contexte: Contexte
) -> tuple[UUID, PageTraces]:
    """The holder's record and one page of its history, by a token of his own (FHR-160).

    `cible`, when given, must be his record: for any other, known or not, the refusal is the same. Raises
    TracesRefusees, EspaceFerme.
    """
    if cible is not None and (acteur.dossier_id is None or resoudre(cible) != acteur.dossier_id):
        tracer_hors_dossier(
            acteur,
            contexte,
            Acte(Action.HISTORIQUE, Resultat.REFUS, motif=RESERVEES),
            hacher(cible) if isinstance(cible, Ins) else None,
        )
        raise TracesRefusees(RESERVEES, "L’historique de ce dossier ne vous est pas ouvert.")
    with ouvrir_mon_espace(acteur, contexte=contexte) as espace:
        return espace.dossier_id, espace.historique(filtre)


def _page(dossier_id: UUID, filtre: FiltreTraces, connus: Restriction | None, lecteur: Acteur) -> PageTraces:
    """A page filled with what this reader may know: neither its length nor its end tells of the rest (DOC-43).

    Asking for a document that he may not read finds nothing, not even his own acts on it.
    """
    if filtre.document_id and not (connus and lisibles(dossier_id, connus, (filtre.document_id,))):
        return PageTraces([], None)
    vues: list[TraceVue] = []
    avant = filtre.avant
    while True:
        lot = queries.lister(
            dossier_id, replace(filtre, avant=avant, limite=max(filtre.limite, _LOT_MIN) + 1)
        )
        ids = tuple({d for t in lot.elements for d in t.document_ids})
        permis = lisibles(dossier_id, connus, ids) if connus and ids else frozenset()
        vues += [v for t in lot.elements if (v := _taire(t, permis, lecteur)) is not None]
        avant = lot.suite
        if len(vues) > filtre.limite or avant is None:
            break
    page = vues[: filtre.limite]
    return PageTraces(page, page[-1].id if page and len(vues) > filtre.limite else None)


def _tracer_lecture(dossier_id: UUID, acteur: Acteur, contexte: Contexte, etendue: Etendue) -> None:
    acte = Acte(Action.HISTORIQUE, motif=etendue.value)
    debut = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    if not queries.deja_tracee(dossier_id, acteur, acte, debut):
        tracer(dossier_id, acteur, contexte, acte)


def _taire(trace: TraceVue, permis: frozenset[UUID], lecteur: Acteur) -> TraceVue | None:
    """The trace as this reader may know it; None when its very existence says too much (DOC-43)."""
    sien = trace.acteur_genre == GenreActeur.PROFESSIONNEL and trace.acteur_id == lecteur.rpps
    if trace.document_ids and permis.issuperset(trace.document_ids):
        return trace
    if trace.action in _TUS and not sien:
        return None
    # Names of people whom the holder blocked or chose are kept in these fields: they go too.
    dit = not trace.document_ids or (trace.resultat == Resultat.REFUS and trace.motif != _MOTIF_MASQUE)
    motif = trace.motif if dit or sien else ""
    return replace(trace, document_ids=[], document_type="", document_titre="", motif=motif)


def _inconnu(acteur: Acteur, cible: Cible, contexte: Contexte, *, identite_qualifiee: bool) -> AccesRefuse:
    """Nobody there: same letters and same words as a closed record (ACC-07)."""
    decision = dicah.decide(faits_sans_dossier(acteur, identite_qualifiee=identite_qualifiee))
    tracer_hors_dossier(
        acteur,
        contexte,
        Acte(Action.HISTORIQUE, Resultat.REFUS, motif=decision.code),
        hacher(cible) if isinstance(cible, Ins) else None,
    )
    return AccesRefuse(decision)
