"""Reading METADATA.XML, ours and others' (XDM-03, XDM-04). No DTD, no entity, bounded like a CDA (CDA-02)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID, uuid5

from lxml import etree

from espace_sante.documents.cda.constats import Constat
from espace_sante.documents.cda.lire import CdaInvalide, analyser_xml
from espace_sante.documents.metadonnees import Auteur, Code, Metadonnees
from espace_sante.documents.xdm import vocabulaire as v
from espace_sante.documents.xdm.acteurs import DANS_CLASSIFICATION, clair, lire_auteur, lire_ins, noms_propres
from espace_sante.documents.xdm.ebrim_ecriture import uuid_de
from espace_sante.documents.xdm.modele import EntreeXdm, SoumissionXdm, StatutXdm, XdmRefuse
from espace_sante.kernel.ins import Ins
from espace_sante.kernel.traits import Traits

_R: Final = f"{{{v.RIM}}}"
_STATUTS: Final[Mapping[str, StatutXdm]] = {v.PERIME: "superseded", v.ARCHIVE: "archived"}
# Symbolic ids, which submissions may use, become UUIDs of this archive.
_SYMBOLES: Final = UUID("5b0f3f3e-7e61-5c53-9d0e-6f2c8ad54a11")
_SEXES: Final = {"M": "M", "F": "F", "U": "I", "I": "I", "O": "I"}


@dataclass(slots=True)
class MetadataLu:
    """What one METADATA.XML says. `ins`: every person that it names; `fautes`: what an entry lacks, by its URI."""

    soumission: SoumissionXdm | None = None
    entrees: list[EntreeXdm] = field(default_factory=list)
    ins: list[Ins] = field(default_factory=list)
    traits: Traits | None = None
    fautes: dict[str, Constat] = field(default_factory=dict)
    uris: list[str] = field(default_factory=list)


def lire_metadata(contenu: bytes) -> MetadataLu:
    """Raises XdmRefuse `xdm-illisible` on what is not one SubmitObjectsRequest with its SubmissionSet."""
    try:
        racine = analyser_xml(contenu)
    except CdaInvalide as erreur:
        raise XdmRefuse(
            "xdm-illisible", "METADATA.XML n’est pas du XML lisible.", raison=erreur.code
        ) from None
    if etree.QName(racine).localname != "SubmitObjectsRequest":
        raise XdmRefuse("xdm-illisible", "METADATA.XML n’est pas une soumission de documents.")
    lu = MetadataLu()
    remplaces = {
        a.get("sourceObject", ""): a.get("targetObject", "")
        for a in racine.iter(f"{_R}Association")
        if a.get("associationType", "").rpartition(":")[2] == "RPLC"
    }
    soumissions = {
        c.get("classifiedObject") for c in racine.iter(f"{_R}Classification")
        if c.get("classificationNode") == v.SOUMISSION
    }  # fmt: skip
    paquets = [p for p in racine.iter(f"{_R}RegistryPackage") if p.get("id") in soumissions]
    if len(paquets) != 1:
        raise XdmRefuse("xdm-illisible", "METADATA.XML ne contient pas une soumission et une seule.")
    lu.soumission = _soumission(paquets[0], lu)
    for objet in racine.iter(f"{_R}ExtrinsicObject"):
        _entree(objet, remplaces.get(objet.get("id", ""), ""), lu)
    return lu


def _soumission(paquet: etree._Element, lu: MetadataLu) -> SoumissionXdm:
    slots, externes = _slots(paquet), _externes(paquet)
    _personne(externes.get(v.SS_ID_PATIENT, ""), lu)
    try:
        return SoumissionXdm(
            id=_id(paquet),
            unique_id=v.unique_id_de(externes[v.SS_ID_UNIQUE]),
            source_id=v.unique_id_de(externes[v.SS_ID_SOURCE]),
            date=v.lire_dtm(slots["submissionTime"][0]),
            titre=_nom(paquet, "Name"),
            auteur=next(iter(_auteurs(paquet, v.SS_AUTEUR)), Auteur("organisation")),
            designation=next(iter(_codes(paquet, v.SS_DESIGNATION)), None),
        )
    except (KeyError, ValueError, IndexError):
        raise XdmRefuse("xdm-illisible", "La soumission de METADATA.XML est incomplète.") from None


def _entree(objet: etree._Element, remplace: str, lu: MetadataLu) -> None:
    slots, externes = _slots(objet), _externes(objet)
    uri = "".join(slots.get("URI", ()))
    lu.uris.append(uri)
    for valeur in (externes.get(v.ID_PATIENT, ""), *slots.get("sourcePatientId", ())[:1]):
        _personne(valeur, lu)
    lu.traits = lu.traits or _traits(slots.get("sourcePatientInfo", []))
    try:
        metadonnees = _metadonnees(objet, slots, externes, remplace)
    except (KeyError, ValueError, IndexError) as erreur:
        manque = str(erreur.args[0]) if isinstance(erreur, KeyError) and erreur.args else "une valeur"
        texte = f"Les métadonnées de ce document sont incomplètes ou fausses ({manque})."
        lu.fautes[uri] = Constat("xdm-metadonnees", "error", f"METADATA.XML/{uri}", texte, "XDM-02")
        return
    statut = _STATUTS.get(objet.get("status", ""), "current")
    lu.entrees.append(EntreeXdm(_id(objet), uri, metadonnees, statut))


def _metadonnees(
    objet: etree._Element, slots: Mapping[str, list[str]], externes: Mapping[str, str], remplace: str
) -> Metadonnees:
    def seul(nom: str, schema: str) -> Code:
        codes = _codes(objet, schema)
        if not codes:
            raise KeyError(nom)
        return codes[0]

    def propre(nom: str) -> str:
        return "".join(slots.get(v.PROPRE + nom, ())[:1])

    plats = {nom: valeurs[0] for nom, valeurs in slots.items() if valeurs}
    etiquettes = {c.code for c in _codes(objet, v.CONFIDENTIALITE)}
    signe = {**plats}
    signe.setdefault(noms_propres("authentificateur")["personne"], plats.get("legalAuthenticator", ""))
    creation = v.lire_dtm(plats["creationTime"])
    auteurs = _auteurs(objet, v.AUTEUR)
    sha1 = bytes.fromhex(plats["hash"])
    if not auteurs:
        raise KeyError("author")
    if len(sha1) != 20 or not plats["size"].isascii() or not plats["size"].isdigit():
        raise ValueError("hash or size")
    return Metadonnees(
        unique_id=v.unique_id_de(externes[v.ID_UNIQUE]),
        type=seul("typeCode", v.TYPE),
        classe=seul("classCode", v.CLASSE),
        titre=_nom(objet, "Name"),
        langue=plats["languageCode"],
        format=seul("formatCode", v.FORMAT),
        mime=str(objet.attrib["mimeType"]),
        taille=int(plats["size"]),
        sha1=sha1,
        creation=creation,
        date=v.lire_dtm(propre("date")) if propre("date") else creation,
        periode_debut=v.lire_dtm(plats.get("serviceStartTime") or plats["creationTime"]),
        periode_fin=v.lire_dtm(plats["serviceStopTime"]) if plats.get("serviceStopTime") else None,
        etablissement=seul("healthcareFacilityTypeCode", v.ETABLISSEMENT),
        cadre=seul("practiceSettingCode", v.CADRE),
        confidentialite=max(etiquettes & {"N", "R", "V"}, key="NRV".index, default="N"),
        masque_ps="MASQUE_PS" in etiquettes,
        invisible_patient="INVISIBLE_PATIENT" in etiquettes,
        invisible_representants=not etiquettes.isdisjoint(
            {"INVISIBLE_REPRESENTANTS_LEGAUX", "INVISIBLE_REP_LEGAUX"}
        ),
        auteurs=tuple(auteurs),
        authentificateur=lire_auteur(signe, noms_propres("authentificateur")),
        depositaire=lire_auteur(plats, noms_propres("depositaire")),
        evenements=tuple(_codes(objet, v.EVENEMENT)),
        description=_nom(objet, "Description"),
        remplace=f"urn:uuid:{uuid_de(remplace) or _symbole(remplace)}" if remplace else propre("remplace"),
    )


def _personne(valeur: str, lu: MetadataLu) -> None:
    ins = lire_ins(valeur)
    if ins is not None and ins not in lu.ins:
        lu.ins.append(ins)


def _traits(lignes: list[str]) -> Traits | None:
    pid = dict(ligne.partition("|")[::2] for ligne in lignes)
    nom, prenoms = [clair(c) for c in [*pid.get("PID-5", "").split("^"), ""]][:2]
    ne, sexe = pid.get("PID-7", "")[:8], _SEXES.get(pid.get("PID-8", ""))
    if not nom or sexe is None:
        return None
    date = "-".join(p for p in (ne[:4], ne[4:6], ne[6:8]) if p)
    return Traits(nom, prenoms, date, sexe, clair(pid.get("PID-23", "")))  # type: ignore[arg-type]


def _id(element: etree._Element) -> UUID:
    brut = element.get("id", "")
    return uuid_de(brut) or _symbole(brut)


def _symbole(identifiant: str) -> UUID:
    return uuid5(_SYMBOLES, identifiant)


def _slots(element: etree._Element) -> dict[str, list[str]]:
    return {
        s.get("name", ""): [valeur.text or "" for valeur in s.iterfind(f"{_R}ValueList/{_R}Value")]
        for s in element.iterfind(f"{_R}Slot")
    }


def _externes(element: etree._Element) -> dict[str, str]:
    return {
        e.get("identificationScheme", ""): e.get("value", "")
        for e in element.iterfind(f"{_R}ExternalIdentifier")
    }


def _codes(element: etree._Element, schema: str) -> list[Code]:
    return [
        Code(c.get("nodeRepresentation", ""), v.systeme_de("".join(_slots(c).get("codingScheme", ())[:1])),
             _nom(c, "Name"))
        for c in element.iterfind(f"{_R}Classification") if c.get("classificationScheme") == schema
    ]  # fmt: skip


def _auteurs(element: etree._Element, schema: str) -> list[Auteur]:
    lus = (
        lire_auteur({nom: valeurs[0] for nom, valeurs in _slots(c).items() if valeurs}, DANS_CLASSIFICATION)
        for c in element.iterfind(f"{_R}Classification")
        if c.get("classificationScheme") == schema
    )
    return [a for a in lus if a is not None]


def _nom(element: etree._Element, balise: str) -> str:
    texte = element.find(f"{_R}{balise}/{_R}LocalizedString")
    return texte.get("value", "") if texte is not None else ""
