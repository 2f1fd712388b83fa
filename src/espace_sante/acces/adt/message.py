"""HL7 v2 ADT messages: three segments read strictly, the others left alone (FHR-173). Pure.

MSH says who sends and in which encoding, PID who the patient is, PV1 the attending doctor, ZFA (IHE PAM France) what
the patient chose. No library: three fields of three segments, and a message is refused rather than guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from espace_sante.kernel.errors import EspaceSanteError
from espace_sante.kernel.identifiants import OID_PS, IdentifiantInvalide, idnat_vers_rpps
from espace_sante.kernel.ins import OIDS, Ins, InsInvalide

TAILLE_MAX: Final = 1_000_000
_SEGMENTS_MAX: Final = 1_000
_PARIS: Final = ZoneInfo("Europe/Paris")
_SEPARATEURS: Final = "|^~\\&"
_ENCODAGES: Final = {
    "": "utf-8",
    "UNICODE UTF-8": "utf-8",
    "UNICODE": "utf-8",
    "8859/1": "latin-1",
    "8859/15": "iso8859-15",
}
_NOM: Final = re.compile(r"[A-Z][A-Z0-9]{2}")
_CONTROLE: Final = re.compile(r"[\x20-\x7e]{1,50}")
_DATE: Final = re.compile(r"(\d{8})(\d{4})?(\d{2})?(?:\.\d{1,4})?([+-]\d{4})?", re.ASCII)
ALIMENTATIONS: Final = ("INO", "IO", "NA")
CONSULTATIONS: Final = ("IC", "INC", "NA")


class MessageRefuse(EspaceSanteError):
    """Nothing was done. `illisible`, `type_non_lu`, `emetteur_inconnu` are rejected (AR); the others are errors (AE).

    Codes `illisible`, `type_non_lu`, `emetteur_inconnu`, `patient_illisible`, `identite_non_validee`, `zfa_invalide`.
    """

    @property
    def acquittement(self) -> str:
        return "AR" if self.code in ("illisible", "type_non_lu", "emetteur_inconnu") else "AE"


@dataclass(frozen=True, slots=True)
class Entete:
    """What an answer repeats of a message."""

    application: str = ""
    etablissement: str = ""
    evenement: str = ""
    controle: str = ""
    traitement: str = "P"


@dataclass(frozen=True, slots=True)
class Choix:
    """One choice and when it was made."""

    valeur: str
    quand: datetime | None


@dataclass(frozen=True, slots=True, repr=False)
class MessageAdt:
    """What is kept of a message. `repr` shows nobody. No ZFA: `alimentation` and `consultation` are None."""

    entete: Entete
    ins: Ins | None
    identite_validee: bool
    medecin: str
    etat_dossier: str
    alimentation: Choix | None
    consultation: Choix | None

    @property
    def sans_choix(self) -> bool:
        return self.alimentation is None and self.consultation is None


def lire_entete(brut: bytes) -> Entete:
    """What can be known of any bytes, for an answer; never raises."""
    ligne = brut[:4096].replace(b"\n", b"\r").split(b"\r", 1)[0].decode("latin-1")
    if not ligne.startswith(f"MSH{_SEPARATEURS}|"):
        return Entete()
    champs = [c if c.isprintable() else "" for c in ligne.split("|")]
    evenement = _composant(_champ(champs, 8), 1)
    return Entete(
        _sur(_champ(champs, 2)),
        _sur(_champ(champs, 3)),
        evenement if re.fullmatch(r"[A-Z]\d\d", evenement) else "",
        _champ(champs, 9) if _CONTROLE.fullmatch(_champ(champs, 9)) else "",
        _champ(champs, 10)[:1] if _champ(champs, 10)[:1] in ("P", "D", "T") else "P",
    )


def lire(brut: bytes, *, fictifs: bool) -> MessageAdt:
    """Read one message. Raises MessageRefuse."""
    entete = lire_entete(brut)
    if not entete.controle or len(brut) > TAILLE_MAX:
        raise MessageRefuse("illisible", "Ce message n'est pas un message HL7 v2 lisible.")
    segments = _segments(brut)
    if segments[0][8].split("^")[0] != "ADT":
        raise MessageRefuse("type_non_lu", "Seuls les messages ADT sont lus.")
    pid, zfa, pv1 = (_unique(segments, nom) for nom in ("PID", "ZFA", "PV1"))
    alimentation = _choix(zfa, 9, ALIMENTATIONS)
    consultation = _choix(zfa, 11, CONSULTATIONS)
    if alimentation is None and consultation is None:
        return MessageAdt(entete, None, False, "", "", None, None)
    return MessageAdt(
        entete,
        _ins(_champ(pid, 3), fictifs=fictifs),
        "VALI" in _champ(pid, 32).split("~"),
        _medecin(_champ(pv1, 7)),
        _champ(zfa, 1)[:20],
        alimentation,
        consultation,
    )


def _segments(brut: bytes) -> list[list[str]]:
    """Segments as fields; MSH first, its own separator counted as a field so that numbers agree with the others."""
    premier = brut.replace(b"\n", b"\r").split(b"\r", 1)[0].decode("latin-1").split("|")
    encodage = _ENCODAGES.get(_champ(premier, 17).split("~")[0])
    if encodage is None:
        raise MessageRefuse("illisible", "L'encodage annoncé (MSH-18) n'est pas lu.")
    try:
        texte = brut.decode(encodage)
    except UnicodeDecodeError:
        raise MessageRefuse(
            "illisible", "Le message n'est pas écrit dans l'encodage annoncé (MSH-18)."
        ) from None
    lignes = [ligne for ligne in texte.replace("\n", "\r").split("\r") if ligne]
    if len(lignes) > _SEGMENTS_MAX or any(not _NOM.fullmatch(ligne[:3]) for ligne in lignes):
        raise MessageRefuse("illisible", "Un segment n'a pas de nom.")
    if any(not c.isprintable() for ligne in lignes for c in ligne):
        raise MessageRefuse("illisible", "Le message contient un caractère de contrôle.")
    return [ligne.split("|") for ligne in lignes]


def _unique(segments: list[list[str]], nom: str) -> list[str]:
    trouves = [s for s in segments if s[0] == nom]
    if len(trouves) > 1:
        raise MessageRefuse("illisible", f"Le segment {nom} est présent deux fois.")
    return trouves[0] if trouves else []


def _choix(zfa: list[str], rang: int, valeurs: tuple[str, ...]) -> Choix | None:
    """The choice of a field and the date of the next one; None when the field says nothing."""
    valeur = _champ(zfa, rang)
    if valeur in ("", '""'):
        return None
    if valeur not in valeurs:
        raise MessageRefuse("zfa_invalide", f"Le champ {rang} du segment ZFA n'a pas une valeur connue.")
    quand = _date(_champ(zfa, rang + 1))
    if quand is None and valeur != "NA":
        raise MessageRefuse("zfa_invalide", f"Le champ {rang + 1} du segment ZFA doit donner une date.")
    return Choix(valeur, quand)


def _date(texte: str) -> datetime | None:
    """A date of HL7 v2; without an offset, the time of Paris. Raises MessageRefuse."""
    if texte in ("", '""'):
        return None
    forme = _DATE.fullmatch(texte)
    try:
        if forme is None:
            raise ValueError
        jour, minute, seconde, decalage = forme.groups()
        lu = datetime.strptime(
            f"{jour}{minute or '0000'}{seconde or '00'}{decalage or '+0000'}", "%Y%m%d%H%M%S%z"
        )
    except ValueError:
        raise MessageRefuse("zfa_invalide", "Une date du segment ZFA n'est pas lisible.") from None
    if not 2000 <= lu.year <= 2200:
        raise MessageRefuse("zfa_invalide", "Une date du segment ZFA n'est pas possible.")
    return lu if decalage else lu.replace(tzinfo=_PARIS)


def _ins(champ: str, *, fictifs: bool) -> Ins:
    """The one INS among the identifiers of PID-3. Raises MessageRefuse."""
    lus = set()
    for repetition in champ.split("~"):
        autorite = _composant(repetition, 3).split("&")
        oid = autorite[1] if len(autorite) > 1 else ""
        if oid not in OIDS or _composant(repetition, 4) != "INS":
            continue
        try:
            lu = Ins.lire(_composant(repetition, 0), oid)
        except InsInvalide:
            raise MessageRefuse("patient_illisible", "L'INS du patient n'est pas bien formé.") from None
        if lu.fictif and not fictifs:
            raise MessageRefuse("patient_illisible", "Un INS de test n'est pas admis ici.")
        lus.add(lu)
    if len(lus) != 1:
        raise MessageRefuse("patient_illisible", "Le message doit donner un INS, et un seul (PID-3).")
    return lus.pop()


def _medecin(champ: str) -> str:
    """RPPS of the first attending doctor who has a national id (PV1-7); empty when there is none."""
    for repetition in champ.split("~"):
        autorite = _composant(repetition, 8).split("&")
        if len(autorite) > 1 and autorite[1] == OID_PS:
            try:
                return idnat_vers_rpps(_composant(repetition, 0))
            except IdentifiantInvalide:
                continue
    return ""


def _champ(champs: list[str], rang: int) -> str:
    return champs[rang].strip() if len(champs) > rang else ""


def _composant(champ: str, rang: int) -> str:
    composants = champ.split("^")
    return composants[rang].strip() if len(composants) > rang else ""


def _sur(texte: str) -> str:
    """A name that goes back in an answer as it is: no separator in it."""
    return re.sub(r"[^\w .&^-]", "", texte)[:180]
