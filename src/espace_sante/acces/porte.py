"""The gate for reading: the only way to a record's content for a professional (rules ACC-01 to ACC-04).

`open_dossier` gathers the facts in one query, decides with the pure `dicah.decide`, and gives an
object that is already narrowed by matrix, masking and visibility. The scope of the connection and
the traces belong to the same transaction; a refusal is traced too, then raised.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from uuid import UUID

from espace_sante.acces import dicah, etats
from espace_sante.acces.dossier_ouvert import DossierOuvert
from espace_sante.acces.errors import AccesRefuse, DocumentIntrouvable
from espace_sante.acces.queries import Situation, portee_et_situation
from espace_sante.acces.secret_mineur import mineur
from espace_sante.documents.filtre import Restriction
from espace_sante.documents.nomenclatures import TYPE_ANTECEDENTS, TYPE_DIRECTIVES, TYPE_REMBOURSEMENTS
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.identite.index import hacher, trouver_dossier
from espace_sante.identite.models import Professionnel
from espace_sante.kernel.codes import ModeAcces
from espace_sante.kernel.ins import Ins
from espace_sante.notifications import services as avis
from espace_sante.traces.ecriture import Acte, Action, Resultat, tracer, tracer_hors_dossier

Cible = Ins | UUID


def restriction(acteur: Acteur, vue: Situation, mode: ModeAcces = ModeAcces.NORMAL) -> Restriction:
    """What the matrix, the masks and the state of the profile leave to a professional.

    Matrix: ACC-32, ACC-34. Masks: DOC-42, FHR-35, and who sees them (ACC-55, ACC-58, EMG-08).
    Reimbursements only on an activated profile that left them visible: ACC-62, ACC-67, FHR-39.
    What is invisible to the holder is shown: DOC-46.
    Shares: besides, even masked, with a consent; alone without one; none in an emergency (ADR 0016).
    """
    types = vue.types(acteur)
    if not etats.cas(etats.Geste.LIRE_REMBOURSEMENTS, vue.etat).permis or vue.remboursements_masques:
        types = tuple(t for t in types if t != TYPE_REMBOURSEMENTS)
    if vue.directives_masquees:
        # The switch of the holder (DOC-45).
        types = tuple(t for t in types if t != TYPE_DIRECTIVES)
    if vue.antecedents_masques:
        types = tuple(t for t in types if t != TYPE_ANTECEDENTS)
    return Restriction(
        types=types,
        tous_masques=vue.voit_masques(mode),
        rpps=acteur.rpps,
        structure=acteur.structure_id,
        voit_invisible_patient=True,
        partages=vue.partages if mode is ModeAcces.NORMAL else (),
        partages_seuls=mode is ModeAcces.NORMAL and vue.consentement is not dicah.EtatConsentement.VALIDE,
    )


def resoudre(cible: Cible) -> UUID | None:
    """The record of an INS; an id is taken as it is (the record may not exist)."""
    return trouver_dossier(cible) if isinstance(cible, Ins) else cible


@contextmanager
def open_dossier(
    acteur: Acteur,
    cible: Cible,
    *,
    contexte: Contexte,
    mode: ModeAcces = ModeAcces.NORMAL,
    identite_qualifiee: bool = False,
) -> Iterator[DossierOuvert]:
    """Open a record for reading, or raise AccesRefuse after tracing the refusal.

    `identite_qualifiee`: the software declares a qualified INS, or the professional confirmed the
    person in the portal (rules ACC-08, ACC-09). Conditions are judged anew at each call (ACC-03).
    """
    dossier_id = resoudre(cible)
    if dossier_id is None:
        _refuser_inconnu(acteur, cible, contexte, identite_qualifiee)
    else:
        refus, introuvable = None, None
        with portee_et_situation(dossier_id, acteur, traits=contexte.secret) as vue:
            decision = dicah.decide(vue.faits(acteur, identite_qualifiee=identite_qualifiee, mode=mode))
            if not decision.accordee:
                refus = decision
                if vue.etat is not None:
                    tracer(dossier_id, acteur, contexte, _refus(decision, mode, vue.edition))
            else:
                ouvert = DossierOuvert(
                    dossier_id,
                    acteur,
                    contexte,
                    restriction(acteur, vue, mode),
                    vue.cle_scellee,
                    vue.edition,
                    decision,
                    mode,
                    vue.roles,
                )
                tu = contexte.secret and mineur(vue.traits)
                if mode is ModeAcces.NORMAL and not vue.deja_venu and not tu:
                    # The first time, always told (DOC-67); an emergency has its own notice.
                    avis.premier_acces(dossier_id, acteur, datetime.now(UTC))
                try:
                    yield ouvert
                except DocumentIntrouvable as erreur:
                    # Asking for what one may not see is a refusal like another: traced, then told (AUD-01).
                    introuvable = erreur
                    ouvert.tracer_introuvable()
        if introuvable is not None:
            raise introuvable
        if refus is not None:
            if vue.etat is None:
                _refuser_inconnu(acteur, dossier_id, contexte, identite_qualifiee)
            raise AccesRefuse(refus)


def examiner(
    acteur: Acteur, cible: Cible, *, identite_qualifiee: bool, mode: ModeAcces = ModeAcces.NORMAL
) -> dicah.Decision:
    """The five letters for this asker, without opening anything (the portal's DICAH panel).

    Says no more than a refusal would; the opening that follows is what is traced.
    """
    dossier_id = resoudre(cible)
    if dossier_id is None:
        return dicah.decide(faits_sans_dossier(acteur, identite_qualifiee=identite_qualifiee))
    with portee_et_situation(dossier_id, acteur) as vue:
        return dicah.decide(vue.faits(acteur, identite_qualifiee=identite_qualifiee, mode=mode))


def _refus(decision: dicah.Decision, mode: ModeAcces, edition: int | None) -> Acte:
    return Acte(
        Action.OUVERTURE,
        Resultat.REFUS,
        motif=decision.code,
        lettres=decision.abrege,
        mode=mode.value,
        matrice_edition=edition,
    )


def faits_sans_dossier(acteur: Acteur, *, identite_qualifiee: bool) -> dicah.Faits:
    """What is known of an asker before, or without, any record."""
    actif = Professionnel.objects.filter(rpps=acteur.rpps, actif=True).exists()
    return dicah.Faits(acteur, actif, None, identite_qualifiee, dicah.EtatConsentement.INEXISTANTE, (), True)


def _refuser_inconnu(acteur: Acteur, cible: Cible, contexte: Contexte, identite_qualifiee: bool) -> None:
    """Nobody has this INS: same letters, same words as a closed record (rule ACC-07)."""
    decision = dicah.decide(faits_sans_dossier(acteur, identite_qualifiee=identite_qualifiee))
    tracer_hors_dossier(
        acteur,
        contexte,
        Acte(Action.OUVERTURE, Resultat.REFUS, motif=decision.code),
        hacher(cible) if isinstance(cible, Ins) else None,
    )
    raise AccesRefuse(decision)
