"""Writing a message that carries documents: RFC 5322, an XDM archive, a readable copy of each CDA (XDM-10 to XDM-12)."""

from __future__ import annotations

import io
from collections import Counter
from datetime import date
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import Final
from zoneinfo import ZoneInfo

from espace_sante.documents.cda.lire import est_cda
from espace_sante.documents.nomenclatures import type_document
from espace_sante.documents.xdm.ecriture import NOM_ARCHIVE, EcritureXdm
from espace_sante.documents.xdm.modele import EntreeXdm
from espace_sante.documents.xdm.regles import entre_professionnels, verifier_pour_citoyen
from espace_sante.messagerie import entetes, sujet
from espace_sante.messagerie.erreurs import MessageRefuse
from espace_sante.messagerie.lisible import nom_du_pdf, pdf_lisible
from espace_sante.messagerie.modele import Correspondant, Envoi, exiger_une_ligne

# A whole message, encoded (MSG-62).
TAILLE_MAX: Final = 26_214_400
_PARIS: Final = ZoneInfo("Europe/Paris")


def composer(envoi: Envoi) -> bytes:
    """The message, as it is handed to a mail server: lines of CRLF, encoded for the wire.

    Raises MessageRefuse, XdmRefuse `xdm-invisible-patient` (XDM-14). Between professionals, what the holder masked is
    left out (XDM-15).
    """
    documents = _transmissibles(envoi)
    cda = [(entree, contenu) for entree, contenu in documents if est_cda(contenu)]
    message = EmailMessage(policy=SMTP)
    _entetes(message, envoi, [e.metadonnees.type.code for e, _ in cda])
    message.set_content(envoi.texte, cte="quoted-printable")
    message.add_attachment(
        _archive(envoi, documents), maintype="application", subtype="zip", filename=NOM_ARCHIVE
    )
    noms: Counter[str] = Counter()
    for entree, contenu in cda:
        copie = pdf_lisible(contenu, quand=envoi.quand.astimezone(_PARIS).date())
        if copie is not None:
            nom = _unique(_nom(envoi, entree), noms)
            message.add_attachment(copie, maintype="application", subtype="pdf", filename=nom)
    octets = message.as_bytes()
    if len(octets) > TAILLE_MAX:
        raise MessageRefuse(
            "message_trop_gros", "Ces documents sont trop lourds pour un message : choisissez-en moins."
        )
    return octets


def _transmissibles(envoi: Envoi) -> list[tuple[EntreeXdm, bytes]]:
    documents = list(envoi.documents)
    if envoi.vers_citoyen:
        verifier_pour_citoyen(e.metadonnees for e, _ in documents)
    else:
        gardes = entre_professionnels(e.metadonnees for e, _ in documents)
        documents = [(e, c) for e, c in documents if e.metadonnees in gardes]
    if not documents:
        raise MessageRefuse("aucun_document", "Aucun de ces documents ne peut être envoyé par message.")
    return documents


def _entetes(message: EmailMessage, envoi: Envoi, codes_cda: list[str]) -> None:
    traits = envoi.patient.traits
    nom = envoi.nom_affiche or (traits.nom_naissance if traits else "")
    prenom = envoi.prenom_affiche or (traits.prenoms.split(" ")[0] if traits else "")
    naissance = traits.date_naissance if traits else ""
    valeurs: list[tuple[str, object]] = [
        *([("From", _adresse(envoi.de))] if envoi.de else []),
        ("To", tuple(_adresse(c) for c in envoi.a)),
        ("Subject", sujet.ecrire(envoi.libelle, nom, prenom, naissance)),
        ("Date", envoi.quand),
        ("Message-ID", f"<{envoi.identifiant}@{envoi.domaine}>"),
    ]
    valeurs += entetes.de_l_envoi(
        codes_cda, nil=envoi.nil, ins_qualifiee=envoi.ins_qualifiee, sans_reponse=envoi.sans_reponse
    )
    if envoi.accuse and envoi.de:
        valeurs.append(("Disposition-Notification-To", envoi.de.adresse))
    if envoi.brouillon:
        # Mail programs open such a file as a message to complete and send.
        valeurs.append(("X-Unsent", "1"))
    for entete, valeur in valeurs:
        if isinstance(valeur, str):
            exiger_une_ligne(valeur)
        if valeur != ():
            message[entete] = valeur


def _adresse(correspondant: Correspondant) -> Address:
    return Address(correspondant.nom, addr_spec=correspondant.adresse)


def _archive(envoi: Envoi, documents: list[tuple[EntreeXdm, bytes]]) -> bytes:
    sortie = io.BytesIO()
    xdm = EcritureXdm(sortie, envoi.patient, envoi.soumission, quand=envoi.quand)
    for entree, contenu in documents:
        xdm.ajouter(entree, contenu)
    xdm.finir()
    return sortie.getvalue()


def _nom(envoi: Envoi, entree: EntreeXdm) -> str:
    m, traits = entree.metadonnees, envoi.patient.traits
    connu = type_document(m.type.code)
    jour: date = m.creation.astimezone(_PARIS).date()
    return nom_du_pdf(
        jour,
        m.type.libelle or (connu.libelle if connu else m.type.code),
        envoi.nom_affiche or (traits.nom_naissance if traits else ""),
        envoi.prenom_affiche or (traits.prenoms.split(" ")[0] if traits else ""),
    )


def _unique(nom: str, noms: Counter[str]) -> str:
    noms[nom.lower()] += 1
    rang = noms[nom.lower()]
    return nom if rang == 1 else f"{nom.removesuffix('.pdf')}_{rang}.pdf"
