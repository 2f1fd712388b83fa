"""What a record holds: documents written one by one, consents, visits."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from espace_sante.documents import nomenclatures
from espace_sante.documents.cda.formats import MIME_SUFFIT, format_n1
from espace_sante.documents.metadonnees import Code, Metadonnees
from espace_sante.simulateurs.population import cda, visites
from espace_sante.simulateurs.population.actes import Cadre
from espace_sante.simulateurs.population.entete import Entete, systeme
from espace_sante.simulateurs.population.hasard import PARIS, Hasard
from espace_sante.simulateurs.population.modeles import (
    ConsentementFictif,
    DocumentFictif,
    TitulaireFictif,
    VisiteFictive,
)
from espace_sante.simulateurs.population.pdf import pdf_a1
from espace_sante.simulateurs.population.plan import Planificateur, Prevu
from espace_sante.simulateurs.population.professionnels import Annuaire


class Fabrique:
    """Makes what belongs to a holder, on demand and always the same."""

    def __init__(self, graine: int, annuaire: Annuaire, aujourd_hui: date) -> None:
        self._graine = graine
        self._annuaire = annuaire
        self._plan = Planificateur(graine, annuaire, aujourd_hui)

    def documents(self, titulaire: TitulaireFictif) -> Iterator[DocumentFictif]:
        """The documents of a holder, oldest first; each is written when it is asked for."""
        prevus = self._plan.prevus(titulaire)
        versions = {p.id: p for p in prevus}
        for prevu in prevus:
            yield self._document(titulaire, prevu, versions.get(prevu.remplace) if prevu.remplace else None)

    def consentements(self, titulaire: TitulaireFictif) -> tuple[ConsentementFictif, ...]:
        """The consents of a holder, oldest first."""
        hasard = Hasard(self._graine, "consentements", titulaire.rang)
        return visites.consentements(titulaire, self._plan.prevus(titulaire), self._annuaire, hasard)

    def visites(self, titulaire: TitulaireFictif) -> tuple[VisiteFictive, ...]:
        """The past acts on the record of a holder, oldest first."""
        hasard = Hasard(self._graine, "visites", titulaire.rang)
        prevus = self._plan.prevus(titulaire)
        return visites.visites(titulaire, prevus, self.consentements(titulaire), self._annuaire, hasard)

    def _document(self, titulaire: TitulaireFictif, prevu: Prevu, precedent: Prevu | None) -> DocumentFictif:
        entete = self._entete(titulaire, prevu, precedent)
        # A corrected version keeps the words of the first: same rank in the seed, same draws.
        rang = precedent.rang if precedent else prevu.rang
        cadre = Cadre(
            titulaire=titulaire,
            moment=prevu.moment,
            auteur=prevu.auteur,
            structure=prevu.structure,
            medecin_traitant=entete.medecin_traitant,
            hasard=Hasard(self._graine, "mots", titulaire.rang, rang),
        )
        corps = prevu.acte.redacteur(cadre)
        if prevu.en_pdf:
            contenu = cda.document_n1(entete, pdf_a1(entete, corps))
        else:
            contenu = cda.document_n3(entete, corps)
        if prevu.auteur:
            deposant = prevu.auteur.rpps
        else:
            deposant = "" if entete.par_le_titulaire else prevu.structure.id
        return DocumentFictif(
            id=prevu.id,
            entree=prevu.entree,
            depose_le=prevu.moment + timedelta(minutes=cadre.hasard.randint(1, 50)),
            deposant=deposant,
            metadonnees=_metadonnees(entete, prevu, contenu),
            contenu=contenu,
        )

    def _entete(self, titulaire: TitulaireFictif, prevu: Prevu, precedent: Prevu | None) -> Entete:
        acte = prevu.acte
        fin = datetime.combine(acte.fin, time(18), PARIS) if acte.fin else None
        return Entete(
            oid=prevu.oid,
            oid_lot=f"2.25.{(precedent or prevu).entree.int}",
            version=2 if precedent else 1,
            precedent=precedent.oid if precedent else "",
            type_code=acte.type_code,
            titre=acte.titre,
            moment=prevu.moment,
            debut=datetime.combine(acte.jour, time(8), PARIS),
            fin=fin,
            titulaire=titulaire,
            auteur=prevu.auteur,
            structure=prevu.structure,
            medecin_traitant=self._annuaire.par_rpps[titulaire.medecin_traitant],
            evenement=acte.evenement,
        )


def _metadonnees(e: Entete, prevu: Prevu, contenu: bytes) -> Metadonnees:
    type_document = nomenclatures.types()[e.type_code]
    classe = nomenclatures.classes()[type_document.classe]
    acte, structure = prevu.acte, e.structure
    evenements: tuple[Code, ...] = ()
    if e.evenement:
        evenements = (Code(e.evenement.code, systeme(e.evenement.systeme), e.evenement.libelle),)
    return Metadonnees(
        unique_id=f"urn:oid:{e.oid}",
        type=Code(type_document.code, type_document.systeme, type_document.libelle),
        classe=Code(classe.code, nomenclatures.SYSTEME_CLASSE, classe.libelle),
        titre=e.titre,
        langue="fr-FR",
        format=format_n1("application/pdf") if prevu.en_pdf else MIME_SUFFIT,
        mime="text/xml",
        taille=len(contenu),
        sha1=hashlib.sha1(contenu, usedforsecurity=False).digest(),
        creation=e.moment,
        date=e.moment,
        periode_debut=e.debut,
        periode_fin=e.fin,
        etablissement=Code(
            structure.etablissement_code, systeme(e.systeme_secteur), structure.etablissement_libelle
        ),
        cadre=Code(structure.cadre_code, systeme(e.systeme_cadre), structure.cadre_libelle),
        masque_ps=prevu.masque_ps,
        invisible_patient=acte.invisible_patient,
        invisible_representants=acte.invisible_representants,
        auteurs=(e.auteur_xds,),
        authentificateur=e.authentificateur_xds,
        depositaire=e.depositaire_xds,
        evenements=evenements,
        remplace=f"urn:oid:{e.precedent}" if e.precedent else "",
    )
