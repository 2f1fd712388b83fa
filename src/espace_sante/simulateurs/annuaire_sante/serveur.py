"""What the simulated directory answers: search, read, pages, rate, and the faults that it is asked for. No Django."""

from __future__ import annotations

import enum
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

import msgspec

from espace_sante.kernel.traits import plier
from espace_sante.simulateurs.annuaire_sante.ressources import Ressources

FHIR_JSON: Final = "application/fhir+json;charset=utf-8"
PAR_SECONDE: Final = 17
_PAGE: Final = 20
_NEUTRES: Final = frozenset({"_count", "_offset", "_format", "_pretty", "_lastUpdated"})
# Known to fail the readers that trust their sources.
_HOSTILES: Final[tuple[dict[str, Any], ...]] = (
    {"resourceType": "Practitioner", "id": "../../etc", "active": True},
    {"resourceType": "Practitioner", "id": "h1", "active": "oui", "name": {"family": 3}},
    {
        "resourceType": "Practitioner",
        "id": "h2",
        "active": True,
        "identifier": [{"system": "https://rpps.esante.gouv.fr", "value": "99000000001'; DROP TABLE x; --"}],
        "name": [{"family": "<script>alert(1)</script>"}],
    },
    {
        "resourceType": "Practitioner",
        "id": "h3",
        "active": True,
        "identifier": [{"system": "https://rpps.esante.gouv.fr", "value": "99099999999"}],
        "name": [{"family": "Hos\u0000tile\u202e\n" + "x" * 5000, "given": ["\u200b"]}],
        "telecom": [{"system": "email", "value": "a@b.example\r\nBcc: c@d.example", "rank": -1}],
    },
    {"resourceType": "Bundle", "id": "h4", "entry": []},
)


class Panne(enum.StrEnum):
    """A fault that the next call meets."""

    LIMITE = "429"
    ERREUR = "500"
    INDISPONIBLE = "503"
    LENTE = "lente"
    TRONQUEE = "tronquee"
    PAGE_HTML = "html"
    HOSTILE = "hostile"
    AILLEURS = "ailleurs"
    BOUCLE = "boucle"
    VIDE = "vide"


@dataclass(frozen=True, slots=True)
class Reponse:
    """Status, headers, body; `attente_s` is slept before each half of it."""

    statut: int
    corps: bytes
    entetes: dict[str, str] = field(default_factory=dict)
    attente_s: float = 0.0


class ServeurAnnuaire:
    """One directory. `pannes` are used up one a call, the first first."""

    def __init__(
        self,
        lire: Callable[[], Ressources],
        base: str,
        *,
        par_seconde: int = PAR_SECONDE,
        lenteur_s: float = 3.0,
        pannes: Iterable[Panne] = (),
    ) -> None:
        self._lire = lire
        self.base = base
        self.pannes: deque[Panne] = deque(pannes)
        self.appels = 0
        self._par_seconde = par_seconde
        self._lenteur_s = lenteur_s
        self._recents: deque[float] = deque()

    def repondre(
        self,
        methode: str,
        chemin: str,
        parametres: Sequence[tuple[str, str]],
        entetes: Mapping[str, str],
        corps: bytes = b"",
    ) -> Reponse:
        """`chemin` is relative to the base, without its first slash; headers in small letters."""
        self.appels += 1
        if not entetes.get("esante-api-key"):
            return _faute(401, "Clé absente.")
        if self._trop():
            return _faute(429, "Trop d'appels.", {"Retry-After": "1"})
        panne = self.pannes.popleft() if self.pannes else None
        if panne is Panne.LIMITE:
            return _faute(429, "Trop d'appels.", {"Retry-After": "0"})
        if panne in (Panne.ERREUR, Panne.INDISPONIBLE):
            return _faute(int(panne), "Panne.")
        if panne is Panne.PAGE_HTML:
            return Reponse(200, b"<html>Maintenance</html>", {"Content-Type": "text/html"})
        genre, _, reste = chemin.partition("/")
        ressources = self._lire()
        if genre == "metadata":
            return _json(
                200, {"resourceType": "CapabilityStatement", "fhirVersion": "4.0.1", "kind": "instance"}
            )
        if genre not in ressources:
            return _faute(404, "Ressource inconnue.")
        if methode == "PATCH":
            return _patcher(ressources[genre], parametres, corps)
        if methode not in ("GET", "POST") or (methode == "POST") != (reste == "_search"):
            return _faute(405, "Méthode refusée.")
        if reste and reste != "_search":
            trouvee = next((r for r in ressources[genre] if r["id"] == reste), None)
            return _json(200, trouvee) if trouvee else _faute(404, "Inconnue.")
        return self._chercher(genre, ressources[genre], parametres, panne)

    def _chercher(
        self,
        genre: str,
        toutes: list[dict[str, Any]],
        parametres: Sequence[tuple[str, str]],
        panne: Panne | None,
    ) -> Reponse:
        criteres = [(n, v) for n, v in parametres if n not in _NEUTRES]
        trouvees = [r for r in toutes if all(_convient(r, n, v) for n, v in criteres)]
        if panne is Panne.VIDE:
            trouvees = []
        # As every real one, it gives smaller pages than what is asked.
        taille = min(max(int(_premier(parametres, "_count", str(_PAGE))), 1), _PAGE)
        debut = int(_premier(parametres, "_offset", "0"))
        page = trouvees[debut : debut + taille]
        if panne is Panne.HOSTILE:
            page = [*_HOSTILES, *page]
        liens = [{"relation": "self", "url": f"{self.base}/{genre}"}]
        suite = debut + taille
        if panne is Panne.AILLEURS:
            liens.append({"relation": "next", "url": "https://ailleurs.example/fhir/v2/Practitioner"})
        elif panne is Panne.BOUCLE:
            suite = debut
        if (suite < len(trouvees) and panne is not Panne.AILLEURS) or panne is Panne.BOUCLE:
            requete = urlencode([*criteres, ("_count", str(taille)), ("_offset", str(suite))])
            liens.append({"relation": "next", "url": f"{self.base}/{genre}?{requete}"})
        lot = {
            "resourceType": "Bundle",
            "type": "searchset",
            "total": len(trouvees),
            "link": liens,
            "entry": [
                {"fullUrl": f"{self.base}/{genre}/{r['id']}", "resource": r, "search": {"mode": "match"}}
                for r in page
            ],
        }
        reponse = _json(200, lot)
        if panne is Panne.TRONQUEE:
            return Reponse(200, reponse.corps[: len(reponse.corps) // 2], reponse.entetes)
        if panne is Panne.LENTE:
            return Reponse(200, reponse.corps, reponse.entetes, self._lenteur_s)
        return reponse

    def _trop(self) -> bool:
        maintenant = time.monotonic()
        while self._recents and maintenant - self._recents[0] > 1:
            self._recents.popleft()
        if len(self._recents) >= self._par_seconde:
            return True
        self._recents.append(maintenant)
        return False


def _convient(ressource: dict[str, Any], nom: str, valeur: str) -> bool:
    parametre, _, variante = nom.partition(":")
    if parametre == "_id":
        return bool(ressource["id"] == valeur)
    if parametre == "active":
        return bool(ressource.get("active", False)) is (valeur == "true")
    if parametre == "identifier":
        systeme, barre, code = valeur.rpartition("|")
        return any(
            i["value"] == code and (not barre or i.get("system") == systeme)
            for i in ressource.get("identifier", ())
        )
    if parametre in ("family", "given", "name"):
        return any(plier(mot).startswith(plier(valeur)) for mot in _noms(ressource, parametre))
    if parametre == "address-city":
        return any(plier(a.get("city", "")).startswith(plier(valeur)) for a in ressource.get("address", ()))
    if parametre == "qualification-code":
        codes = [c["code"] for q in ressource.get("qualification", ()) for c in q["code"]["coding"]]
        return valeur.rpartition("|")[2] in codes
    if parametre in ("practitioner", "organization"):
        return bool(
            ressource.get(parametre, {}).get("reference", "").rpartition("/")[2] == valeur.rpartition("/")[2]
        )
    if parametre == "mailbox-mss":
        boites = [t["value"] for t in ressource.get("telecom", ()) if t["system"] == "email"]
        if variante == "contains":
            return any(valeur in b for b in boites)
        return any(b == valeur if variante == "exact" else b.startswith(valeur) for b in boites)
    # Not served, mailbox type among them: passed over, as the real one does.
    return True


def _noms(ressource: dict[str, Any], parametre: str) -> list[str]:
    if isinstance(ressource.get("name"), str):
        return [ressource["name"]] if parametre == "name" else []
    noms: list[str] = []
    for n in ressource.get("name", ()):
        noms += [n["family"]] if parametre != "given" else []
        noms += n["given"] if parametre != "family" else []
    return noms


def _patcher(toutes: list[dict[str, Any]], parametres: Sequence[tuple[str, str]], corps: bytes) -> Reponse:
    """FHIRPath Patch of one telecom, conditional on the identifier (ANN-12)."""
    critere = _premier(parametres, "identifier", "")
    visees = [r for r in toutes if critere and _convient(r, "identifier", critere)]
    if len(visees) != 1:
        return _faute(412 if visees else 404, "Le critère ne désigne pas une ressource.")
    try:
        parties = msgspec.json.decode(corps)["parameter"][0]["part"]
        telecom = next(p["valueContactPoint"] for p in parties if p["name"] == "value")
    except (msgspec.MsgspecError, LookupError, TypeError, StopIteration):
        return _faute(400, "Patch illisible.")
    visees[0].setdefault("telecom", []).append(telecom)
    return _json(200, visees[0])


def _premier(parametres: Sequence[tuple[str, str]], nom: str, defaut: str) -> str:
    return next((v for n, v in parametres if n == nom), defaut)


def _json(statut: int, corps: object, entetes: dict[str, str] | None = None) -> Reponse:
    return Reponse(statut, msgspec.json.encode(corps), {"Content-Type": FHIR_JSON, **(entetes or {})})


def _faute(statut: int, texte: str, entetes: dict[str, str] | None = None) -> Reponse:
    issue = {"severity": "error", "code": "processing", "diagnostics": texte}
    return _json(statut, {"resourceType": "OperationOutcome", "issue": [issue]}, entetes)
