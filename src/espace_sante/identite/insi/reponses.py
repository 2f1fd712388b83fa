"""From the bytes of an answer to a value, or to the failure that it is (INS-07, INS-08, INS-10)."""

from __future__ import annotations

import re
from datetime import date
from typing import Final, cast

from lxml import etree

from espace_sante.identite.insi import schemas, xml
from espace_sante.identite.insi.enveloppe import RESULTAT, SIRAM, SOAP
from espace_sante.identite.insi.erreurs import InsiIndisponible, Panne
from espace_sante.identite.insi.modeles import COG, CodeCR, Individu, MatriculeHistorique, Reponse
from espace_sante.kernel.ins import Ins, InsInvalide, cle
from espace_sante.kernel.traits import Sexe, Traits

_R: Final = f"{{{RESULTAT}}}"
_S: Final = f"{{{SOAP}}}"
# The fault that says « temporarily out of reach »; whoever sent it, the same call may succeed later.
_TEMPORAIRE: Final = frozenset({"siram_40"})
_CODE: Final = re.compile(r"[A-Za-z]{0,12}_?[0-9]{0,4}")
_NOM_MAX, _PRENOMS_MAX = 100, 200


def lire(contenu: bytes, dossier_xsd: str = "") -> Reponse:
    """The answer. Raises InsiIndisponible: a fault, another code than the three, or what respects no schema."""
    try:
        enveloppe = xml.lire(contenu)
        corps = enveloppe.find(f"{_S}Body")
        if enveloppe.tag != f"{_S}Envelope" or corps is None or len(corps) != 1:
            raise xml.XmlRefuse("not a SOAP 1.2 message")
    except xml.XmlRefuse:
        raise _invalide() from None
    if corps[0].tag == f"{_S}Fault":
        raise _faute(corps[0])
    try:
        schemas.valider(corps[0], dossier_xsd)
        if corps[0].tag != f"{_R}RESULTAT":
            raise schemas.HorsSchema("RESULTAT")
        return _resultat(corps[0])
    except (schemas.HorsSchema, InsInvalide, ValueError):
        raise _invalide() from None


def _resultat(resultat: etree._Element) -> Reponse:
    brut = _texte(resultat, "CR", "CodeCR")
    try:
        code = CodeCR(brut)
    except ValueError:
        # Recorded as it came when it looks like a code, never more (INS-10, INS-20).
        raise InsiIndisponible(Panne.CODE_INCONNU, technique=False, desir=_court(brut)) from None
    individu = resultat.find(f"{_R}INDIVIDU")
    # One person with 00, nobody with the two others: anything else cannot be trusted.
    if (individu is not None) != (code is CodeCR.TROUVEE):
        raise schemas.HorsSchema("INDIVIDU")
    return Reponse(code, _individu(individu) if individu is not None else None)


def _individu(element: etree._Element) -> Individu:
    tiq = cast(etree._Element, element.find(f"{_R}TIQ"))
    sexe, lieu = _texte(tiq, "Sexe"), _texte(tiq, "LieuNaissance").upper()
    nom, prenoms = _texte(tiq, "NomNaissance"), _texte(tiq, "ListePrenom") or _texte(tiq, "Prenom")
    prenoms = " ".join(prenoms.split())
    naissance = _texte(tiq, "DateNaissance")
    # Optional in the schema, but nobody is known without them (IDN-09); a town may be missing.
    if not (nom and prenoms and naissance and sexe in {"M", "F", "I"}) or (lieu and not COG.fullmatch(lieu)):
        raise schemas.HorsSchema("TIQ")
    if len(nom) > _NOM_MAX or len(prenoms) > _PRENOMS_MAX:
        raise schemas.HorsSchema("TIQ")
    actif = cast(etree._Element, element.find(f"{_R}INSACTIF"))
    return Individu(
        ins=_ins(actif),
        traits=Traits(nom, prenoms, naissance, cast(Sexe, sexe), lieu),
        anciens=tuple(
            MatriculeHistorique(_ins(h), _jour(_texte(h, "DateDeb")), _jour(_texte(h, "DateFin")))
            for h in element.findall(f"{_R}INSHISTO")
        ),
    )


def _ins(element: etree._Element) -> Ins:
    """Raises InsInvalide: wrong form, wrong key, unknown domain."""
    numero = _texte(element, "IdIndividu", "NumIdentifiant").upper()
    return Ins.lire(numero + (_texte(element, "IdIndividu", "Cle") or cle(numero)), _texte(element, "OID"))


def _faute(faute: etree._Element) -> InsiIndisponible:
    """siramCode is the subcode, desirCode the code of the detail; their texts are for programs, and not kept."""
    valeur = (faute.findtext(f"{_S}Code/{_S}Value") or "").strip()
    sous = (faute.findtext(f"{_S}Code/{_S}Subcode/{_S}Value") or "").strip()
    siram = _court(sous.rpartition(":")[2])
    erreur = faute.find(f"{_S}Detail/{{{SIRAM}}}Erreur")
    desir = _court(erreur.get("code", "") if erreur is not None else "")
    technique = siram in _TEMPORAIRE or valeur.rpartition(":")[2] == "Receiver"
    return InsiIndisponible(Panne.FAUTE, technique=technique, siram=siram, desir=desir)


def _court(code: str) -> str:
    """A code as it may be recorded: `siram_40`, `99`. A longer number could be somebody's, and is dropped (INS-15)."""
    return code if _CODE.fullmatch(code) else ""


def _texte(element: etree._Element, *chemin: str) -> str:
    return (element.findtext("/".join(f"{_R}{n}" for n in chemin)) or "").strip()


def _jour(texte: str) -> date | None:
    """Raises ValueError on a day that does not exist."""
    return date.fromisoformat(texte[:10]) if texte else None


def _invalide() -> InsiIndisponible:
    return InsiIndisponible(Panne.REPONSE_INVALIDE, technique=False)
