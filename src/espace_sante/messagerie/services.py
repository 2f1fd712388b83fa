"""A professional takes documents of an open record away as a message, for his own secure mailbox (XDM-10 to XDM-12).

The service sends nothing itself: it writes the file that his mail program opens, complete, as MSSanté wants it. Between
professionals what the holder masked does not leave through us (XDM-15).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings

from espace_sante.acces.dossier_ouvert import DossierOuvert
from espace_sante.acces.exportation.soumission import metadonnees
from espace_sante.documents.metadonnees import Auteur
from espace_sante.documents.queries import DocumentVu
from espace_sante.documents.xdm.modele import EntreeXdm, PatientXdm, SoumissionXdm
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.annuaire_sante.copie import boites_du_professionnel
from espace_sante.identite.queries import qualifiee
from espace_sante.kernel.identifiants import rpps_vers_idnat
from espace_sante.kernel.ids import uuid7
from espace_sante.messagerie.composition import composer
from espace_sante.messagerie.erreurs import MessageRefuse
from espace_sante.messagerie.modele import Correspondant, Envoi

DOCUMENTS_MAX: Final = 20
_TEXTE: Final = """\
Bonjour,

Veuillez trouver ci-joint {quoi}.
Le fichier IHE_XDM.zip est lu par les logiciels de santé ; les fichiers PDF se lisent à l’écran.

{signature}
"""


def preparer(
    ouvert: DossierOuvert, documents: Sequence[UUID], *, vers_citoyen: bool = False, quand: datetime
) -> bytes:
    """The message, as a draft without addressee. Each document is traced as a download.

    Raises DocumentIntrouvable, MessageRefuse `aucun_document`, `message_trop_gros`; XdmRefuse (XDM-14).
    """
    voulus = list(dict.fromkeys(documents))
    if not 1 <= len(voulus) <= DOCUMENTS_MAX:
        raise MessageRefuse("aucun_document", f"Choisissez de 1 à {DOCUMENTS_MAX} documents.")
    lus = [ouvert.lire_contenu(d, telechargement=True) for d in voulus]
    moi, acteur = ouvert.titulaire, ouvert.acteur
    titre = lus[0][0].titre if len(lus) == 1 else f"{len(lus)} documents"
    numero = uuid7()
    return composer(
        Envoi(
            de=_boite(acteur),
            a=(),
            patient=PatientXdm(moi.ins, moi.traits),
            soumission=SoumissionXdm(
                id=numero,
                unique_id=f"urn:oid:2.25.{numero.int}",
                source_id=f"urn:oid:{settings.ES_SERVICE_OID}"
                if settings.ES_SERVICE_OID
                else "urn:oid:2.25.0",
                date=quand,
                titre=titre,
                auteur=_auteur(acteur),
            ),
            documents=tuple((_entree(vu), contenu) for vu, contenu in lus),
            libelle=_une_ligne(titre),
            texte=_TEXTE.format(
                quoi="un document" if len(lus) == 1 else f"{len(lus)} documents", signature=acteur.nom
            ),
            quand=quand,
            nil=settings.ES_MSS_NIL,
            identifiant=str(numero),
            domaine=urlsplit(settings.ES_BASE_URL).hostname or "localhost",
            nom_affiche=moi.nom_affiche,
            prenom_affiche=moi.prenom_affiche,
            vers_citoyen=vers_citoyen,
            ins_qualifiee=qualifiee(ouvert.dossier_id),
            brouillon=True,
        )
    )


def _entree(vu: DocumentVu) -> EntreeXdm:
    # That something replaced it is for the record to say: here it stands alone.
    return EntreeXdm(vu.id, "", metadonnees(vu))


def _auteur(acteur: Acteur) -> Auteur:
    return Auteur(
        "personne" if acteur.rpps else "organisation",
        idnat=rpps_vers_idnat(acteur.rpps) if acteur.rpps else "",
        nom=acteur.nom,
        structure_idnat=acteur.structure_id,
        structure_nom=acteur.structure_nom,
    )


def _boite(acteur: Acteur) -> Correspondant | None:
    """His published mailbox, when there is just one: between several his mail program chooses."""
    boites = boites_du_professionnel(acteur.rpps) if acteur.rpps else []
    if len(boites) != 1:
        return None
    try:
        return Correspondant(boites[0].adresse, acteur.nom)
    except MessageRefuse:
        return None


def _une_ligne(titre: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in titre).split())
