"""The gate for a deposit from the professionals' portal: prepared, looked at, then fed (DOC-10, DOC-11, ACC-65, ACC-75).

What is prepared is kept sealed in the record for its author alone. The deposit itself is that of `alimentation`: the
same conditions, storage, notices and traces as for software, around a CDA of level 1 made here and checked as if it
had been received. Feeding needs no consent: nothing of the record is shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

from django.conf import settings

from espace_sante.acces.alimentation import MESSAGES, DepotFait, alimenter
from espace_sante.acces.dicah import ETATS_OUVERTS
from espace_sante.acces.dossier_ouvert import DossierOuvert
from espace_sante.acces.errors import AlimentationRefusee
from espace_sante.acces.queries import Situation, portee_et_situation
from espace_sante.acces.vie_documents import actions_permises
from espace_sante.documents import ecriture, queries
from espace_sante.documents.cda.entete import lire_entete
from espace_sante.documents.cda.examen import examiner
from espace_sante.documents.cda.lire import CdaInvalide, lire
from espace_sante.documents.cda.neuf import Sujet
from espace_sante.documents.depot import LotADeposer
from espace_sante.documents.filtre import Filtre, Restriction
from espace_sante.documents.metadonnees import Auteur
from espace_sante.documents.perso.errors import DepotRefuse
from espace_sante.documents.perso.examen import Piece
from espace_sante.documents.portail import fichier as fichiers
from espace_sante.documents.portail import prepares
from espace_sante.documents.portail.auteur import signataire
from espace_sante.documents.portail.lot import Precedent, lot_du_portail, unique_id
from espace_sante.documents.portail.prepares import Prepare
from espace_sante.documents.portail.regles import Saisie, lire_saisie
from espace_sante.documents.queries import DocumentVu
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.identite.queries import identite
from espace_sante.kernel.codes import GenreActeur
from espace_sante.platform.crypto import CleDossier, ScelleRompu
from espace_sante.platform.postgres.rls import portee
from espace_sante.traces.ecriture import Acte, Action, Resultat, tracer

# Documents of his own that a page offers to replace.
REMPLACABLES_MAX = 200
_TOUS = Restriction(types=None, tous_masques=True, rpps="", structure="", voit_invisible_patient=True)


def taille_max() -> int:
    """Bytes of the largest file that may be deposited here (DOC-13)."""
    return fichiers.taille_max(settings.ES_FHIR_MAX_DOCUMENT)


def preparer(
    acteur: Acteur,
    dossier_id: UUID,
    saisie: Saisie,
    piece: Piece | None,
    *,
    contexte: Contexte,
    prepare_id: UUID | None = None,
    quand: datetime | None = None,
) -> tuple[Prepare, dict[str, str]]:
    """Keep what was typed and the file, and say what is wrong, by field; nothing is wrong when there is no error.

    A file that is refused is not kept, and its refusal is traced (DOC-18). Raises AlimentationRefusee when the
    record takes nothing.
    """
    quand = quand or datetime.now(UTC)
    erreurs: dict[str, str] = {}
    refus, examine = "", None
    if piece is not None:
        try:
            examine = fichiers.examiner(piece, document_max=settings.ES_FHIR_MAX_DOCUMENT)
        except DepotRefuse as erreur:
            refus, erreurs["fichier"] = erreur.code, erreur.message
    with _en_cours(acteur, dossier_id) as cle:
        par = acteur.identifiant
        ancien = prepares.retrouver(dossier_id, par, prepare_id, cle, quand=quand) if prepare_id else None
        if examine is None and ancien:
            examine = ancien.fichier
        if examine is None:
            erreurs.setdefault("fichier", "Choisissez un fichier.")
        prepare = Prepare(
            ancien.id if ancien else uuid4(), ancien.cree_le if ancien else quand, saisie, examine
        )
        prepares.garder(dossier_id, par, prepare, cle)
        if refus:
            tracer(dossier_id, acteur, contexte, Acte(Action.DEPOT, Resultat.REFUS, motif=refus))
    _, autres = lire_saisie(saisie, quand=quand)
    return prepare, {**erreurs, **autres}


def prepare(
    acteur: Acteur, dossier_id: UUID, prepare_id: UUID, *, quand: datetime | None = None
) -> Prepare | None:
    """What this author is preparing under that id; None when it is another's, done, or too old.

    Raises AlimentationRefusee.
    """
    with _en_cours(acteur, dossier_id) as cle:
        return prepares.retrouver(
            dossier_id, acteur.identifiant, prepare_id, cle, quand=quand or datetime.now(UTC)
        )


def abandonner(acteur: Acteur, dossier_id: UUID, prepare_id: UUID) -> None:
    """Forget what was being prepared."""
    with portee(dossier_id):
        prepares.oublier(dossier_id, acteur.identifiant, prepare_id)


def deposer(
    acteur: Acteur,
    dossier_id: UUID,
    prepare_id: UUID,
    *,
    contexte: Contexte,
    identite_qualifiee: bool,
    quand: datetime | None = None,
) -> DepotFait:
    """Feed what was prepared; confirmed twice, it is one document (DOC-14).

    Raises AlimentationRefusee, already traced; DepotRefuse `depot_introuvable`, `depot_incomplet`,
    `responsable_inconnu`; ProfessionnelRefuse.
    """
    quand = quand or datetime.now(UTC)
    with _en_cours(acteur, dossier_id) as cle:
        pret = prepares.retrouver(dossier_id, acteur.identifiant, prepare_id, cle, quand=quand)
        if pret is None:
            return _deja(dossier_id, prepare_id)
        description, erreurs = lire_saisie(pret.saisie, quand=quand)
        if description is None or pret.fichier is None:
            raise DepotRefuse("depot_incomplet", "Complétez le dépôt.", champs=erreurs)
        precedent = _precedent(dossier_id, description.remplace, cle)
        lui = identite(dossier_id)
        lot = lot_du_portail(
            Sujet(lui.ins, lui.traits, lui.nom_affiche, lui.prenom_affiche),
            signataire(acteur, pret.saisie.responsable),
            description,
            pret,
            source_id=f"urn:uuid:{uuid5(NAMESPACE_URL, settings.ES_BASE_URL)}",
            precedent=precedent,
            depositaire=_structure(acteur),
            quand=quand,
        )
    _controler(acteur, dossier_id, lot, contexte, quand)
    try:
        fait = alimenter(acteur, dossier_id, lot, contexte=contexte, identite_qualifiee=identite_qualifiee)
    except AlimentationRefusee as refus:
        if refus.existant is None:
            raise
        fait = DepotFait(dossier_id, lot.id, (refus.existant,))
    abandonner(acteur, dossier_id, prepare_id)
    return fait


def remplacables(ouvert: DossierOuvert) -> list[DocumentVu]:
    """Current documents of an opened record that its reader may replace: his, or his structure's (DOC-31)."""
    page = ouvert.lister(Filtre(limite=REMPLACABLES_MAX, avec_total=False))
    return [vu for vu in page.elements if "gerer" in actions_permises(ouvert.acteur, vu)]


@contextmanager
def _en_cours(acteur: Acteur, dossier_id: UUID) -> Iterator[CleDossier]:
    """The record's key, when the record can be fed at all: `alimenter` has the last word. Raises AlimentationRefusee."""
    with portee_et_situation(dossier_id, acteur) as vue:
        if code := _ferme(acteur, vue):
            raise AlimentationRefusee(code, MESSAGES[code])
        assert vue.cle_scellee is not None  # noqa: S101 - an open record always has its key
        yield CleDossier.ouvrir(vue.cle_scellee, dossier_id.bytes)


def _ferme(acteur: Acteur, vue: Situation) -> str:
    if acteur.genre is GenreActeur.PROFESSIONNEL:
        interdit = not vue.actif or not acteur.deux_facteurs
    else:
        interdit = acteur.genre is not GenreActeur.STRUCTURE
    if interdit:
        return "alimentation_interdite"
    return "" if vue.etat in ETATS_OUVERTS else "dossier_indisponible"


def _structure(acteur: Acteur) -> Auteur | None:
    if acteur.genre is not GenreActeur.STRUCTURE:
        return None
    return Auteur("organisation", structure_idnat=acteur.structure_id, structure_nom=acteur.structure_nom)


def _deja(dossier_id: UUID, prepare_id: UUID) -> DepotFait:
    """The second of two confirmations: the document that the first one made. Raises DepotRefuse."""
    for dossier, document_id in ecriture.deja_depose([unique_id(prepare_id)]):
        if dossier == dossier_id:
            return DepotFait(dossier_id, prepare_id, (document_id,))
    raise DepotRefuse(
        "depot_introuvable", "Ce dépôt n’existe plus. Un dépôt préparé est gardé quatre heures."
    )


def _precedent(dossier_id: UUID, document_id: UUID | None, cle: CleDossier) -> Precedent | None:
    """What is replaced: set and version come from its own header, which is shown to nobody (CDA-18)."""
    trouve = queries.trouver_avec_scelle(dossier_id, _TOUS, document_id) if document_id else None
    if trouve is None:
        # Not here: `alimenter` says so with its own words.
        return Precedent(unique_id(document_id)) if document_id else None
    vu, scelle = trouve
    try:
        entete = lire_entete(lire(cle.desceller(scelle or b"", vu.id.bytes)))
    except (CdaInvalide, ScelleRompu):
        return Precedent(vu.unique_id)
    return Precedent(vu.unique_id, entete.set_id, entete.version or 1)


def _controler(
    acteur: Acteur, dossier_id: UUID, lot: LotADeposer, contexte: Contexte, quand: datetime
) -> None:
    """What is made here is checked as what is received (CDA-41). Raises AlimentationRefusee."""
    examen = examiner(
        lot.documents[0].contenu,
        production=settings.ES_INSTANCE == "production",
        schema=settings.ES_CDA_XSD or None,
        maintenant=quand,
    )
    if examen.refuse:
        premiere = next(c for c in examen.constats if c.gravite == "error")
        with portee(dossier_id):
            tracer(
                dossier_id,
                acteur,
                contexte,
                Acte(Action.DEPOT, Resultat.REFUS, motif="document_non_conforme"),
            )
        raise AlimentationRefusee("document_non_conforme", premiere.texte)
