"""CDA contents of a deposit: findings of the documents room, told in FHIR (FHR-87, CDA-07, CDA-08, CDA-32)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from espace_sante.documents.cda.comparaison import comparer_metadonnees
from espace_sante.documents.cda.constats import Constat as ConstatCda
from espace_sante.documents.cda.examen import examiner
from espace_sante.documents.cda.lire import CdaInvalide
from espace_sante.documents.cda.modele import EnteteCda
from espace_sante.documents.metadonnees import Auteur, Metadonnees
from espace_sante.interop.fhir.constats import Constat
from espace_sante.interop.fhir.contenu import XML, media
from espace_sante.interop.fhir.erreurs import Erreur
from espace_sante.interop.fhir.regles import Regles
from espace_sante.kernel.ins import Ins
from espace_sante.kernel.traits import Traits


@dataclass(frozen=True, slots=True)
class Examen:
    """What one content is as a CDA: nothing when it is none, no header when it was taken unread."""

    constats: tuple[Constat, ...] = ()
    entete: EnteteCda | None = None

    @property
    def ins(self) -> tuple[Ins, ...]:
        """Every INS of the header: each must be the patient's (CDA-23)."""
        patient = self.entete.patient if self.entete else None
        return patient.ins if patient else ()

    @property
    def traits(self) -> Traits | None:
        """Whom the header says that the document is about, for CDA-29."""
        return self.entete.traits if self.entete else None

    @property
    def authentificateur(self) -> Auteur | None:
        """legalAuthenticator, for FHR-70."""
        signataire = self.entete.authentificateur if self.entete else None
        return signataire.auteur if signataire and signataire.auteur.affichage else None

    @property
    def depositaire(self) -> Auteur | None:
        """custodian, for FHR-70."""
        return self.entete.depositaire if self.entete else None


AUCUN = Examen()


def examiner_contenu(contenu: bytes, mime: str, format_envoye: str, chemin: str, regles: Regles) -> Examen:
    """Read and check a content that is a CDA, whatever its media type says (CDA-01).

    `format_envoye` is empty when no format came with the document (CDA-08).
    """
    annonce_xml = media(mime) in XML
    if not contenu or not (annonce_xml or contenu[:64].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")):
        return AUCUN
    try:
        examen = examiner(
            contenu,
            production=regles.production,
            schema=regles.schema,
            format_envoye=format_envoye,
            maintenant=regles.maintenant,
        )
    except CdaInvalide as refus:
        if refus.code == "cda-racine" or (refus.code == "cda-illisible" and not annonce_xml):
            return AUCUN
        return Examen((Constat(refus.code, chemin, refus.message, "error", 400, "invalid"),))
    return Examen(_traduire(examen.constats, chemin), None if examen.opaque else examen.entete)


def comparer(examen: Examen, metadonnees: Metadonnees, chemin: str) -> list[Constat]:
    """Differences between the metadata that were sent and the header (CDA-32, FHR-104): warnings, relatesTo wins."""
    if examen.entete is None:
        return []
    constats = list(_traduire(comparer_metadonnees(examen.entete, metadonnees), chemin))
    voulu, annonce = metadonnees.remplace, examen.entete.remplace
    if voulu != annonce and not annonce_a_verifier(examen, metadonnees):
        constats.append(Erreur.REMPLACEMENT_CDA.constat(f"{chemin}.relatesTo", gravite="warning"))
    return constats


def annonce_a_verifier(examen: Examen, metadonnees: Metadonnees) -> str:
    """The uniqueId that the header says is replaced, when the sender names it by an id of ours or an entryUUID.

    Which document that is, only the record tells (FHR-101, FHR-104).
    """
    annonce = examen.entete.remplace if examen.entete else ""
    voulu = metadonnees.remplace
    return annonce if voulu and voulu != annonce and not voulu.startswith("urn:oid:") else ""


def _traduire(constats: Iterable[ConstatCda], chemin: str) -> tuple[Constat, ...]:
    """Their findings as ours: the XPath goes in the text, the FHIRPath of the document in `expression`."""
    return tuple(
        Constat(c.code, chemin, f"{c.texte} [{c.chemin}]", c.gravite, Erreur.CDA.statut, Erreur.CDA.issue)
        for c in constats
    )
