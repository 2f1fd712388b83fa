"""A document of an open record as a message to send from one's own secure mailbox, MSSanté (XDM-10 to XDM-12, XDM-15).

A file that a mail program opens, complete but for the addressee; the service sends nothing itself.
"""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from django.http import HttpResponse
from django.utils.text import slugify
from django.views.decorators.http import require_GET

from espace_sante.acces.errors import AccesRefuse, DocumentIntrouvable
from espace_sante.documents.xdm.modele import XdmRefuse
from espace_sante.messagerie.erreurs import MessageRefuse
from espace_sante.messagerie.services import preparer
from espace_sante.platform.crypto import ScelleRompu
from espace_sante.web import erreurs
from espace_sante.web.lecture.reponses import CSP_CADRE, proteger
from espace_sante.web.pro.gardes import RequetePro, ouvrir, patient_confirme
from espace_sante.web.pro.pages import refus
from espace_sante.web.pro.patients import Patient


@patient_confirme
@require_GET
def message(request: RequetePro, patient: Patient, document_id: UUID) -> HttpResponse:
    """The message, to open in a mail program; traced as a download. Its name holds no identity (REG-12)."""
    quand = datetime.now(UTC)
    try:
        with ouvrir(request, patient) as ouvert:
            octets = preparer(ouvert, [document_id], quand=quand)
    except AccesRefuse as erreur:
        return refus(request, erreur.decision, patient)
    except (DocumentIntrouvable, ScelleRompu):
        return erreurs.introuvable(request)
    except (MessageRefuse, XdmRefuse) as erreur:
        return erreurs.demande_refusee(request, erreur.message, titre="Ce document ne part pas par message")
    reponse = HttpResponse(octets, content_type="message/rfc822")
    nom = slugify(f"message-a-envoyer-{quand:%Y-%m-%d-%H%M}")
    reponse["Content-Disposition"] = f'attachment; filename="{nom}.eml"'
    return proteger(reponse, CSP_CADRE)
