"""The gate for feeding: who may put documents into a record (rules ACC-65, DOC-10 to DOC-15, FHR-33).

Not ruled by the matrix nor by consent: it needs a qualified INS, an open record, a declared author
and a credible depositor. All or nothing, and traced, refusals included.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from espace_sante.acces.dicah import ETATS_OUVERTS
from espace_sante.acces.errors import AlimentationRefusee
from espace_sante.acces.porte import Cible, resoudre
from espace_sante.acces.queries import Situation, portee_et_situation
from espace_sante.documents import ecriture
from espace_sante.documents.depot import LotADeposer
from espace_sante.documents.metadonnees import Auteur
from espace_sante.documents.models import Document
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.identite.index import hacher
from espace_sante.kernel.codes import EtatProfil, GenreActeur
from espace_sante.kernel.errors import EspaceSanteError
from espace_sante.kernel.ins import Ins
from espace_sante.platform.crypto import CleDossier
from espace_sante.platform.postgres.rls import portee
from espace_sante.traces.ecriture import Acte, Action, Resultat, tracer, tracer_hors_dossier

_FEEDERS = frozenset({GenreActeur.PROFESSIONNEL, GenreActeur.STRUCTURE, GenreActeur.ASSURANCE_MALADIE})
MESSAGES = {
    "aucun_dossier": "Il n'y a pas de dossier ouvert pour cette personne.",
    "dossier_ferme": "Ce dossier est fermé : aucun document ne peut y être déposé.",
    "dossier_indisponible": "Ce dossier est indisponible pour le moment.",
    "ins_non_qualifiee": "Le dépôt demande une identité INS qualifiée.",
    "alimentation_interdite": "Cet acteur ne peut pas déposer de document.",
    "deposant_inconnu": "Le déposant doit être la source du lot ou appartenir à sa structure.",
    "auteur_manquant": "Le document doit nommer le professionnel qui en est responsable.",
}


@dataclass(frozen=True, slots=True)
class DepotFait:
    """What was stored; everything is durable when this value is returned."""

    dossier_id: UUID
    lot_id: UUID
    documents: tuple[UUID, ...]
    quand: datetime | None = None


def alimenter(
    acteur: Acteur, cible: Cible, lot: LotADeposer, *, contexte: Contexte, identite_qualifiee: bool = True
) -> DepotFait:
    """Store a lot in a record. Raises AlimentationRefusee, already traced; nothing is then stored."""
    dossier_id = resoudre(cible)
    if dossier_id is None:
        tracer_hors_dossier(
            acteur,
            contexte,
            Acte(Action.DEPOT, Resultat.REFUS, motif="aucun_dossier"),
            hacher(cible) if isinstance(cible, Ins) else None,
        )
        raise AlimentationRefusee("aucun_dossier", MESSAGES["aucun_dossier"])
    try:
        with ecriture.doublons_refuses(), portee_et_situation(dossier_id, acteur) as vue:
            if code := _refus(acteur, vue, lot, identite_qualifiee):
                raise AlimentationRefusee(code, MESSAGES[code])
            assert vue.cle_scellee is not None  # noqa: S101 - an open record always has its key
            cle = CleDossier.ouvrir(vue.cle_scellee, dossier_id.bytes)
            deposant = ecriture.Deposant(acteur.genre.value, acteur.rpps, acteur.structure_id)
            remplaces = ecriture.ranger(dossier_id, lot, deposant, cle)
            for document in lot.documents:
                m = document.metadonnees
                action = Action.REMPLACEMENT if m.remplace else Action.DEPOT
                tracer(
                    dossier_id,
                    acteur,
                    contexte,
                    Acte(
                        action,
                        document_ids=(document.id, *(r.id for r in remplaces))
                        if m.remplace
                        else (document.id,),
                        document_type=m.type.code,
                        document_titre=m.titre[:255],
                    ),
                )
    except EspaceSanteError as refus:
        raise _refuser(refus, dossier_id, acteur, lot, contexte) from None
    return DepotFait(dossier_id, lot.id, tuple(d.id for d in lot.documents))


def _refus(acteur: Acteur, vue: Situation, lot: LotADeposer, identite_qualifiee: bool) -> str:
    """Code of the refusal, or nothing (rules ACC-65, DOC-12, IDN-14, IDN-65, FHR-80)."""
    if acteur.genre not in _FEEDERS or (acteur.genre is GenreActeur.PROFESSIONNEL and not vue.actif):
        return "alimentation_interdite"
    if vue.etat not in ETATS_OUVERTS:
        return {
            EtatProfil.CLOTURE: "dossier_ferme",
            EtatProfil.SUPPRIME: "dossier_ferme",
            EtatProfil.SUSPENDU: "dossier_indisponible",
        }.get(vue.etat or EtatProfil.OPPOSE, "aucun_dossier")
    if not identite_qualifiee:
        return "ins_non_qualifiee"
    if not _credible(acteur, lot.auteur):
        return "deposant_inconnu"
    if acteur.genre is GenreActeur.STRUCTURE and any(
        not any(a.genre == "personne" for a in d.metadonnees.auteurs) for d in lot.documents
    ):
        return "auteur_manquant"
    return ""


def _credible(acteur: Acteur, source: Auteur) -> bool:
    if acteur.rpps and source.idnat in {acteur.rpps, f"8{acteur.rpps}"}:
        return True
    return bool(acteur.structure_id) and source.structure_idnat == acteur.structure_id


def _refuser(
    erreur: EspaceSanteError, dossier_id: UUID, acteur: Acteur, lot: LotADeposer, contexte: Contexte
) -> AlimentationRefusee:
    """Trace the refusal, in a transaction of its own: the one of the act is rolled back."""
    existant = None
    if isinstance(erreur, ecriture.DocumentEnDouble):
        existant = _meme_depot(dossier_id, lot)
    with portee_et_situation(dossier_id, acteur) as vue:
        if vue.etat is not None:
            tracer(dossier_id, acteur, contexte, Acte(Action.DEPOT, Resultat.REFUS, motif=erreur.code))
    if isinstance(erreur, AlimentationRefusee):
        return erreur
    return AlimentationRefusee(erreur.code, erreur.message, existant)


def _meme_depot(dossier_id: UUID, lot: LotADeposer) -> UUID | None:
    """Id of the document already there when it is the same one: record, bytes and author (rules DOC-14, FHR-79)."""
    connus = ecriture.deja_depose([d.metadonnees.unique_id for d in lot.documents])
    with portee(dossier_id):
        for dossier, document_id in connus:
            if dossier != dossier_id:
                continue
            ancien = Document.objects.filter(dossier_id=dossier_id, id=document_id).first()
            for nouveau in lot.documents:
                m = nouveau.metadonnees
                if (
                    ancien is not None
                    and ancien.unique_id == m.unique_id
                    and bytes(ancien.sha1) == m.sha1
                    and ancien.auteur_idnat == ecriture.auteur_principal(m.auteurs).idnat
                ):
                    return document_id
    return None
