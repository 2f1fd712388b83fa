"""What the fictitious service keeps of a browser: its own cookie and its own files, since it is another site."""

from __future__ import annotations

import json
import re
import secrets
from pathlib import Path
from typing import Any, Final

from django.http import HttpRequest, HttpResponse

from espace_sante.simulateurs.openid.fournisseur import racine

_COOKIE: Final = "carnet"
_CLE: Final = re.compile(r"[0-9a-f]{32}")


class Memoire:
    """Values kept for one browser; `rendre` writes them and gives the cookie."""

    def __init__(self, request: HttpRequest) -> None:
        donnee = request.COOKIES.get(_COOKIE, "")
        self._cle = donnee if _CLE.fullmatch(donnee) else secrets.token_hex(16)
        fichier = self._fichier()
        self.valeurs: dict[str, Any] = json.loads(fichier.read_text()) if fichier.exists() else {}

    def rendre(self, reponse: HttpResponse) -> HttpResponse:
        fichier = self._fichier()
        fichier.parent.mkdir(parents=True, exist_ok=True)
        fichier.write_text(json.dumps(self.valeurs))
        reponse.set_cookie(_COOKIE, self._cle, path="/simulateurs/carnet/", httponly=True, samesite="Lax")
        return reponse

    def _fichier(self) -> Path:
        return racine() / "carnet" / f"{self._cle}.json"
