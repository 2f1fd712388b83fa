"""A record, its holder and two doctors, for the stories of documents."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from espace_sante.acces.alimentation import alimenter
from espace_sante.acces.consentements import recueillir_consentement
from espace_sante.acces.mon_espace import ouvrir_mon_espace
from espace_sante.acces.porte import open_dossier
from espace_sante.acces.tests.fabrique import CONTEXTE, document, dossier, lot, professionnel, titulaire
from espace_sante.documents import ecriture
from espace_sante.documents.depot import DocumentADeposer
from espace_sante.documents.filtre import Filtre
from espace_sante.documents.models import Document
from espace_sante.dossier.models import Dossier
from espace_sante.identite.acteurs import Acteur
from espace_sante.kernel.codes import EtatProfil
from espace_sante.kernel.ins import Ins
from espace_sante.notifications.models import Avis
from espace_sante.platform.crypto import CleDossier
from espace_sante.platform.postgres.rls import portee
from espace_sante.traces.models import Trace
from espace_sante.traces.queries import FiltreTraces


class Scene(NamedTuple):
    """One record, its holder, a doctor who feeds and reads, another who only reads."""

    dossier_id: UUID
    ins: Ins
    moi: Acteur
    medecin: Acteur
    confrere: Acteur

    def deposer(self, par: Acteur | None = None, **autres: object) -> DocumentADeposer:
        par = par or self.medecin
        doc = document(auteur=par, **autres)  # type: ignore[arg-type]
        alimenter(par, self.ins, lot(par, doc), contexte=CONTEXTE)
        return doc

    def deposer_moi_meme(self, type_code: str = "DOCPAT02", **autres: object) -> UUID:
        """As the holder's own deposit does."""
        doc = document(type_code, **autres)  # type: ignore[arg-type]
        with portee(self.dossier_id):
            scellee = Dossier.objects.get(dossier_id=self.dossier_id).cle_scellee
            assert scellee is not None
            cle = CleDossier.ouvrir(bytes(scellee), self.dossier_id.bytes)
            ecriture.ranger(self.dossier_id, lot(self.moi, doc), ecriture.Deposant("titulaire"), cle)
        return doc.id

    def vus(self, **criteres: object) -> set[UUID]:
        with ouvrir_mon_espace(self.moi, contexte=CONTEXTE) as espace:
            return {d.id for d in espace.lister(Filtre(**criteres)).elements}  # type: ignore[arg-type]

    def lu_par(self, acteur: Acteur, **criteres: object) -> set[UUID]:
        with open_dossier(acteur, self.ins, contexte=CONTEXTE, identite_qualifiee=True) as ouvert:
            return {d.id for d in ouvert.lister(Filtre(**criteres)).elements}  # type: ignore[arg-type]

    def ligne(self, document_id: UUID) -> Document:
        with portee(self.dossier_id):
            return Document.objects.get(dossier_id=self.dossier_id, id=document_id)

    def avis(self) -> list[Avis]:
        with portee(self.dossier_id):
            return list(Avis.objects.filter(dossier_id=self.dossier_id).order_by("quand", "id"))

    def genres(self) -> list[str]:
        return [a.genre for a in self.avis() if a.genre not in {"document_ajoute", "premier_acces"}]

    def traces(self, action: str) -> list[Trace]:
        with portee(self.dossier_id):
            return list(Trace.objects.filter(dossier_id=self.dossier_id, action=action).order_by("id"))

    def histoire(self) -> list[str]:
        with ouvrir_mon_espace(self.moi, contexte=CONTEXTE) as espace:
            return [t.action for t in espace.historique(FiltreTraces()).elements]


def ouvrir_scene(graine: int = 1, etat: EtatProfil = EtatProfil.ACTIVE) -> Scene:
    """Both doctors may read for now."""
    dossier_id, ins = dossier(graine, etat)
    scene = Scene(
        dossier_id,
        ins,
        titulaire(dossier_id),
        professionnel("99000000001"),
        professionnel("99000000002", structure="1990000002"),
    )
    for lecteur in (scene.medecin, scene.confrere):
        recueillir_consentement(lecteur, ins, contexte=CONTEXTE)
    return scene
