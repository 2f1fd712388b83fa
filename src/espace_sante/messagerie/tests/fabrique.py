"""Messages for the tests: what is sent, to be changed in one way."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from espace_sante.documents.cda.entete import lire_entete, vers_metadonnees
from espace_sante.documents.cda.lire import lire
from espace_sante.documents.cda.tests.exemple import INS as INS_EXEMPLE
from espace_sante.documents.cda.tests.exemple import document, sans
from espace_sante.documents.xdm.lecture import Reglages
from espace_sante.documents.xdm.modele import EntreeXdm, PatientXdm
from espace_sante.documents.xdm.tests.fabrique import QUAND, soumission
from espace_sante.kernel.ins import OID_TEST, Ins
from espace_sante.kernel.traits import Traits
from espace_sante.messagerie.modele import Correspondant, Envoi

INS = Ins(INS_EXEMPLE, OID_TEST)
PATIENT = PatientXdm(INS, Traits("PAT-TROIS", "DOMINIQUE MARIE-LOUISE", "1979-03-28", "F", "51215"))
MEDECIN = Correspondant("anne.morel@medecin.mssante.fr", "Anne Morel")
CONFRERE = Correspondant("secretariat@hopital-du-port.mssante.fr", "Secrétariat, hôpital du Port")
REGLAGES = Reglages(production=False)
CDA = document(sans("<relatedDocument", "</relatedDocument>"))


def entree(contenu: bytes = CDA, **autres: Any) -> tuple[EntreeXdm, bytes]:
    """A CDA with the metadata of its own header."""
    lu = lire_entete(lire(contenu))
    return EntreeXdm(uuid4(), "", vers_metadonnees(lu, contenu, date=QUAND, **autres)), contenu


def envoi(*documents: tuple[EntreeXdm, bytes], **autres: Any) -> Envoi:
    valeurs: dict[str, Any] = {
        "de": MEDECIN, "a": (CONFRERE,), "patient": PATIENT, "soumission": soumission(),
        "documents": documents or (entree(),), "libelle": "Lettre de liaison", "texte": "Bonjour,\n\nVoici la lettre.\n",
        "quand": QUAND, "nil": "ES-1", "identifiant": "0192a", "domaine": "espace.mssante.fr", "ins_qualifiee": True,
    }  # fmt: skip
    return Envoi(**{**valeurs, **autres})
