"""The national health identity (INS): matricule and OID (IDN-01 to IDN-07, INS-02, INS-03)."""

import re
from dataclasses import dataclass
from typing import Final, Self

from espace_sante.kernel.errors import EspaceSanteError

OID_NIR: Final = "1.2.250.1.213.1.4.8"
OID_NIA: Final = "1.2.250.1.213.1.4.9"
OID_TEST: Final = "1.2.250.1.213.1.4.10"
OID_DEMO: Final = "1.2.250.1.213.1.4.11"
OIDS: Final = frozenset({OID_NIR, OID_NIA, OID_TEST, OID_DEMO})
# Numbers given while somebody waits for an INS (State medical aid). No domain is published for them: this one is our
# own, made from a UUID. It is never a qualified INS, and no software may name it (INS-18).
OID_PROVISOIRE: Final = "2.25.72809429283397204694627521319554235"
OIDS_FICTIFS: Final = frozenset({OID_TEST, OID_DEMO})

_FORME_13: Final = re.compile(r"[0-9]{5}(?:[0-9]{2}|2[AB])[0-9]{6}")
_FORME_15: Final = re.compile(r"[123478][0-9]{4}(?:[0-9]{2}|2[AB])[0-9]{8}")
_PREMIERS_NIR: Final = "12"
# IDN-06: 20 to 42 and 50 to 99 stand for a civil status that is partly unknown.
_MOIS: Final = frozenset([*range(1, 13), *range(20, 43), *range(50, 100)])
_CORSE: Final = {"2A": "19", "2B": "18"}


class InsInvalide(EspaceSanteError):
    """An INS that cannot be one. Codes: `ins_format`, `cle_invalide`, `oid_inconnu`.

    Neither the message nor the details hold the number (INS-15).
    """


def cle(matricule13: str) -> str:
    """The two-digit key of the first 13 characters (IDN-04; Corsica: IDN-05).

    Raises InsInvalide(`ins_format`) when the 13 characters have not the form of a matricule.
    """
    if not _FORME_13.fullmatch(matricule13):
        raise InsInvalide("ins_format", "Le matricule INS n’a pas la forme attendue.")
    departement = matricule13[5:7]
    nombre = int(matricule13[:5] + _CORSE.get(departement, departement) + matricule13[7:])
    return f"{97 - nombre % 97:02d}"


@dataclass(frozen=True, slots=True)
class Ins:
    """A matricule of 15 characters under its OID; the two together identify (IDN-01).

    The form is always checked. The key is checked by `lire` unless told otherwise, because
    received documents may carry a wrong one (CDA-26). Raises InsInvalide.
    """

    matricule: str
    oid: str

    def __post_init__(self) -> None:
        if self.oid not in OIDS and self.oid != OID_PROVISOIRE:
            raise InsInvalide("oid_inconnu", "L’identifiant n’est pas sous un domaine INS connu.")
        if not _FORME_15.fullmatch(self.matricule):
            raise InsInvalide(
                "ins_format", "Le matricule INS doit compter 15 caractères : 13 et une clé de 2."
            )
        # IDN-07: the OID says the type; a provisional number is never a NIR.
        if self.oid == OID_NIR and self.matricule[0] not in _PREMIERS_NIR:
            raise InsInvalide("ins_format", "Un NIR commence par 1 ou 2.")

    @classmethod
    def lire(
        cls, texte: str, oid: str = OID_NIR, *, verifier_cle: bool = True, provisoire: bool = False
    ) -> Self:
        """Read what was typed or received: spaces are dropped, letters put in capitals (IDN-03).

        `verifier_cle=False` is for received documents and the published examples: neither the key
        (CDA-26, INS-03) nor the month is examined. A provisional number is read only where
        `provisoire` says that it may come (INS-18). Raises InsInvalide: `oid_inconnu`, `ins_format`,
        `cle_invalide` (IDN-04, INS-03).
        """
        if oid.removeprefix("urn:oid:") == OID_PROVISOIRE and not provisoire:
            raise InsInvalide("oid_inconnu", "L’identifiant n’est pas sous un domaine INS connu.")
        ins = cls("".join(texte.split()).upper(), oid.removeprefix("urn:oid:"))
        if verifier_cle and not ins.cle_valide:
            raise InsInvalide(
                "cle_invalide", "La clé du matricule INS est fausse : vérifiez les chiffres saisis."
            )
        if verifier_cle and int(ins.matricule[3:5]) not in _MOIS:
            raise InsInvalide("ins_format", "Le mois de naissance du matricule INS n’est pas possible.")
        return ins

    @property
    def cle_valide(self) -> bool:
        """Whether the last two digits are the key of the first 13 characters."""
        return cle(self.matricule[:13]) == self.matricule[13:]

    @property
    def fictif(self) -> bool:
        """Under the test or demonstration OID: refused by a production instance (IDN-02)."""
        return self.oid in OIDS_FICTIFS

    @property
    def provisoire(self) -> bool:
        """A number that stands for an INS until there is one: its bearer is never qualified (INS-18)."""
        return self.oid == OID_PROVISOIRE

    @property
    def urn(self) -> str:
        """The OID as a FHIR system: `urn:oid:…`."""
        return f"urn:oid:{self.oid}"

    def __repr__(self) -> str:
        return f"<Ins {self.oid}>"

    __str__ = __repr__
