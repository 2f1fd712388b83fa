"""HTTP client of the FHIR directory: key, rate, retries, pages; bounded in time and in bytes (rules ANN-01 to ANN-03).

Nothing that the directory sends is trusted: a next page is only followed on the same server and path, so that the key
never leaves for another one.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import urlencode, urljoin, urlsplit

import httpx
import msgspec
from django.conf import settings

from espace_sante.identite.annuaire_sante.cadence import Cadence
from espace_sante.identite.annuaire_sante.erreurs import (
    AnnuaireIllisible,
    AnnuaireRefus,
    illisible,
    injoignable,
)
from espace_sante.platform.hebergement import exiger_hote

RESSOURCES: Final = ("Organization", "Practitioner", "PractitionerRole", "HealthcareService", "Device")
FHIR_JSON: Final = "application/fhir+json"
_ENTETE_CLE: Final = "ESANTE-API-KEY"
_PAR_PAGE: Final = 200
_PAGES_MAX: Final = 100_000
_OCTETS_MAX: Final = 20_000_000
_ESSAIS: Final = 5
_ATTENTE_MAX_S: Final = 60.0
_RECOMMENCER: Final = frozenset({429, 500, 502, 503, 504})

Parametres = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Reglages:
    """One directory as this installation calls it. `delai_s` is for one whole answer, however slowly it comes."""

    base: str
    cle: str = field(repr=False)
    par_seconde: float = 17.0
    delai_s: float = 60.0

    @classmethod
    def de_l_installation(cls) -> Self:
        return cls(settings.ES_ANNUAIRE_BASE, settings.ES_ANNUAIRE_CLE, settings.ES_ANNUAIRE_PAR_SECONDE)


class _Lien(msgspec.Struct):
    relation: str = ""
    url: str = ""


class _Entree(msgspec.Struct):
    resource: msgspec.Raw = msgspec.Raw(b"null")


class _Page(msgspec.Struct):
    resourceType: str
    link: list[_Lien] = []
    entry: list[_Entree] = []


class ClientAnnuaire:
    """Calls of one directory. Use as a context manager."""

    def __init__(
        self,
        reglages: Reglages,
        *,
        transport: httpx.BaseTransport | None = None,
        cadence: Cadence | None = None,
        reprise_s: float = 0.5,
    ) -> None:
        self.reglages = reglages
        self._cadence = cadence or Cadence(reglages.par_seconde)
        self._reprise_s = reprise_s
        self._http = httpx.Client(
            transport=transport,
            timeout=httpx.Timeout(min(10.0, reglages.delai_s), connect=min(3.0, reglages.delai_s)),
            trust_env=not settings.ES_LOCAL,
            follow_redirects=False,
            # Not compressed: a small answer may not swell in memory.
            headers={_ENTETE_CLE: reglages.cle, "Accept": FHIR_JSON, "Accept-Encoding": "identity"},
            # Nothing leaves for a host that nobody declared (REG-16); a test's transport goes nowhere.
            event_hooks={} if transport else {"request": [lambda requete: exiger_hote(str(requete.url))]},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _genre: type[BaseException] | None, _valeur: BaseException | None, _pile: TracebackType | None
    ) -> None:
        self._http.close()

    def pages(
        self, ressource: str, parametres: Parametres = (), *, par_formulaire: bool = False
    ) -> Iterator[list[msgspec.Raw]]:
        """Resources of a search, page after page; one page in memory at a time.

        `par_formulaire` keeps criteria that name a person out of addresses (POST _search). Raises AnnuaireInjoignable,
        AnnuaireIllisible, AnnuaireRefus.
        """
        criteres = urlencode([*parametres, ("_count", str(_PAR_PAGE))])
        adresse = f"{self.reglages.base}/{ressource}"
        if par_formulaire:
            corps = self._appeler("POST", f"{adresse}/_search", formulaire=criteres)
        else:
            adresse = f"{adresse}?{criteres}"
            corps = self._appeler("GET", adresse)
        vues = {hash(adresse)}
        while True:
            suivante = next((x.url for x in corps.link if x.relation == "next"), "")
            yield [e.resource for e in corps.entry]
            if not suivante:
                return
            adresse = self._de_chez_lui(suivante)
            if hash(adresse) in vues or len(vues) >= _PAGES_MAX:
                raise AnnuaireIllisible(
                    "annuaire_en_boucle", "Les pages de l’Annuaire Santé ne finissent pas."
                )
            vues.add(hash(adresse))
            corps = self._appeler("GET", adresse)

    def par_identifiant(self, ressource: str, systeme: str, valeur: str) -> list[msgspec.Raw]:
        """The first page of a search by national identifier (ANN-03)."""
        return next(self.pages(ressource, [("identifier", f"{systeme}|{valeur}")], par_formulaire=True), [])

    def modifier(self, ressource: str, systeme: str, valeur: str, corps: dict[str, Any]) -> int:
        """Conditional FHIRPath Patch by national identifier; the status of the answer (ANN-12)."""
        adresse = f"{self.reglages.base}/{ressource}?{urlencode({'identifier': f'{systeme}|{valeur}'})}"
        statut, _ = self._essayer("PATCH", adresse, msgspec.json.encode(corps), FHIR_JSON)
        return statut

    def _de_chez_lui(self, lien: str) -> str:
        base = urlsplit(self.reglages.base)
        adresse = urljoin(f"{self.reglages.base}/", lien)
        lue = urlsplit(adresse)
        chez_lui = (lue.scheme, lue.netloc) == (base.scheme, base.netloc) and (
            lue.path == base.path or lue.path.startswith(f"{base.path}/")
        )
        if not chez_lui or "/.." in lue.path or "%2e" in lue.path.lower():
            raise AnnuaireIllisible(
                "annuaire_adresse_suspecte", "L’Annuaire Santé renvoie vers une autre adresse que la sienne."
            )
        return adresse

    def _appeler(self, methode: str, adresse: str, *, formulaire: str = "") -> _Page:
        """One page. An answer that is cut is asked again like one that failed."""
        for essai in range(_ESSAIS):
            statut, corps = self._essayer(
                methode,
                adresse,
                formulaire.encode(),
                "application/x-www-form-urlencoded" if formulaire else "",
            )
            if statut != 200:
                raise AnnuaireRefus("annuaire_refus", "L’Annuaire Santé a refusé la demande.", statut=statut)
            try:
                page = msgspec.json.decode(corps, type=_Page)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                self._cadence.attendre(self._reprise_s * 2**essai)
                continue
            if page.resourceType != "Bundle":
                raise illisible()
            return page
        raise illisible()

    def _essayer(self, methode: str, adresse: str, corps: bytes, genre: str) -> tuple[int, bytes]:
        """Status and body, after as many tries as it takes. Raises AnnuaireInjoignable, AnnuaireRefus (the key)."""
        attente = 0.0
        for essai in range(_ESSAIS):
            self._cadence.attendre(attente)
            attente = self._reprise_s * 2**essai
            try:
                statut, demande, recu = self._echanger(methode, adresse, corps, genre)
            except (httpx.HTTPError, httpx.InvalidURL):
                continue
            if statut in (401, 403):
                raise AnnuaireRefus(
                    "annuaire_cle_refusee", "L’Annuaire Santé refuse la clé (ES_ANNUAIRE_CLE)."
                )
            if statut not in _RECOMMENCER:
                return statut, recu
            if demande > _ATTENTE_MAX_S:
                break
            attente = max(attente, demande)
        raise injoignable()

    def _echanger(self, methode: str, adresse: str, corps: bytes, genre: str) -> tuple[int, float, bytes]:
        """Status, seconds to wait that it asks, body. Raises httpx.HTTPError, AnnuaireIllisible (too large)."""
        fin = time.monotonic() + self.reglages.delai_s
        tampon = bytearray()
        entetes = {"Content-Type": genre} if genre else {}
        with self._http.stream(methode, adresse, content=corps or None, headers=entetes) as reponse:
            for bout in reponse.iter_raw():
                tampon += bout
                if len(tampon) > _OCTETS_MAX:
                    raise illisible()
                if time.monotonic() > fin:
                    raise httpx.ReadTimeout("answer too slow")
            return reponse.status_code, _secondes(reponse.headers.get("Retry-After", "")), bytes(tampon)


def _secondes(texte: str) -> float:
    """Of a Retry-After: seconds, or a date; 0 for what is neither."""
    if texte.isascii() and texte.isdigit():
        return float(texte[:9])
    try:
        quand = parsedate_to_datetime(texte)
    except (ValueError, TypeError):
        return 0.0
    return max(0.0, (quand.astimezone(UTC) - datetime.now(UTC)).total_seconds())
