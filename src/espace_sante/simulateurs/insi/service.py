"""The two operations of the simulated service, from the bytes of a request to those of the answer (INS-19).

As strict as the real one on the message: SOAP 1.2, action, the two contexts and their versions, body valid.
"""

from __future__ import annotations

from xml.sax.saxutils import escape

from lxml import etree

from espace_sante.identite.insi import schemas, xml
from espace_sante.identite.insi.enveloppe import (
    ACTION_TRAITS,
    ACTION_VITALE,
    ADRESSAGE,
    AVEC_VITALE,
    BAM,
    LPS,
    RESULTAT,
    SANS_VITALE,
    SECURITE,
    SOAP,
)
from espace_sante.kernel.traits import plier
from espace_sante.simulateurs.insi import pannes
from espace_sante.simulateurs.insi.personnes import Historique, Personne, Registre

Reponse = tuple[int, bytes]
_CORPS = {
    ACTION_TRAITS: f"{{{SANS_VITALE}}}RECSANSVITALE",
    ACTION_VITALE: f"{{{AVEC_VITALE}}}RECVITALE",
}


def nom_demande(contenu: bytes) -> str:
    """The folded birth name of a request, empty when there is none: it says which failure is wanted."""
    try:
        racine = xml.lire(contenu)
    except xml.XmlRefuse:
        return ""
    trouve = next(racine.iter(f"{{{SANS_VITALE}}}NomNaissance", f"{{{AVEC_VITALE}}}NomNaissance"), None)
    return plier(trouve.text or "") if trouve is not None else ""


def repondre(contenu: bytes, registre: Registre, dossier_xsd: str = "") -> Reponse:
    """HTTP status and SOAP answer; 400 and a fault for what the service would not read."""
    try:
        corps = _lire(contenu, dossier_xsd)
    except (xml.XmlRefuse, schemas.HorsSchema) as refus:
        return 400, pannes.faute(
            "Sender", "siram_20", "La demande est mal formee.", "desir_200", escape(str(refus))
        )
    if panne := pannes.PANNES.get(nom_demande(contenu)):
        return panne()
    trouvees = _par_traits(corps, registre) if "RECSANS" in str(corps.tag) else _par_carte(corps, registre)
    if not trouvees:
        return 200, _resultat("01", "Aucune identite trouvee")
    if len(trouvees) > 1:
        return 200, _resultat("02", "Plusieurs identites trouvees")
    return 200, _resultat("00", "OK", trouvees[0])


def _lire(contenu: bytes, dossier_xsd: str) -> etree._Element:
    racine = xml.lire(contenu)
    tete, corps = racine.find(f"{{{SOAP}}}Header"), racine.find(f"{{{SOAP}}}Body")
    if tete is None or corps is None or len(corps) != 1:
        raise schemas.HorsSchema("Envelope")
    action = tete.findtext(f"{{{ADRESSAGE}}}Action") or ""
    if _CORPS.get(action) != corps[0].tag:
        raise schemas.HorsSchema("Action")
    bam, lps = tete.find(f"{{{BAM}}}ContexteBAM"), tete.find(f"{{{LPS}}}ContexteLPS")
    if bam is None or bam.get("Version") != "01_02" or lps is None or lps.get("Version") != "01_00":
        raise schemas.HorsSchema("Contexte")
    for contexte, espace in ((bam, BAM), (lps, LPS)):
        if not all(contexte.findtext(f"{{{espace}}}{n}") for n in ("Id", "Temps", "Emetteur")):
            raise schemas.HorsSchema("Contexte")
    if not lps.findtext(f"{{{LPS}}}LPS/{{{LPS}}}IDAM"):
        raise schemas.HorsSchema("IDAM")
    if not tete.findtext(f"{{{ADRESSAGE}}}MessageID") or tete.find(f"{{{SECURITE}}}Security") is None:
        raise schemas.HorsSchema("Header")
    schemas.valider(corps[0], dossier_xsd)
    return corps[0]


def _par_traits(corps: etree._Element, registre: Registre) -> list[Personne]:
    def lire(nom: str) -> str:
        return corps.findtext(f"{{{SANS_VITALE}}}{nom}") or ""

    prenoms = tuple(e.text or "" for e in corps.findall(f"{{{SANS_VITALE}}}Prenom"))
    return registre.avec_traits(
        lire("NomNaissance"), prenoms, lire("Sexe"), lire("DateNaissance"), lire("LieuNaissance")
    )


def _par_carte(corps: etree._Element, registre: Registre) -> list[Personne]:
    def lire(*chemin: str) -> str:
        return corps.findtext("/".join(f"{{{AVEC_VITALE}}}{n}" for n in chemin)) or ""

    return registre.avec_carte(
        lire("MatriculeIndividu", "NumIdentifiant"),
        lire("MatriculeOD", "NumIdentifiant"),
        lire("DateNaissance"),
        lire("RangNaissance"),
    )


def _resultat(code: str, libelle: str, personne: Personne | None = None) -> bytes:
    individu = _individu(personne) if personne else ""
    return pannes.enveloppe(
        f'<RESULTAT xmlns="{RESULTAT}"><CR><CodeCR>{code}</CodeCR><LibelleCR>{libelle}</LibelleCR></CR>{individu}</RESULTAT>'
    )


def _individu(p: Personne) -> str:
    present = _ins("INSACTIF", Historique(p.matricule, type=p.type), p.oid)
    anciens = "".join(_ins("INSHISTO", a, p.oid) for a in p.anciens)
    traits = "".join(
        f"<{nom}>{escape(valeur)}</{nom}>"
        for nom, valeur in (
            ("NomNaissance", p.nom),
            ("Prenom", p.prenoms.split(" ")[0]),
            ("ListePrenom", p.prenoms),
            ("Sexe", p.sexe),
            ("DateNaissance", p.naissance),
            ("LieuNaissance", p.lieu),
        )
        if valeur
    )
    return f"<INDIVIDU>{present}{anciens}<TIQ>{traits}</TIQ></INDIVIDU>"


def _ins(nom: str, h: Historique, oid: str) -> str:
    dates = "".join(f"<{n}>{d}</{n}>" for n, d in (("DateDeb", h.debut), ("DateFin", h.fin)) if d)
    return (
        f"<{nom}><IdIndividu><NumIdentifiant>{h.matricule[:13]}</NumIdentifiant><Cle>{h.matricule[13:]}</Cle>"
        f"<TypeMatricule>{h.type}</TypeMatricule></IdIndividu><OID>{oid}</OID>{dates}</{nom}>"
    )
