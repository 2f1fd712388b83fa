"""The body of a notification, in the form that its subscriber asked for (FHR-169)."""

from __future__ import annotations

from datetime import datetime

from espace_sante.acces.abonnements.envois import Annonce
from espace_sante.interop.fhir.abonnement import communication
from espace_sante.interop.fhir.identifiants import composer
from espace_sante.interop.fhir.xml.ecriture import vers_xml
from espace_sante.interop.formats import FHIR_XML
from espace_sante.interop.requete import base
from espace_sante.kernel.ids import uuid7


def rediger(annonce: Annonce, maintenant: datetime) -> bytes:
    """A CommunicationRequest: a reference, the kind of event, its times."""
    dossier_id = annonce.abonnement.dossier_id
    corps = communication(
        uuid7(),
        base(),
        composer(dossier_id, annonce.abonnement.id),
        composer(dossier_id, annonce.document.id),
        annonce.document.depose_le,
        maintenant,
    )
    return vers_xml(corps) if annonce.demande.corps == FHIR_XML else corps
