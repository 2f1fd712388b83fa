"""The gate for what software changes in a stored document: status, labels, archive (rules FHR-124 to FHR-140).

One act, all or nothing, decided and traced in one transaction. Who acts is the author, needing no authorisation to
read (FHR-134), or who may read the document in ordinary care. The portals' own acts are in `vie_documents`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import NoReturn
from uuid import UUID

from espace_sante.acces import dicah
from espace_sante.acces.errors import AccesRefuse, DocumentIntrouvable, DocumentSupprime, ModificationRefusee
from espace_sante.acces.mon_espace import SANS_LIMITE
from espace_sante.acces.porte import restriction
from espace_sante.acces.queries import Situation, portee_et_situation
from espace_sante.acces.secret_mineur import tu_a_l_espace
from espace_sante.acces.vie_documents import acte_sur, demandeur
from espace_sante.documents import ecriture, queries, regles, vie
from espace_sante.documents.queries import DocumentVu
from espace_sante.documents.regles import SUPPRIME
from espace_sante.documents.regles_modification import Titre, Volatiles, est_mineur, refus
from espace_sante.documents.vie import Etat
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.identite.queries import identite
from espace_sante.kernel.codes import GenreActeur, ModeAcces
from espace_sante.kernel.durees import PARIS
from espace_sante.notifications.genres import Genre
from espace_sante.notifications.services import deposer as aviser
from espace_sante.notifications.services import premier_acces
from espace_sante.platform.postgres.rls import portee
from espace_sante.traces.ecriture import Acte, Action, Resultat, tracer, tracer_hors_dossier

# What is wanted of a document, told from what it is now.
Calcul = Callable[[DocumentVu], Volatiles]


def volatiles(vu: DocumentVu) -> Volatiles:
    """What may change in a document, as it stands."""
    return Volatiles(
        vu.statut, vu.archive, vu.confidentialite, vu.masque_ps, vu.invisible_patient, vu.invisible_representants
    )  # fmt: skip


def designer(dossier_id: UUID, identifiants: tuple[str, ...]) -> tuple[UUID, ...]:
    """Documents of a record with that uniqueId, or any entryUUID ever given, deleted ones too (rule FHR-112)."""
    with portee(dossier_id):
        return vie.par_identifiants(dossier_id, identifiants)


def dossier_de(unique_ids: tuple[str, ...]) -> tuple[tuple[UUID, UUID], ...]:
    """(record, document) of uniqueIds, over all records; knowing them opens nothing."""
    return tuple(ecriture.deja_depose(list(unique_ids)))


def modifier(
    acteur: Acteur,
    dossier_id: UUID,
    ids: tuple[UUID, ...],
    calcul: Calcul,
    *,
    contexte: Contexte,
    identite_qualifiee: bool = False,
    version: int | None = None,
) -> DocumentVu:
    """Change one document; it is given as it then is. `version`: the one that the caller saw (FHR-13).

    `ids`: what a conditional request may mean; only what this caller may act on counts. What `calcul` raises leaves
    nothing changed. Raises AccesRefuse, DocumentIntrouvable, DocumentSupprime, ModificationRefusee; traced.
    """
    try:
        with portee_et_situation(dossier_id, acteur) as vue:
            return _Acte(acteur, contexte, vue, identite_qualifiee=identite_qualifiee).faire(
                ids, calcul, version
            )
    except (AccesRefuse, DocumentIntrouvable, ModificationRefusee) as erreur:
        _tracer_le_refus(acteur, dossier_id, contexte, erreur, connu=vue.etat is not None)


class _Acte:
    """One change being made, in the scope of its record."""

    def __init__(
        self, acteur: Acteur, contexte: Contexte, vue: Situation, *, identite_qualifiee: bool
    ) -> None:
        self.acteur = acteur
        self.contexte = contexte
        self.vue = vue
        self.qui = demandeur(acteur)
        self.decision = dicah.decide(
            vue.faits(acteur, identite_qualifiee=identite_qualifiee, mode=acteur.finalite)
        )

    def faire(self, ids: tuple[UUID, ...], calcul: Calcul, version: int | None) -> DocumentVu:
        trouves = [
            (etat, titre) for etat in map(self._verrouiller, sorted(set(ids))) if (titre := self._titre(etat))
        ]
        if not trouves:
            if not self.decision.accordee:
                raise AccesRefuse(self.decision)
            raise DocumentIntrouvable
        if len(trouves) > 1:
            raise ModificationRefusee("plusieurs_documents")
        etat, titre = trouves[0]
        assert etat is not None  # noqa: S101 - nobody has a right on what is not there
        vu = self._voir(etat.id)
        if vu.statut == SUPPRIME:
            raise DocumentSupprime
        if version is not None and version != vu.version:
            raise ModificationRefusee("version_perimee")
        avant, apres = volatiles(vu), calcul(vu)
        if code := refus(self.qui, titre, avant, apres, etat.confidentialite.masque_par):
            if code == "annonce_requise" and not self.decision.accordee:
                raise AccesRefuse(self.decision)
            raise ModificationRefusee(code)
        if apres == avant:
            return vu
        self._appliquer(etat, avant, apres)
        if titre.lecteur and not self.vue.deja_venu:
            premier_acces(etat.dossier_id, self.acteur, datetime.now(UTC))
        return self._voir(etat.id)

    def _verrouiller(self, document_id: UUID) -> Etat | None:
        return vie.verrouiller(self.vue.dossier_id, document_id)

    def _voir(self, document_id: UUID) -> DocumentVu:
        vu = queries.trouver(self.vue.dossier_id, SANS_LIMITE, document_id, supprimes=True)
        assert vu is not None  # noqa: S101 - it has just been locked
        return vu

    def _titre(self, etat: Etat | None) -> Titre | None:
        """In what right he acts on it; None when it is not here for him."""
        if etat is None:
            return None
        acteur, vue = self.acteur, self.vue
        present = acteur.genre is GenreActeur.STRUCTURE or (
            acteur.genre is GenreActeur.PROFESSIONNEL and vue.actif and acteur.deux_facteurs
        )
        auteur = present and vue.etat in dicah.ETATS_OUVERTS and regles.est_auteur(self.qui, etat.provenance)
        lecteur = False
        if self.decision.accordee:
            permis = restriction(acteur, vue, acteur.finalite)
            if etat.confidentialite.masque_par == self.qui.identifiant:
                # He put the mask at the holder's wish, and may lift it (FHR-129).
                permis = replace(permis, tous_masques=True)
            vu = queries.trouver(vue.dossier_id, permis, etat.id, supprimes=True)
            lecteur = vu is not None
        if not (auteur or lecteur):
            return None
        autorise = lecteur and acteur.finalite is ModeAcces.NORMAL and not self.decision.par_partage
        return Titre(auteur, autorise, self._mineur())

    def _mineur(self) -> bool:
        naissance = identite(self.vue.dossier_id).traits.date_naissance
        return est_mineur(naissance, datetime.now(PARIS).date())

    def _appliquer(self, etat: Etat, avant: Volatiles, apres: Volatiles) -> None:
        quand, par = datetime.now(UTC), self.qui.identifiant
        masque_par = etat.confidentialite.masque_par
        if apres.masque_ps != avant.masque_ps:
            masque_par = par if apres.masque_ps else ""
        sans_statut = replace(avant, statut=apres.statut)
        supprime = apres.statut == SUPPRIME
        if apres != sans_statut or not supprime:
            vie.changer(
                etat.dossier_id, etat.id, par, quand,
                statut=avant.statut if supprime else apres.statut, archive=apres.archive,
                confidentialite=apres.niveau, masque_ps=apres.masque_ps, masque_par=masque_par,
                invisible_patient=apres.invisible_patient, invisible_representants=apres.invisible_representants,
            )  # fmt: skip
        leve = avant.invisible_patient and not apres.invisible_patient
        if leve:
            for genre in ("avis", "visibilite"):
                vie.faite(etat.dossier_id, etat.id, genre)
        if supprime:
            vie.supprimer(etat, par, quand)
        for action, motif in _actes(avant, apres):
            tracer(etat.dossier_id, self.acteur, self.contexte, replace(acte_sur(action, etat), motif=motif))
        if not tu_a_l_espace(etat.dossier_id, apres) and etat.statut == "current":
            genre_d_avis = (
                Genre.DOCUMENT_SUPPRIME
                if supprime
                else Genre.DOCUMENT_VISIBLE
                if leve
                else Genre.DOCUMENT_MODIFIE
            )
            aviser(
                etat.dossier_id, genre_d_avis, quand, par=self.acteur, documents=(etat.id,), titre=etat.titre
            )


def _actes(avant: Volatiles, apres: Volatiles) -> list[tuple[Action, str]]:
    """One trace for each kind of change, with the old and the new value (FHR-140)."""
    actes: list[tuple[Action, str]] = []
    if apres.archive != avant.archive:
        action = Action.ARCHIVAGE if apres.archive else Action.DESARCHIVAGE
        actes.append((action, f"{avant.archive}>{apres.archive}".lower()))
    if apres.etiquettes != avant.etiquettes:
        leve = avant.invisible_patient and not apres.invisible_patient
        action = Action.LEVEE_ANNONCE if leve else Action.CONFIDENTIALITE
        actes.append((action, f"{avant.etiquettes}>{apres.etiquettes}"))
    if apres.statut != avant.statut:
        action = Action.SUPPRESSION if apres.statut == SUPPRIME else Action.PERIME
        actes.append((action, f"{avant.statut}>{apres.statut}"))
    return actes


def _tracer_le_refus(
    acteur: Acteur,
    dossier_id: UUID,
    contexte: Contexte,
    erreur: AccesRefuse | DocumentIntrouvable | ModificationRefusee,
    *,
    connu: bool,
) -> NoReturn:
    """The change rolled back, its refusal is traced on its own, then raised."""
    action = Action.CONFIDENTIALITE if isinstance(erreur, ModificationRefusee) else Action.LECTURE
    lettres = erreur.decision.abrege if isinstance(erreur, AccesRefuse) else ""
    acte = Acte(action, Resultat.REFUS, motif=erreur.code, lettres=lettres, mode=acteur.finalite.value)
    if connu:
        with portee_et_situation(dossier_id, acteur):
            tracer(dossier_id, acteur, contexte, acte)
        raise erreur
    tracer_hors_dossier(acteur, contexte, acte, None)
    raise erreur
