"""What an opened record gives: documents already narrowed, each act traced in the same transaction."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from espace_sante.acces.dicah import Decision
from espace_sante.acces.errors import DocumentIntrouvable
from espace_sante.documents import queries
from espace_sante.documents.filtre import Filtre, Restriction
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
    ) -> None:
        self.dossier_id = dossier_id
        self.acteur = acteur
        self.edition = edition
        self.decision = decision
        self.mode = mode
        self._contexte = contexte
        self._restriction = restriction
        self._cle_scellee = cle_scellee

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

    def compter(self) -> dict[str, int]:
        """Current documents by type; counted within the same limits, part of the list just traced."""
        return queries.compter_par_type(self.dossier_id, self._restriction)

    def document(self, document_id: UUID) -> DocumentVu:
        """Metadata of one document. Raises DocumentIntrouvable. Traced as a reading."""
        vu = queries.trouver(self.dossier_id, self._restriction, document_id)
        if vu is None:
            raise DocumentIntrouvable
        self._tracer(self._acte(Action.LECTURE, vu))
        return self._montrer(vu)

    def lire_contenu(self, document_id: UUID, *, telechargement: bool = False) -> tuple[DocumentVu, bytes]:
        """A document and its exact bytes (rules DOC-60, FHR-118). Raises DocumentIntrouvable. Traced."""
        trouve = queries.trouver_avec_scelle(self.dossier_id, self._restriction, document_id)
        if trouve is None:
            raise DocumentIntrouvable
        vu, scelle = trouve
        if self._cle_scellee is None or scelle is None:
            raise ScelleRompu("scelle_rompu", "Ce contenu ne peut plus être ouvert.")
        cle = CleDossier.ouvrir(self._cle_scellee, self.dossier_id.bytes)
        contenu = cle.desceller(scelle, document_id.bytes)
        self._tracer(self._acte(Action.TELECHARGEMENT if telechargement else Action.LECTURE, vu))
        return self._montrer(vu), contenu

    def _montrer(self, vu: DocumentVu) -> DocumentVu:
        """The document as this actor may know it."""
        return vu

    def tracer_introuvable(self) -> None:
        """Trace the attempt to read a document that this actor may not see, or that is not here."""
        self._tracer(
            Acte(Action.LECTURE, Resultat.REFUS, motif="document_introuvable", matrice_edition=self.edition)
        )

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
        tracer(self.dossier_id, self.acteur, self._contexte, acte)
