"""The holder files documents of an archive that came in a message: his own act, never a program's (XDM-16, MSG-75, MSG-79).

Documents keep their metadata and their bytes; who wrote them is said, and gives nobody a right on them. All that he
chose, or nothing; what his record holds already is not stored twice, and he is told.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID, uuid4

from espace_sante.acces.concordance import concorder
from espace_sante.acces.depot_titulaire import quota
from espace_sante.acces.errors import AlimentationRefusee
from espace_sante.acces.importation.erreurs import RepriseRefusee
from espace_sante.acces.importation.rangement import ranger
from espace_sante.acces.mon_espace import MonEspace, ouvrir_mon_espace
from espace_sante.documents import ecriture, queries, regles
from espace_sante.documents.cda.entete import lire_entete
from espace_sante.documents.cda.lire import CdaInvalide, est_cda, lire
from espace_sante.documents.depot import DocumentADeposer
from espace_sante.documents.metadonnees import Metadonnees
from espace_sante.documents.nomenclatures import type_document
from espace_sante.documents.perso import queries as lecture
from espace_sante.documents.perso import rules
from espace_sante.documents.perso.examen import Piece, examiner
from espace_sante.documents.perso.formats import FORMATS, TAILLE_MAX
from espace_sante.documents.perso.rules import DIRECTIVES, Occupation
from espace_sante.documents.xdm.modele import ArchiveXdm, DocumentXdm
from espace_sante.documents.xdm.regles import verifier_pour_citoyen
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.identite.queries import identite
from espace_sante.kernel.errors import EspaceSanteError
from espace_sante.kernel.ids import uuid7
from espace_sante.kernel.traits import Traits
from espace_sante.platform import antivirus
from espace_sante.traces.ecriture import Acte, Action, Resultat

MOTIF: Final = "message"


@dataclass(frozen=True, slots=True)
class Classement:
    """`ajoutes`: ids of the new documents. `presents`: ids of those that the record held already, not stored again.

    `directives`: left out, to be written again by the holder (DOC-28).
    """

    ajoutes: tuple[UUID, ...]
    presents: tuple[UUID, ...]
    directives: int = 0


def classer(
    acteur: Acteur, archive: ArchiveXdm, choisis: Collection[UUID], *, contexte: Contexte
) -> Classement:
    """File the entries of these ids. Each refusal stores nothing and is traced.

    Raises RepriseRefusee `autre_personne` (XDM-09), `document_refuse`, `contenu_different` (MSG-80),
    `version_plus_recente` (MSG-81), `document_ailleurs`, `traits_differents` (CDA-29), `fichier_infecte`; XdmRefuse
    `xdm-invisible-patient` (XDM-14); DepotRefuse (his quota, a file that he could not add himself); EspaceFerme.
    """
    try:
        retenus = _retenus(archive, choisis)
        with ecriture.doublons_refuses(), ouvrir_mon_espace(acteur, contexte=contexte) as espace:
            return _classer(espace, archive, retenus)
    except EspaceSanteError as refus:
        with ouvrir_mon_espace(acteur, contexte=contexte) as espace:
            espace.consigner(Acte(Action.DEPOT, Resultat.REFUS, motif=refus.code[:40]))
        if isinstance(refus, AlimentationRefusee):
            raise RepriseRefusee(refus.code, refus.message) from None
        if isinstance(refus, ecriture.DocumentEnDouble):
            raise RepriseRefusee("document_ailleurs", "Ce document ne peut pas être rangé ici.") from None
        raise


def _retenus(archive: ArchiveXdm, choisis: Collection[UUID]) -> list[DocumentXdm]:
    """What he chose, judged before his record is opened."""
    if archive.retenue:
        raise RepriseRefusee("autre_personne", "Ces documents ne sont pas à votre nom.")
    retenus = [d for d in archive.documents if d.entree.id in set(choisis)]
    verifier_pour_citoyen(d.entree.metadonnees for d in retenus)
    for document in retenus:
        if document.refuse or document.contenu is None or _type_refuse(document.entree.metadonnees):
            raise RepriseRefusee("document_refuse", "Un de ces documents n’est pas en bon état.")
        _examiner(document.entree.metadonnees.mime, document.contenu)
    return retenus


def _examiner(mime: str, contenu: bytes) -> None:
    """What is no CDA is judged as a file that he adds himself: kind, weight, active content (MSG-76). Raises DepotRefuse."""
    if not est_cda(contenu):
        extension = next((e for e, f in FORMATS.items() if f.mime == mime), "")
        examiner(Piece(f"piece.{extension}", contenu), reduire=False, maximum=TAILLE_MAX)
        return
    try:
        antivirus.examiner(contenu)
    except antivirus.FichierInfecte as refus:
        raise RepriseRefusee("fichier_infecte", refus.message) from None


def _type_refuse(m: Metadonnees) -> bool:
    connu = type_document(m.type.code)
    return bool(
        regles.refus_du_type(
            connu.statut if connu else None, connu.classe if connu else "", m.classe.code, classe_libre=True
        )
    )


def _classer(espace: MonEspace, archive: ArchiveXdm, retenus: list[DocumentXdm]) -> Classement:
    moi = identite(espace.dossier_id)
    if archive.patient.ins != moi.ins and archive.patient.ins.matricule != moi.ins.matricule:
        raise RepriseRefusee("autre_personne", "Ces documents ne sont pas à votre nom.")
    presents, neufs = [], []
    for document in retenus:
        ancien = _deja_la(espace, document.entree.metadonnees)
        if ancien is None:
            neufs.append(document)
        else:
            presents.append(ancien)
    gardes = [d for d in neufs if d.entree.metadonnees.type.code != DIRECTIVES]
    documents = tuple(_a_deposer(d) for d in gardes)
    concorder(documents, moi.traits)
    _verifier_place(espace, documents)
    if documents:
        ranger(espace, documents, titre="Documents reçus dans un message", motif=MOTIF)
    return Classement(tuple(d.id for d in documents), tuple(presents), len(neufs) - len(gardes))


def _deja_la(espace: MonEspace, m: Metadonnees) -> UUID | None:
    """The document of this uniqueId that he holds. One that he may not see yet is not told (DOC-46)."""
    for dossier_id, document_id in ecriture.deja_depose([m.unique_id]):
        vu = None
        if dossier_id == espace.dossier_id:
            vu = queries.trouver(dossier_id, espace._restriction, document_id)
        if vu is None:
            raise RepriseRefusee("document_ailleurs", "Ce document ne peut pas être rangé ici.")
        if vu.statut == "superseded" and espace._montrer(vu).statut == "superseded":
            raise RepriseRefusee(
                "version_plus_recente", "Votre espace contient une version plus récente de ce document."
            )
        if bytes(vu.sha1) != m.sha1:
            raise RepriseRefusee(
                "contenu_different", "Votre espace contient un autre document sous ce même identifiant."
            )
        return document_id
    return None


def _a_deposer(document: DocumentXdm) -> DocumentADeposer:
    m = document.entree.metadonnees
    # Authors are told by name only: no id that would give a right on what the holder filed (DOC-31).
    auteurs = tuple(replace(a, idnat="", structure_idnat="") for a in m.auteurs)
    siennes = replace(m, auteurs=auteurs, authentificateur=None, depositaire=None, remplace="")
    contenu = document.contenu or b""
    return DocumentADeposer(
        id=uuid7(), entree=uuid4(), metadonnees=siennes, contenu=contenu, traits=_traits(contenu)
    )


def _traits(contenu: bytes) -> Traits | None:
    try:
        return lire_entete(lire(contenu)).traits if est_cda(contenu) else None
    except CdaInvalide:
        return None


def _verifier_place(espace: MonEspace, documents: tuple[DocumentADeposer, ...]) -> None:
    occupation = lecture.occupation(espace.dossier_id)
    for document in documents:
        taille = document.metadonnees.taille
        rules.verifier_quota(occupation, quota(), taille)
        occupation = Occupation(occupation.documents + 1, occupation.octets + taille)
