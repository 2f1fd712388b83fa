"""CDA contents of a deposit: findings of the documents room, told in FHIR (FHR-87, CDA-07, CDA-08)."""

from __future__ import annotations

from dataclasses import dataclass, field

from espace_sante.documents.cda.constats import Constat as ConstatCda
from espace_sante.documents.cda.constats import attenuer
from espace_sante.documents.cda.entete import lire_entete
from espace_sante.documents.cda.formats import MIME_SUFFIT
from espace_sante.documents.cda.lire import CdaInvalide, lire
from espace_sante.documents.cda.modele import EnteteCda
from espace_sante.documents.metadonnees import Auteur, Metadonnees
from espace_sante.interop.fhir.contenu import XML
from espace_sante.interop.fhir.erreurs import Constat, Erreur
from espace_sante.interop.fhir.regles import Regles
from espace_sante.kernel.ins import Ins


@dataclass(frozen=True, slots=True)
class Controle:
    """Findings on one content; `entete` is None when it is not a CDA."""

    constats: list[Constat] = field(default_factory=list)
    entete: EnteteCda | None = None

    @property
    def ins(self) -> Ins | None:
        return self.entete.ins if self.entete else None

    @property
    def authentificateur(self) -> Auteur | None:
        signataire = self.entete.authentificateur if self.entete else None
        return signataire.auteur if signataire and signataire.auteur.affichage else None

    @property
    def depositaire(self) -> Auteur | None:
        return self.entete.depositaire if self.entete else None


AUCUN = Controle()


def controler_cda(contenu: bytes, metadonnees: Metadonnees, chemin: str, regles: Regles) -> Controle:
    """Read and check a content that is a CDA; another kind of content gives no finding (CDA-01)."""
    mime = metadonnees.mime.partition(";")[0].strip().lower()
    if mime not in XML and not contenu.lstrip()[:1] == b"<":
        return AUCUN
    try:
        lu = lire(contenu, taille_max=regles.max_document)
    except CdaInvalide as refus:
        if refus.code == "cda-racine" or (refus.code == "cda-illisible" and mime not in XML):
            return AUCUN
        return Controle([Erreur.CDA.constat(chemin, texte=refus.message)])
    entete = lire_entete(lu)
    constats: list[ConstatCda] = []
    if metadonnees.format.code == MIME_SUFFIT.code:
        constats = list(attenuer(constats))
    traduits = [Erreur.CDA.constat(chemin, gravite=c.gravite, texte=c.texte) for c in constats]
    return Controle(traduits, entete)
