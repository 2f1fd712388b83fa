"""What an opened record gives: documents already narrowed, each act traced in the same transaction."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from espace_sante.acces.dicah import Decision
from espace_sante.acces.errors import DocumentIntrouvable, DocumentSupprime
from espace_sante.acces.queries import ADMINISTRATEUR
from espace_sante.documents import historique, listes, queries
from espace_sante.documents.filtre import Filtre, Restriction
from espace_sante.documents.historique import Version
from espace_sante.documents.listes import FiltreListes, Liste
from espace_sante.documents.queries import DocumentVu, Fiche, Page
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.identite.queries import Identite, identite
from espace_sante.kernel.codes import ModeAcces
from espace_sante.platform.crypto import CleDossier, ScelleRompu
from espace_sante.traces.ecriture import Acte, Action, Resultat, tracer


class DossierOuvert:
    """A record opened by the gate for one actor, for the time of one transaction."""

    __slots__ = (
        "_cle_scellee",
        "_contexte",
        "_restriction",
        "acteur",
        "decision",
        "dossier_id",
        "edition",
        "mode",
        "roles",
    )

    def __init__(
        self,
        dossier_id: UUID,
        acteur: Acteur,
        contexte: Contexte,
        restriction: Restriction,
        cle_scellee: bytes | None,
        edition: int | None,
        decision: Decision | None = None,
        mode: ModeAcces = ModeAcces.NORMAL,
        roles: frozenset[str] = frozenset(),
    ) -> None:
        self.dossier_id = dossier_id
        self.acteur = acteur
        self.edition = edition
        self.decision = decision
        self.mode = mode
        self.roles = roles
        self._contexte = contexte
        self._restriction = restriction
        self._cle_scellee = cle_scellee

    @property
    def administre(self) -> bool:
        """Whether this asker is an administrateur of the record, here by a consent (ACC-55)."""
        return ADMINISTRATEUR in self.roles and not self.partages_seuls

    @property
    def partages_seuls(self) -> bool:
        """Opened by shares alone: nothing else of the record may be told, its traces and people included."""
        return self._restriction.partages_seuls

    @property
    def titulaire(self) -> Identite:
        """Identity of the holder, for the header of the record's pages."""
        return identite(self.dossier_id)

    def lister(self, filtre: Filtre) -> Page[DocumentVu]:
        """One page of the documents that this actor may see. Traced."""
        page = queries.lister(self.dossier_id, self._restriction, filtre)
        self._tracer(Acte(Action.LISTE))
        return replace(page, elements=tuple(self._montrer(vu) for vu in page.elements))

    def lister_fiches(self, filtre: Filtre) -> Page[Fiche]:
        """The same page, as the resources of the door that stored them. Traced; the last act of an opening."""
        self._tracer(Acte(Action.LISTE))
        return queries.lister_fiches(self.dossier_id, self._restriction, filtre)

    def lister_listes(self, filtre: FiltreListes) -> Page[Liste]:
        """One page of the submission sets and folders of which this actor may see something. Traced (FHR-107)."""
        page = listes.lister(self.dossier_id, self._restriction, filtre)
        self._tracer(Acte(Action.LISTE))
        return page

    def liste(self, liste_id: UUID) -> Liste:
        """One of them. Raises DocumentIntrouvable. Traced."""
        trouvee = listes.trouver(self.dossier_id, self._restriction, liste_id)
        if trouvee is None:
            raise DocumentIntrouvable
        self._tracer(Acte(Action.LISTE))
        return trouvee

    def compter(self) -> dict[str, int]:
        """Current documents by type; counted within the same limits, part of the list just traced."""
        return queries.compter_par_type(self.dossier_id, self._restriction)

    def document(self, document_id: UUID) -> DocumentVu:
        """Metadata of one document. Raises DocumentIntrouvable. Traced as a reading."""
        vu = queries.trouver(self.dossier_id, self._restriction, document_id)
        if vu is None:
            raise self._absent(document_id)
        self._tracer(self._acte(Action.LECTURE, vu))
        return self._montrer(vu)

    def versions_entieres(self, document_id: UUID) -> tuple[DocumentVu, list[Version]]:
        """A document and its metadata versions, newest first, without those in which it was hidden from this actor.

        Raises DocumentIntrouvable. Traced as a reading (FHR-28).
        """
        vu = self.document(document_id)
        vues = historique.versions_entieres(self.dossier_id, document_id)
        masquee = replace(self._restriction, comme_si_masque=True)
        voit_masque = all(queries.visibles(self.dossier_id, [masquee], document_id))
        voit_invisible = self._restriction.voit_invisible_patient
        return vu, [
            v
            for v in vues
            if (voit_masque or not v.masque_ps) and (voit_invisible or not v.invisible_patient)
        ]

    def lire_contenu(self, document_id: UUID, *, telechargement: bool = False) -> tuple[DocumentVu, bytes]:
        """A document and its exact bytes (rules DOC-60, FHR-118). Raises DocumentIntrouvable. Traced."""
        trouve = queries.trouver_avec_scelle(self.dossier_id, self._restriction, document_id)
        if trouve is None:
            raise self._absent(document_id)
        vu, scelle = trouve
        if self._cle_scellee is None or scelle is None:
            raise ScelleRompu("scelle_rompu", "Ce contenu ne peut plus être ouvert.")
        cle = CleDossier.ouvrir(self._cle_scellee, self.dossier_id.bytes)
        contenu = cle.desceller(scelle, document_id.bytes)
        self._tracer(self._acte(Action.TELECHARGEMENT if telechargement else Action.LECTURE, vu))
        return self._montrer(vu), contenu

    def _absent(self, document_id: UUID) -> DocumentIntrouvable:
        """Hidden and unknown are the same; deleted is told to who might have read it (FHR-120)."""
        supprime = queries.trouver(self.dossier_id, self._restriction, document_id, supprimes=True)
        return DocumentSupprime() if supprime else DocumentIntrouvable()

    def _montrer(self, vu: DocumentVu) -> DocumentVu:
        """The document as this actor may know it: what replaces it only when it is shared with him too."""
        if self.partages_seuls and vu.remplace_par_id not in {None, *self._restriction.partages}:
            return replace(vu, remplace_par_id=None)
        return vu

    def tracer_introuvable(self) -> None:
        """Trace the attempt to read a document that this actor may not see, or that is not here."""
        self._tracer(
            Acte(Action.LECTURE, Resultat.REFUS, motif="document_introuvable", matrice_edition=self.edition)
        )

    def consigner(self, acte: Acte) -> None:
        """Trace an act done in this opening by another module of the gate."""
        self._tracer(acte)

    def _acte(self, action: Action, vu: DocumentVu) -> Acte:
        return Acte(
            action,
            document_ids=(vu.id,),
            document_type=vu.type_code,
            document_titre=vu.titre,
            matrice_edition=self.edition,
        )

    def _tracer(self, acte: Acte) -> None:
        acte = replace(acte, matrice_edition=acte.matrice_edition or self.edition, mode=self.mode.value)
        if self.partages_seuls and not acte.motif:
            acte = replace(acte, motif="partage")
        tracer(self.dossier_id, self.acteur, self._contexte, acte)
