"""The holder's own gate: his record, whole, except what is kept for a consultation d'annonce.

Reading, hiding and showing documents, and the history of who came (rules DOC-41, DOC-46, AUD-05).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from espace_sante.acces import consentements
from espace_sante.acces.dossier_ouvert import DossierOuvert
from espace_sante.acces.errors import DocumentIntrouvable, EspaceFerme
from espace_sante.acces.queries import portee_et_situation
from espace_sante.acces.secret_mineur import secret_tenu
from espace_sante.documents import ecriture, queries
from espace_sante.documents.filtre import Filtre, Restriction
from espace_sante.documents.queries import DocumentVu, VersionVue
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.kernel.codes import EtatProfil, GenreActeur
from espace_sante.platform.crypto import CleDossier, ScelleRompu
from espace_sante.platform.postgres.rls import portee
from espace_sante.traces import queries as lecture_traces
from espace_sante.traces.ecriture import Acte, Action, tracer

TITULAIRE = Restriction(types=None, tous_masques=True, voit_invisible_patient=False)
# For a mask that follows a replacement, even one that waits for its announcement; nothing of it is shown.
SANS_LIMITE = Restriction(types=None, tous_masques=True, voit_invisible_patient=True)


class MonEspace(DossierOuvert):
    """The record of the holder who is logged in."""

    __slots__ = ("_historique_trace",)

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._historique_trace = False

    @property
    def cle(self) -> CleDossier:
        """The record's data key, for rooms that keep sealed data of their own. Raises ScelleRompu."""
        if self._cle_scellee is None:
            raise ScelleRompu("scelle_rompu", "Ce contenu ne peut plus être ouvert.")
        return CleDossier.ouvrir(self._cle_scellee, self.dossier_id.bytes)

    def apercevoir(self, filtre: Filtre) -> dict[UUID, DocumentVu]:
        """Documents by id, to name them in a page whose own act is traced: not a reading."""
        page = queries.lister(self.dossier_id, self._restriction, filtre)
        return {vu.id: self._montrer(vu) for vu in page.elements}

    def masquer(self, document_id: UUID) -> DocumentVu:
        """Hide a document from professionals (rule DOC-41). Idempotent. Raises DocumentIntrouvable."""
        return self._masquage(document_id, masque=True)

    def demasquer(self, document_id: UUID) -> DocumentVu:
        """Show it again. Idempotent. Raises DocumentIntrouvable."""
        return self._masquage(document_id, masque=False)

    def _masquage(self, document_id: UUID, *, masque: bool) -> DocumentVu:
        vu = queries.trouver(self.dossier_id, self._restriction, document_id)
        if vu is None:
            raise DocumentIntrouvable
        if ecriture.changer_masque(self.dossier_id, document_id, masque=masque, par="titulaire"):
            self._tracer(self._acte(Action.MASQUAGE if masque else Action.DEMASQUAGE, vu))
            if masque:
                self._masquer_la_suite(document_id)
        return vu

    def _masquer_la_suite(self, document_id: UUID) -> None:
        """Hide what replaced it too: a replacement is never less hidden than what it replaces (rule DOC-30).

        The replacement may have been stored after the holder looked at his page, or while this very act waited for
        it; the document, hidden now, is locked by us, so that one that comes later inherits the mask.
        """
        vu = queries.trouver(self.dossier_id, SANS_LIMITE, document_id)
        while vu is not None and vu.remplace_par_id is not None:
            suite = vu.remplace_par_id
            change = ecriture.changer_masque(self.dossier_id, suite, masque=True, par="titulaire")
            vu = queries.trouver(self.dossier_id, SANS_LIMITE, suite)
            if change and vu is not None:
                self._tracer(self._acte(Action.MASQUAGE, vu))

    def versions(self, document_id: UUID) -> list[VersionVue]:
        """A document's own history: hidden, shown, replaced by one that he may see."""
        vu = queries.trouver(self.dossier_id, self._restriction, document_id)
        if vu is None:
            return []
        remplace = self._montrer(vu).statut == "superseded"
        versions = queries.versions(self.dossier_id, document_id)
        return [v for v in versions if remplace or v.statut != "superseded"]

    def _montrer(self, vu: DocumentVu) -> DocumentVu:
        """Nothing tells of a replacement that waits for its announcement (rule DOC-46)."""
        if vu.remplace_par_id is None:
            return vu
        if vu.remplace_par_id in queries.invisibles_du_titulaire(self.dossier_id):
            return replace(vu, statut="current", remplace_par_id=None)
        return vu

    def historique(self, filtre: lecture_traces.FiltreTraces) -> lecture_traces.PageTraces:
        """Who came, when, from where, for what (rules AUD-05, AUD-07). Its reading is traced once a day (AUD-17)."""
        caches = queries.invisibles_du_titulaire(self.dossier_id)
        secret = secret_tenu(self.dossier_id)
        page = lecture_traces.lister(
            self.dossier_id, replace(filtre, sans_documents=caches, sans_secret=secret)
        )
        debut = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        acte = Acte(Action.HISTORIQUE)
        if not self._historique_trace and not lecture_traces.deja_tracee(
            self.dossier_id, self.acteur, acte, debut
        ):
            self._tracer(acte)
        # Written with the COMMIT: a second call in this transaction would not find it.
        self._historique_trace = True
        return page

    def venus(self, filtre: lecture_traces.FiltreTraces) -> dict[str, str]:
        """Professionals of the history, to choose one from (AUD-07). A part of the page that `historique` traced."""
        caches = queries.invisibles_du_titulaire(self.dossier_id)
        secret = secret_tenu(self.dossier_id)
        return lecture_traces.professionnels(
            self.dossier_id, replace(filtre, sans_documents=caches, sans_secret=secret)
        )

    def consentements(self) -> list[consentements.ConsentementVu]:
        """Who may read: consents in force and past (rules ACC-12, ACC-22)."""
        return consentements.lister(self.dossier_id)

    def retirer_consentement(self, consentement_id: UUID) -> bool:
        """End a consent at once, without reason (rule ACC-15). False when it was not in force."""
        if not consentements.retirer(self.dossier_id, consentement_id):
            return False
        self._tracer(Acte(Action.RETRAIT_CONSENTEMENT))
        return True


@contextmanager
def ouvrir_mon_espace(acteur: Acteur, *, contexte: Contexte) -> Iterator[MonEspace]:
    """Open the record of the holder who acts. Raises EspaceFerme unless the space is ACTIVE."""
    if acteur.genre is not GenreActeur.TITULAIRE or acteur.dossier_id is None:
        raise EspaceFerme("espace_ferme", "Cet espace n'est pas disponible.")
    with portee_et_situation(acteur.dossier_id, acteur) as vue:
        if vue.etat is not EtatProfil.ACTIVE or vue.cle_scellee is None:
            code = "espace_non_active" if vue.etat is EtatProfil.CREE_AUTO else "espace_ferme"
            raise EspaceFerme(code, "Cet espace n'est pas disponible.")
        yield MonEspace(
            acteur.dossier_id,
            acteur,
            contexte,
            TITULAIRE,
            vue.cle_scellee,
            None,
        )


def tracer_connexion(acteur: Acteur, contexte: Contexte) -> None:
    """The holder's login, in his own history."""
    if acteur.dossier_id is not None:
        with portee(acteur.dossier_id):
            tracer(acteur.dossier_id, acteur, contexte, Acte(Action.CONNEXION))
