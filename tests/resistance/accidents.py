"""Deposits under kill -9: several clients post, processes are killed, and each answer is remembered."""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from espace_sante.documents.cda.entete import lire_entete, vers_metadonnees
from espace_sante.documents.cda.lire import lire
from espace_sante.documents.metadonnees import Auteur
from espace_sante.interop.client import lot_iti65
from espace_sante.kernel.ins import Ins
from espace_sante.simulateurs.population import generer
from tests.resistance.installation import Installation


@dataclass(frozen=True, slots=True)
class Modele:
    """One real document of the synthetic population, to be copied under fresh unique ids."""

    contenu: bytes
    ins: Ins
    racine: bytes

    def copie(self) -> tuple[str, bytes]:
        """A fresh unique id and the document that carries it."""
        neuve = f"2.25.{uuid4().int}"
        return f"urn:oid:{neuve}", self.contenu.replace(self.racine, neuve.encode(), 1)


def modeles(nombre: int) -> list[Modele]:
    """The oldest structured CDA of as many persons."""
    trouves: list[Modele] = []
    for titulaire in generer(4 * nombre, 11).titulaires():
        contenu = next((d.contenu for d in titulaire.documents() if b"<structuredBody" in d.contenu), None)
        if contenu is None or len(trouves) == nombre:
            continue
        entete = lire_entete(lire(contenu))
        assert entete.ins is not None
        metadonnees = vers_metadonnees(entete, contenu)
        # An id with an extension is « root^extension »; the root alone is changed.
        racine = metadonnees.unique_id.rpartition(":")[2].partition("^")[0].encode()
        modele = Modele(contenu, entete.ins, racine)
        unique_id, copie = modele.copie()
        if vers_metadonnees(lire_entete(lire(copie)), copie).unique_id == unique_id:
            trouves.append(modele)
    assert len(trouves) == nombre
    return trouves


@dataclass(slots=True)
class Envoi:
    """One deposit that was sent. `statut` 0: no answer came."""

    unique_id: str
    sha1: str
    client: int
    cycle: int
    statut: int = 0
    codes: tuple[str, ...] = ()

    @property
    def acquitte(self) -> bool:
        return self.statut == 200


@dataclass(slots=True)
class Clients:
    """Client threads that deposit until their connection fails, and note every answer."""

    ici: Installation
    jeton: str
    source: Auteur
    modeles: list[Modele]
    nombre: int
    voulus: int
    envois: list[Envoi] = field(default_factory=list)
    corps: dict[str, bytes] = field(default_factory=dict)
    _verrou: threading.Lock = field(default_factory=threading.Lock)

    @property
    def acquittes(self) -> int:
        with self._verrou:
            return sum(e.acquitte for e in self.envois)

    def lancer(self, cycle: int) -> list[threading.Thread]:
        fils = [
            threading.Thread(target=self._deposer, args=(n, cycle), daemon=True) for n in range(self.nombre)
        ]
        for f in fils:
            f.start()
        return fils

    def _deposer(self, client: int, cycle: int) -> None:
        lien = http.client.HTTPConnection("127.0.0.1", self.ici.port, timeout=20)
        hasard = random.Random(f"{cycle}/{client}")
        while self.acquittes < self.voulus:
            modele = hasard.choice(self.modeles)
            unique_id, contenu = modele.copie()
            corps = json.dumps(lot_iti65(contenu, modele.ins, self.source)).encode()
            envoi = Envoi(unique_id, hashlib.sha1(contenu).hexdigest(), client, cycle)
            with self._verrou:
                self.envois.append(envoi)
                self.corps[unique_id] = corps
            try:
                statut, codes = self.poster(lien, corps)
            except (OSError, http.client.HTTPException):
                break
            with self._verrou:
                envoi.statut, envoi.codes = statut, codes
                if envoi.acquitte:
                    del self.corps[unique_id]
            if statut != 200:
                break
        lien.close()

    def poster(self, lien: http.client.HTTPConnection, corps: bytes) -> tuple[int, tuple[str, ...]]:
        entetes = {
            "Authorization": f"Bearer {self.jeton}",
            "X-MES-Identite": "VALI",
            "Content-Type": "application/fhir+json",
        }
        lien.request("POST", "/fhir", corps, entetes)
        reponse = lien.getresponse()
        lu: dict[str, Any] = json.loads(reponse.read())
        codes = tuple(i["details"]["coding"][0]["code"] for i in lu.get("issue", ()))
        return reponse.status, codes


@dataclass(frozen=True, slots=True)
class Bilan:
    """What was sent, what is stored after the last crash, and after the lost deposits were sent again."""

    envois: tuple[Envoi, ...]
    clients: int
    accidents: int
    apres: dict[str, Any]
    reprises: dict[str, int]
    final: dict[str, Any]


def eprouver(
    ici: Installation,
    *,
    depots: int,
    accidents: int,
    clients: int,
    graine: int,
    avant_releve: Callable[[], None] = lambda: None,
) -> Bilan:
    """Deposit until `depots` are acknowledged, killing everything `accidents` times on the way."""
    hasard = random.Random(graine)
    sources = modeles(4)
    pret = ici.executer(
        "tests.resistance.preparer",
        {"documents": [base64.b64encode(m.contenu).decode() for m in sources]},
    )
    source = Auteur("personne", idnat=f"8{pret['rpps']}", structure_idnat=pret["structure"])
    monde = Clients(ici, pret["jeton"], source, sources, clients, depots)
    # Crashes are spread over the deposits, never at the very start nor after the last one.
    seuils = sorted(hasard.sample(range(clients, max(depots - clients, clients + accidents + 1)), accidents))
    for cycle, seuil in enumerate(seuils):
        ici.demarrer_web()
        fils = monde.lancer(cycle)
        limite = time.monotonic() + 120
        while monde.acquittes < seuil and any(f.is_alive() for f in fils) and time.monotonic() < limite:
            time.sleep(0.001)
        assert all(f.is_alive() for f in fils), [e for e in monde.envois if not e.acquitte]
        _accident(ici, hasard, cycle)
        for f in fils:
            f.join(30)
            assert not f.is_alive()
        ici.demarrer_base()
    # The rest in peace, so that the wanted number is reached, then a last crash.
    ici.demarrer_web()
    for f in monde.lancer(accidents):
        f.join(600)
    _accident(ici, hasard, 1)
    ici.demarrer_base()
    avant_releve()
    apres = ici.executer("tests.resistance.relever")
    reprises = _reprendre(monde)
    ici.tuer_web()
    return Bilan(
        tuple(monde.envois), clients, accidents, apres, reprises, ici.executer("tests.resistance.relever")
    )


def _accident(ici: Installation, hasard: random.Random, cycle: int) -> None:
    """kill -9 of both, in either order, a random moment apart; every second time of PostgreSQL's own processes."""
    time.sleep(hasard.random() * 0.03)
    morts: list[Callable[[], None]] = [ici.tuer_web, lambda: ici.tuer_base(serveurs=cycle % 2 == 1)]
    hasard.shuffle(morts)
    morts[0]()
    time.sleep(hasard.random() * 0.02)
    morts[1]()


def _reprendre(monde: Clients) -> dict[str, int]:
    """Send again, byte for byte, what got no answer; status of each by unique id."""
    monde.ici.demarrer_web()
    lien = http.client.HTTPConnection("127.0.0.1", monde.ici.port, timeout=20)
    statuts = {}
    for unique_id, corps in monde.corps.items():
        statuts[unique_id], codes = monde.poster(lien, corps)
        assert statuts[unique_id] == 200 or codes == ("duplicate",), codes
    lien.close()
    return statuts


def verifier(bilan: Bilan) -> None:
    """The promise: what was acknowledged is there, whole and traced; nothing is there by half; no other."""
    assert bilan.apres["reglages"] == {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
    envoyes = {e.unique_id: e for e in bilan.envois}
    statuts = {e.statut for e in bilan.envois}
    # No answer, or 503 while PostgreSQL is down; never a wrong refusal.
    assert statuts <= {200, 0, 503}, statuts
    perdus = [e for e in bilan.envois if not e.acquitte]
    assert len(perdus) >= bilan.accidents, "no deposit was under way at a crash: nothing is proved"
    for cycle in range(bilan.accidents + 1):
        touches = [e.client for e in perdus if e.cycle == cycle]
        assert len(touches) == len(set(touches)), "a client had more than one deposit in flight"

    for releve in (bilan.apres, bilan.final):
        presents = {d["unique_id"]: d for d in releve["documents"]}
        assert len(presents) == len(releve["documents"])
        absents = [e.unique_id for e in bilan.envois if e.acquitte and e.unique_id not in presents]
        assert not absents, f"{len(absents)} acknowledged documents are lost"
        assert not presents.keys() - envoyes.keys(), "documents that nobody sent"
        for unique_id, d in presents.items():
            entier = {**d, "sha1": envoyes[unique_id].sha1, "sha1_contenu": envoyes[unique_id].sha1}
            entier |= {"taille_juste": True, "en_vigueur": True}
            entier |= dict.fromkeys(("versions", "registre", "lots", "traces"), 1)
            assert d == entier
        c = releve["comptes"]
        for table in (
            "documents_contenu",
            "documents_versiondocument",
            "documents_registre",
            "documents_lot",
        ):
            assert c[table] == len(presents), table
    # Every trace of the first reading is that of a deposit that is there: no trace of what is not.
    assert bilan.apres["comptes"]["traces_trace"] == len(bilan.apres["documents"])

    # What got no answer can be sent again: stored now, or said to be there already when it was.
    deja = {d["unique_id"] for d in bilan.apres["documents"]}
    assert bilan.reprises == {e.unique_id: 409 if e.unique_id in deja else 200 for e in perdus}
    assert {d["unique_id"] for d in bilan.final["documents"]} == set(envoyes)
