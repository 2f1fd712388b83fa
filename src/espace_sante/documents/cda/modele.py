"""What the header of a CDA says (table B.4.1), as frozen values; nothing is judged here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from espace_sante.documents.cda.horodatage import Horodatage
from espace_sante.documents.metadonnees import Auteur, Code
from espace_sante.kernel.ins import OIDS, Ins, InsInvalide
from espace_sante.kernel.traits import Sexe, Traits

Niveau = Literal["", "N1", "N3", "N1+N3"]

# The branch under which the INS of every kind are (…4.13 is met in a published sample, CDA-27).
_BRANCHE_INS: Final = "1.2.250.1.213.1.4."
_UUID: Final = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)


@dataclass(frozen=True, slots=True, repr=False)
class IdentifiantHl7:
    """An instance identifier (II): a root, OID or UUID, and perhaps an extension."""

    racine: str
    extension: str = ""

    @property
    def est_uuid(self) -> bool:
        return bool(_UUID.fullmatch(self.racine))

    @property
    def urn(self) -> str:
        """`urn:oid:…` or `urn:uuid:…` (in small letters), then `^` and the extension (CDA-13)."""
        racine = f"urn:uuid:{self.racine.lower()}" if self.est_uuid else f"urn:oid:{self.racine}"
        return f"{racine}^{self.extension}" if self.extension else racine

    @property
    def est_ins(self) -> bool:
        """Under one of the four OIDs of the INS."""
        return self.racine in OIDS

    @property
    def est_ins_inconnu(self) -> bool:
        """Under the branch of the INS but none of its four OIDs (CDA-27)."""
        return self.racine.startswith(_BRANCHE_INS) and not self.est_ins

    def __repr__(self) -> str:
        # The extension may be an INS: it must not reach a log.
        return f"<IdentifiantHl7 {self.racine}>"


@dataclass(frozen=True, slots=True, repr=False)
class Patient:
    """One `recordTarget`. Empty strings stand for what is absent."""

    identifiants: tuple[IdentifiantHl7, ...] = ()
    nomme: bool = False
    nom_naissance: str = ""
    nom_naissance_qualifie: bool = False
    nom_utilise: str = ""
    prenoms: str = ""
    prenom_utilise: str = ""
    sexe: Literal["", "M", "F", "I"] = ""
    date_naissance: str = ""
    lieu_naissance: str = ""

    @property
    def ins(self) -> tuple[Ins, ...]:
        """The INS that have the form of one, in the order of the header, keys unchecked (CDA-26)."""
        lus: list[Ins] = []
        for identifiant in self.identifiants:
            if identifiant.est_ins:
                try:
                    lus.append(Ins.lire(identifiant.extension, identifiant.racine, verifier_cle=False))
                except InsInvalide:
                    continue
        return tuple(lus)

    @property
    def ipp(self) -> IdentifiantHl7 | None:
        """The first identifier that is no INS: the local one."""
        locaux = (i for i in self.identifiants if not i.est_ins and not i.est_ins_inconnu)
        return next(locaux, None)

    @property
    def traits(self) -> Traits | None:
        """The five traits; None when one of the four that CDA-25 asks is missing."""
        if not (self.nom_naissance and self.prenoms and self.date_naissance and self.sexe):
            return None
        sexe: Sexe = self.sexe
        return Traits(self.nom_naissance, self.prenoms, self.date_naissance, sexe, self.lieu_naissance)

    def __repr__(self) -> str:
        return "<Patient>"


@dataclass(frozen=True, slots=True)
class Intervenant:
    """An `author` or a `legalAuthenticator`, with what the checks need beside the `Auteur`."""

    auteur: Auteur
    identifiants: tuple[IdentifiantHl7, ...] = ()
    horodatage: Horodatage | None = None
    horodatage_brut: str = ""
    signature: str = ""


@dataclass(frozen=True, slots=True)
class Evenement:
    """A `documentationOf/serviceEvent`; `realise` when a performer has typeCode PRF."""

    code: Code | None = None
    debut: Horodatage | None = None
    fin: Horodatage | None = None
    realise: bool = False
    cadre: Code | None = None


@dataclass(frozen=True, slots=True)
class Parent:
    """A `relatedDocument`: RPLC, APND or XFRM of another document."""

    type: str
    identifiants: tuple[IdentifiantHl7, ...] = ()
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EnteteCda:
    """The header. What is absent is None, empty or an empty tuple; `controles` judges."""

    realms: tuple[str, ...] = ()
    type_id: IdentifiantHl7 | None = None
    modeles: tuple[IdentifiantHl7, ...] = ()
    id: IdentifiantHl7 | None = None
    code: Code | None = None
    titre: str = ""
    langue: str = ""
    horodatage: Horodatage | None = None
    horodatage_brut: str = ""
    confidentialite: Code | None = None
    set_id: IdentifiantHl7 | None = None
    version: int | None = None
    patients: tuple[Patient, ...] = ()
    auteurs: tuple[Intervenant, ...] = ()
    depositaire: Auteur | None = None
    depositaire_identifie: bool = False
    authentificateur: Intervenant | None = None
    evenements: tuple[Evenement, ...] = ()
    etablissement: Code | None = None
    ordres: tuple[IdentifiantHl7, ...] = ()
    accessions: tuple[IdentifiantHl7, ...] = ()
    parents: tuple[Parent, ...] = ()
    niveau: Niveau = ""
    media_n1: str = ""
    format: Code
    mime: str = "text/xml"

    @property
    def unique_id(self) -> str:
        """The uniqueId as a URN (CDA-13); empty when the document has none."""
        return self.id.urn if self.id else ""

    @property
    def patient(self) -> Patient | None:
        """The patient, when there is exactly one `recordTarget`."""
        return self.patients[0] if len(self.patients) == 1 else None

    @property
    def ins(self) -> Ins | None:
        """The INS to use: the first whose key is right, else the first (CDA-26)."""
        lus = self.patient.ins if self.patient else ()
        return next((i for i in lus if i.cle_valide), lus[0] if lus else None)

    @property
    def ipp(self) -> IdentifiantHl7 | None:
        """The local identifier of the patient."""
        return self.patient.ipp if self.patient else None

    @property
    def traits(self) -> Traits | None:
        """The traits of the patient, when complete."""
        return self.patient.traits if self.patient else None

    @property
    def evenement(self) -> Evenement | None:
        """The main service event: the first with a PRF performer, else the first."""
        premier = self.evenements[0] if self.evenements else None
        return next((e for e in self.evenements if e.realise), premier)

    @property
    def remplace(self) -> str:
        """uniqueId of the document that this one replaces; empty when none."""
        ids = (i for p in self.parents if p.type == "RPLC" for i in p.identifiants)
        premier = next(ids, None)
        return premier.urn if premier else ""
