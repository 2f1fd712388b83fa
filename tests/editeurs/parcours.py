"""A publisher who registers his software, and what the sample client does in a conformance run."""

from __future__ import annotations

import html
import re
import time
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from tests.editeurs.bac import Bac

PDF = b"%PDF-1.4 conformite"
FICHE: dict[str, Any] = {
    "raison_sociale": "Éditions d’essai", "siret": "73282932000074", "contact": "equipe@editeur.example",
    "produit": "Client d’exemple", "version": "1", "psc_client_id": "lps-demonstration",
    "portees": ["ITI-65", "ITI-67", "ITI-68", "ITI-105", "user/Patient.r"], "ins_qualifiee": "oui",
}  # fmt: skip
PAGE = "/editeurs/conformite/"


class Editeur:
    """The publisher in his browser."""

    def __init__(self, serveur: str) -> None:
        self.http = httpx.Client(base_url=serveur, timeout=30, follow_redirects=True)

    def envoyer(self, page: str, vers: str, champs: dict[str, Any]) -> str:
        ici = self.http.get(page)
        jeton = re.search(r'name="csrfmiddlewaretoken" value="([^"]*)"', ici.text)
        assert jeton, ici.text
        fait = self.http.post(
            vers, data={**champs, "csrfmiddlewaretoken": jeton[1]}, headers={"Referer": str(ici.url)}
        )
        assert fait.is_success, fait.text
        return fait.text

    def vues(self) -> list[str]:
        page = self.http.get(PAGE).text
        return [
            c for c, bloc in re.findall(r'id="etape-(\w+)">(.*?)</li>', page, re.S) if "Vu</span>" in bloc
        ]


@dataclass(frozen=True, slots=True)
class Inscrit:
    """A registered software, once the worker has made it, and a token of its own."""

    client_id: str
    secret: str
    jeton: str

    def dossier(self, bac: Bac) -> Any:
        rpps, exercice = bac.professionnel()
        return bac.client.Dossier(bac.serveur, self.jeton, bac.ins, rpps, exercice)


def inscrire(bac: Bac, editeur: Editeur, **autres: str) -> Inscrit:
    recu = editeur.envoyer("/editeurs/", "/editeurs/", {**FICHE, **autres})
    client_id, secret = (
        html.unescape(x) for x in re.findall(r"<dt>client_(?:id|secret)</dt><dd><code>([^<]+)", recu)
    )
    rpps, _ = bac.professionnel()
    fin = time.monotonic() + 30
    while True:
        try:
            jeton = bac.client.jeton(
                bac.serveur, client_id, secret, " ".join(FICHE["portees"]), bac.jeton_psc(rpps)
            )
            return Inscrit(client_id, secret, str(jeton))
        except bac.client.Refus as refus:
            # The worker makes the program within seconds.
            if refus.codes != ["invalid_client"] or time.monotonic() > fin:
                raise
            time.sleep(0.5)


def faire_les_six(dossier: Any) -> Any:
    """Deposit, replacement, search, read, mask, delete; the document as it was found."""
    premier = dossier.deposer(PDF, "Conformité")
    second = dossier.deposer(PDF + b" corrige", "Conformité, corrigé", remplace=premier)
    (vu,) = [d for d in dossier.chercher(status="current") if d["id"] == second]
    assert dossier.lire(vu) == PDF + b" corrige"
    dossier.masquer(second)
    dossier.supprimer(second)
    return vu


def se_faire_refuser(bac: Bac, dossier: Any, supprime: Any) -> None:
    """The same document twice, a search without a qualified identity, a deleted document."""
    double = dossier._document("Deux fois", profil="simplified-publish", data=bac.client._b64(PDF))
    dossier.http.post("/DocumentReference", json=double, headers=bac.client.FHIR)
    for faute in (
        lambda: dossier.http.post("/DocumentReference", json=double, headers=bac.client.FHIR),
        lambda: dossier.http.post(
            "/DocumentReference/_search",
            data={"patient.identifier": dossier.jeton_ins},
            headers={"X-MES-Identite": ""},
        ),
        lambda: dossier.lire(supprime),
    ):
        with pytest.raises(bac.client.Refus):
            faute()


def faire_tout(bac: Bac, dossier: Any) -> None:
    se_faire_refuser(bac, dossier, faire_les_six(dossier))
