"""The technical journal: one JSON object a line, without identity or health data (REG-12, FHR-15).

Business lines are logged as a code of `Evenement`; what libraries log passes a filter that
replaces anything shaped like a matricule or an e-mail address.
"""

from __future__ import annotations

import enum
import logging
import re
from datetime import UTC, datetime
from typing import Any

import orjson

# 13 digits of a matricule (Corsica's letters included), spaced or not, with or without its key; e-mail addresses.
_IDENTITE = re.compile(
    r"[1-478] ?\d{2} ?\d{2} ?(?:\d{2}|2[AB]) ?\d{3} ?\d{3}(?: ?\d{2})?|[\w.+-]+(?:@|%40)[\w-]+\.[\w.-]+",
    re.IGNORECASE,
)


class Evenement(enum.StrEnum):
    """The only business events that the journal knows."""

    REQUETE = "requete"
    ERREUR = "erreur"
    DEMARRAGE = "demarrage"
    ARRET = "arret"
    JETON = "jeton"


def masquer(texte: str) -> str:
    """The text without matricules and addresses."""
    return _IDENTITE.sub("[retiré]", texte)


class SansIdentite(logging.Filter):
    """Replaces identities in the message, its arguments included."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = masquer(record.getMessage())
        record.args = None
        # A traceback's last line repeats the exception's text, which may quote data: keep the type and place.
        if record.exc_info and record.exc_info[0]:
            record.exc_text = None
        return True


class FormatJson(logging.Formatter):
    """One line of JSON: time, level, logger, message, and the place of an exception without its text."""

    def format(self, record: logging.LogRecord) -> str:
        ligne: dict[str, Any] = {
            "quand": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "niveau": record.levelname,
            "source": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info and record.exc_info[0]:
            trace = record.exc_info[2]
            lieux = []
            while trace is not None:
                code = trace.tb_frame.f_code
                lieux.append(f"{code.co_qualname}:{trace.tb_lineno}")
                trace = trace.tb_next
            ligne["exception"] = record.exc_info[0].__name__
            ligne["lieux"] = lieux[-8:]
        for cle, valeur in getattr(record, "champs", {}).items():
            ligne[cle] = masquer(valeur) if isinstance(valeur, str) else valeur
        return orjson.dumps(ligne, default=str).decode()


def consigner(evenement: Evenement, **champs: str | int | float | bool) -> None:
    """Write one coded line; values are codes and counts, never data of a person."""
    logging.getLogger("espace_sante").info(evenement.value, extra={"champs": champs})
