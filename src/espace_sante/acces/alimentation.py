"""The gate for feeding: who may put documents into a record (rules ACC-65, DOC-10 to DOC-15, FHR-33).

Not ruled by the matrix nor by consent: it needs a qualified INS, an open record, a declared author
and a credible depositor. All or nothing, and traced, refusals included.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from espace_sante.acces import etats
from espace_sante.acces.concordance import MOTIF_NOMS, concorder
from espace_sante.acces.errors import AlimentationRefusee
from espace_sante.acces.porte import Cible, resoudre
from espace_sante.acces.queries import Situation, portee_et_situation
from espace_sante.acces.secret_mineur import mineur
from espace_sante.documents import ecriture, regles
from espace_sante.documents.depot import LotADeposer
from espace_sante.documents.metadonnees import Auteur
from espace_sante.documents.models import Document
from espace_sante.documents.nomenclatures import TYPES_ASSURANCE_MALADIE, type_document
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.identite.index import hacher
from espace_sante.kernel.codes import GenreActeur, ModeAcces
from espace_sante.kernel.errors import EspaceSanteError
from espace_sante.kernel.ins import Ins
from espace_sante.notifications import services as avis
from espace_sante.notifications.genres import Genre
from espace_sante.platform import antivirus
from espace_sante.platform.crypto import CleDossier
from espace_sante.platform.postgres.rls import portee
from espace_sante.traces.ecriture import Acte, Action, Resultat, tracer, tracer_hors_dossier

_FEEDERS = frozenset({GenreActeur.PROFESSIONNEL, GenreActeur.STRUCTURE, GenreActeur.ASSURANCE_MALADIE})
MESSAGES = {
    "oppose_par_titulaire": "La personne a refusé tout dépôt en urgence.",
    "oppose_etablissement": "La personne a refusé que cet établissement dépose des documents.",
    "aucun_dossier": "Il n'y a pas de dossier ouvert pour cette personne.",
    "dossier_ferme": "Ce dossier est fermé : aucun document ne peut y être déposé.",
    "dossier_indisponible": "Ce dossier est indisponible pour le moment.",
    "ins_non_qualifiee": "Le dépôt demande une identité INS qualifiée.",
    "alimentation_interdite": "Cet acteur ne peut pas déposer de document.",
    "deposant_inconnu": "Le déposant doit être la source du lot ou appartenir à sa structure.",
    "type_interdit": "L’assurance maladie dépose des données de remboursement et des attestations, rien d’autre.",
    "type_inconnu": "Ce type de document n'est pas dans la liste en vigueur.",
    "classe_differente": "La classe n'est pas celle de ce type de document.",
    "etiquette_inconnue": "Cette étiquette de confidentialité n'existe pas.",
    "etiquette_interdite": "Cet acteur ne peut pas mettre cette étiquette de confidentialité.",
    "auteur_manquant": "Le document doit nommer le professionnel qui en est responsable.",
}


@dataclass(frozen=True, slots=True)
class DepotFait:
    """What was stored; everything is durable when this value is returned."""

    dossier_id: UUID
    lot_id: UUID
    documents: tuple[UUID, ...]
    quand: datetime | None = None
    # Stored, but under a name that is not quite the holder's (CDA-29).
    noms_differents: tuple[UUID, ...] = ()


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
        for document in lot.documents:
            _passer_l_antivirus(document.contenu)
        secret = contexte.secret or any(d.metadonnees.invisible_representants for d in lot.documents)
        traits = secret or any(d.traits for d in lot.documents)
        with ecriture.doublons_refuses(), portee_et_situation(dossier_id, acteur, traits=traits) as vue:
            if code := _refus(acteur, vue, lot, identite_qualifiee) or _refus_de_fond(acteur, contexte, lot):
                raise AlimentationRefusee(code, MESSAGES[code])
            noms_differents = concorder(lot.documents, vue.traits)
            assert vue.cle_scellee is not None  # noqa: S101 - an open record always has its key
            cle = CleDossier.ouvrir(vue.cle_scellee, dossier_id.bytes)
            deposant = ecriture.Deposant(acteur.genre.value, acteur.rpps, acteur.structure_id)
            remplaces = ecriture.ranger(dossier_id, lot, deposant, cle, masquer=vue.masque_par_defaut)
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
                        motif=MOTIF_NOMS if document.id in noms_differents else "",
                    ),
                )
            # Nobody but the child may learn of it (FHR-37, FHR-163, PRX-11).
            tu = secret and mineur(vue.traits)
            _prevenir(dossier_id, acteur, lot, remplaces, secret=contexte.secret and tu, enfant=tu)
    except EspaceSanteError as refus:
        raise _refuser(refus, dossier_id, acteur, lot, contexte) from None
    return DepotFait(dossier_id, lot.id, tuple(d.id for d in lot.documents), noms_differents=noms_differents)


def _prevenir(
    dossier_id: UUID,
    acteur: Acteur,
    lot: LotADeposer,
    remplaces: tuple[ecriture.Remplace, ...],
    *,
    secret: bool = False,
    enfant: bool = False,
) -> None:
    """Tell the holder, in one statement; nothing of what waits for its announcement (rules DOC-46, DOC-65).

    `enfant`: nothing of what is hidden from representatives either; `secret`: nothing at all (FHR-37, FHR-163).
    """
    if secret:
        return
    cache = any(r.invisible_patient for r in remplaces)
    vus = [
        d
        for d in lot.documents
        if not (enfant and d.metadonnees.invisible_representants)
        and not (d.metadonnees.invisible_patient or (cache and d.metadonnees.remplace))
    ]
    if not vus:
        return
    genre = Genre.DOCUMENT_MODIFIE if all(d.metadonnees.remplace for d in vus) else Genre.DOCUMENT_AJOUTE
    avis.deposer(
        dossier_id,
        genre,
        datetime.now(UTC),
        par=acteur,
        documents=tuple(d.id for d in vus),
        titre=vus[0].metadonnees.titre,
    )


def _refus(acteur: Acteur, vue: Situation, lot: LotADeposer, identite_qualifiee: bool) -> str:
    """Code of the refusal, or nothing (rules ACC-65, DOC-12, EMG-14, IDN-14, IDN-65, FHR-80)."""
    if acteur.genre not in _FEEDERS or (acteur.genre is GenreActeur.PROFESSIONNEL and not vue.actif):
        return "alimentation_interdite"
    if code := etats.cas(etats.Geste.ALIMENTER, vue.etat).code:
        return code
    if acteur.finalite is not ModeAcces.NORMAL and not vue.alimentation_urgence:
        return "oppose_par_titulaire"
    if vue.oppose_a_l_etablissement:
        # Said to the establishment that deposits, and told by its own messages (FHR-173).
        return "oppose_etablissement"
    if not identite_qualifiee:
        return "ins_non_qualifiee"
    if not _credible(acteur, lot.auteur):
        return "deposant_inconnu"
    if acteur.genre is GenreActeur.ASSURANCE_MALADIE and any(
        a.structure_idnat != acteur.structure_id for d in lot.documents for a in d.metadonnees.auteurs
    ):
        # The fund deposits under its own name only (rule DOC-20).
        return "deposant_inconnu"
    if acteur.genre is GenreActeur.ASSURANCE_MALADIE and any(
        d.metadonnees.type.code not in TYPES_ASSURANCE_MALADIE for d in lot.documents
    ):
        return "type_interdit"
    if acteur.genre is GenreActeur.STRUCTURE and any(
        not any(a.genre == "personne" for a in d.metadonnees.auteurs) for d in lot.documents
    ):
        return "auteur_manquant"
    return ""


def _refus_de_fond(acteur: Acteur, contexte: Contexte, lot: LotADeposer) -> str:
    """Types, classes and labels that no door may let in (rules DOC-02, DOC-03, DOC-40)."""
    for document in lot.documents:
        m = document.metadonnees
        connu = type_document(m.type.code)
        refus = regles.refus_du_type(
            connu.statut if connu else None,
            connu.classe if connu else "",
            m.classe.code,
            classe_libre=contexte.porte == "fhir",
        )
        poses = (m.confidentialite, *(code for code, mise in zip(
            regles.ETIQUETTES, (m.masque_ps, m.invisible_patient, m.invisible_representants), strict=True
        ) if mise))  # fmt: skip
        for code in poses:
            refus = refus or regles.refus_de_la_pose(acteur.genre, code)
        if refus:
            return refus
    return ""


def _passer_l_antivirus(contenu: bytes) -> None:
    """Before any record is opened (rule DOC-18). Raises AlimentationRefusee, AntivirusInjoignable."""
    try:
        antivirus.examiner(contenu)
    except antivirus.FichierInfecte as refus:
        raise AlimentationRefusee("document_non_conforme", refus.message) from None


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
