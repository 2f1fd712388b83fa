"""The gate for what the holder does with documents: adding his own, folders, pins, taking a copy home.

His deposit goes through the same storage as any other, sealed, all or nothing; each refusal stores nothing
and is traced (rules DOC-18, DOC-21 to DOC-28, DOC-53 to DOC-55, DOC-61).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar
from uuid import UUID

from django.conf import settings

from espace_sante.acces.alimentation import DepotFait
from espace_sante.acces.errors import DocumentIntrouvable, EspaceFerme
from espace_sante.acces.mon_espace import MonEspace
from espace_sante.acces.queries import portee_et_situation
from espace_sante.documents import ecriture, queries
from espace_sante.documents.cda.modele import IdentifiantHl7
from espace_sante.documents.cda.neuf import Organisation, Sujet
from espace_sante.documents.perso import examen, rules, services
from espace_sante.documents.perso import queries as lecture
from espace_sante.documents.perso.errors import DepotRefuse, RangementRefuse
from espace_sante.documents.perso.lot import Description, Service, lot_du_titulaire
from espace_sante.documents.perso.queries import DossierPersoVu, Rangement
from espace_sante.documents.perso.rules import Occupation, Quota
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.identite.queries import identite
from espace_sante.kernel.codes import EtatProfil, GenreActeur
from espace_sante.kernel.identifiants import OID_STRUCTURE
from espace_sante.platform.crypto import CleDossier
from espace_sante.platform.postgres.direct import lire
from espace_sante.traces.ecriture import Acte, Action, Resultat, tracer

DEPLACES_MAX = 200
Lu = TypeVar("Lu")


@dataclass(frozen=True, slots=True, kw_only=True)
class Saisie:
    """What the form said, as typed. `masque` None: as the profile's default (rule DOC-24)."""

    titre: str
    jour: str
    rubrique: str
    masque: bool | None = None
    reduire: bool = False


def quota() -> Quota:
    """What a holder may keep of his own (rule DOC-27)."""
    return Quota(settings.ES_QUOTA_TITULAIRE_DOCUMENTS, settings.ES_QUOTA_TITULAIRE_OCTETS)


def service() -> Service:
    """Who keeps the holders' documents here, in the header of each (CDA-40)."""
    lui = Organisation(IdentifiantHl7(OID_STRUCTURE, settings.ES_SERVICE_ID), settings.ES_SERVICE_NOM)
    return Service(lui, settings.ES_SERVICE_OID)


def deposer(
    acteur: Acteur,
    pieces: Sequence[examen.Piece],
    saisie: Saisie,
    *,
    contexte: Contexte,
    photos: bool = False,
    quand: datetime | None = None,
) -> DepotFait:
    """Add one file, or several photos joined in one PDF, to the holder's own record.

    Raises DepotRefuse, and EspaceFerme unless the space is ACTIVE, already traced;
    `details["champs"]` maps each wrong field to what to say. Files are examined before the record is opened.
    """
    dossier_id = _mon_dossier(acteur)
    quand = quand or datetime.now(UTC)
    try:
        description = _lire(saisie, sans_fichier=not pieces, quand=quand)
        fichier = (
            examen.joindre(pieces, reduire=saisie.reduire)
            if photos
            else examen.examiner(pieces[0], reduire=saisie.reduire)
        )
        return _ranger(acteur, dossier_id, description, fichier, saisie, contexte, quand)
    except (DepotRefuse, EspaceFerme) as refus:
        with portee_et_situation(dossier_id, acteur) as vue:
            if vue.etat is not None:
                tracer(dossier_id, acteur, contexte, Acte(Action.DEPOT, Resultat.REFUS, motif=refus.code))
        raise


def _mon_dossier(acteur: Acteur) -> UUID:
    if acteur.genre is not GenreActeur.TITULAIRE or acteur.dossier_id is None:
        raise EspaceFerme("espace_ferme", "Cet espace n'est pas disponible.")
    return acteur.dossier_id


def _lire(saisie: Saisie, *, sans_fichier: bool, quand: datetime) -> Description:
    """Every field judged, so that all that is wrong is said at once."""
    refus: dict[str, DepotRefuse] = {}

    def juger(champ: str, lecture_: Callable[[], Lu]) -> Lu | None:
        try:
            return lecture_()
        except DepotRefuse as erreur:
            refus[champ] = erreur
            return None

    titre = juger("titre", lambda: rules.lire_titre(saisie.titre))
    jour = juger("jour", lambda: rules.lire_date(saisie.jour, quand=quand))
    type_code = juger("rubrique", lambda: rules.lire_rubrique(saisie.rubrique))
    if sans_fichier:
        refus["fichier"] = DepotRefuse("fichier_vide", "Choisissez un fichier.")
    if refus or titre is None or jour is None or type_code is None:
        premier = next(iter(refus.values()))
        champs = {champ: erreur.message for champ, erreur in refus.items()}
        raise DepotRefuse(premier.code, premier.message, champs=champs)
    return Description(titre, jour, type_code, bool(saisie.masque))


def _ranger(
    acteur: Acteur, dossier_id: UUID, description: Description, fichier: examen.Fichier,
    saisie: Saisie, contexte: Contexte, quand: datetime,
) -> DepotFait:  # fmt: skip
    with ecriture.doublons_refuses(), portee_et_situation(dossier_id, acteur) as vue:
        if vue.etat is not EtatProfil.ACTIVE or vue.cle_scellee is None:
            raise EspaceFerme("espace_ferme", "Cet espace n'est pas disponible.")
        # One deposit at a time in a record: two together can neither pass a quota nor leave two directives.
        lire("SELECT 1 FROM dossier_dossier WHERE dossier_id = %s FOR NO KEY UPDATE", [dossier_id])
        moi = identite(dossier_id)
        rules.verifier_directives(description.type_code, moi.traits.date_naissance, quand=quand)
        sujet = Sujet(moi.ins, moi.traits, moi.nom_affiche, moi.prenom_affiche)
        lot = lot_du_titulaire(dossier_id, sujet, description, fichier, service(), quand=quand)
        nouveau = lot.documents[0]
        anciennes: tuple[UUID, ...] = ()
        if description.type_code == rules.DIRECTIVES:
            anciennes = services.detruire_directives(dossier_id, quand)
        # What it takes in the store, its envelope included: as `occupation` counts it.
        rules.verifier_quota(lecture.occupation(dossier_id), quota(), len(nouveau.contenu))
        cle = CleDossier.ouvrir(vue.cle_scellee, dossier_id.bytes)
        par_defaut = saisie.masque is None and vue.masque_par_defaut
        ecriture.ranger(dossier_id, lot, ecriture.Deposant(acteur.genre.value), cle, masquer=par_defaut)
        acte = Acte(
            Action.REMPLACEMENT if anciennes else Action.DEPOT,
            document_ids=(nouveau.id, *anciennes),
            document_type=description.type_code,
            document_titre=description.titre,
        )
        tracer(dossier_id, acteur, contexte, acte)
    return DepotFait(dossier_id, lot.id, (nouveau.id,), quand)


def occupation(espace: MonEspace) -> Occupation:
    """Room taken by the holder's own documents (rule DOC-27)."""
    return lecture.occupation(espace.dossier_id)


def dossiers(espace: MonEspace) -> tuple[DossierPersoVu, ...]:
    """His folders, with the number of documents in each (rules DOC-53, DOC-58)."""
    return lecture.dossiers(espace.dossier_id)


def rangement(espace: MonEspace, document_id: UUID) -> Rangement:
    """Folder and pin of one document."""
    return lecture.rangement(espace.dossier_id, document_id)


def epingles(espace: MonEspace) -> frozenset[UUID]:
    """Ids of his pinned documents."""
    return lecture.epingles(espace.dossier_id)


def creer_dossier(espace: MonEspace, nom: str) -> UUID:
    """A new folder. Raises RangementRefuse, traced when the caller catches it before the space closes (DOC-53)."""
    with _refus_trace(espace):
        identifiant = services.creer_dossier(espace.dossier_id, nom)
    _tracer(espace, "dossier_cree")
    return identifiant


def renommer_dossier(espace: MonEspace, dossier_perso_id: UUID, nom: str) -> None:
    """Raises RangementRefuse (rule DOC-53)."""
    with _refus_trace(espace):
        change = services.renommer_dossier(espace.dossier_id, dossier_perso_id, nom)
    if change:
        _tracer(espace, "dossier_renomme")


def supprimer_dossier(espace: MonEspace, dossier_perso_id: UUID) -> None:
    """The folder only: its documents go back to the root (rule DOC-53). Raises RangementRefuse."""
    with _refus_trace(espace):
        services.supprimer_dossier(espace.dossier_id, dossier_perso_id)
    _tracer(espace, "dossier_supprime")


def deplacer(espace: MonEspace, documents: Sequence[UUID], vers: UUID | None) -> int:
    """Move documents together, to a folder or to the root; all or none (rule DOC-54).

    Gives how many. Raises DocumentIntrouvable when one of them is not his to see, RangementRefuse.
    """
    voulus = tuple(dict.fromkeys(documents))[:DEPLACES_MAX]
    if not voulus:
        return 0
    for document_id in voulus:
        if queries.trouver(espace.dossier_id, espace._restriction, document_id) is None:
            raise DocumentIntrouvable
    with _refus_trace(espace):
        services.deplacer(espace.dossier_id, voulus, vers)
    _tracer(espace, "deplace" if vers else "racine", *voulus)
    return len(voulus)


def epingler(espace: MonEspace, document_id: UUID, *, oui: bool) -> None:
    """Pin or unpin a document; idempotent (rule DOC-55). Raises DocumentIntrouvable."""
    if queries.trouver(espace.dossier_id, espace._restriction, document_id) is None:
        raise DocumentIntrouvable
    if services.epingler(espace.dossier_id, document_id, oui=oui):
        _tracer(espace, "epingle" if oui else "desepingle", document_id)


@contextmanager
def _refus_trace(espace: MonEspace) -> Iterator[None]:
    try:
        yield
    except RangementRefuse as refus:
        espace._tracer(Acte(Action.RANGEMENT, Resultat.REFUS, motif=refus.code))
        raise


def _tracer(espace: MonEspace, motif: str, *documents: UUID) -> None:
    espace._tracer(Acte(Action.RANGEMENT, motif=motif, document_ids=documents))
