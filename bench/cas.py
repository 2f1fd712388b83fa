"""The cases: the requests of each, made ready before the clock starts."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from urllib.parse import urlencode
from uuid import uuid4

import orjson

from bench.donnees import RPPS, STRUCTURE, TAILLE, TRAITS, Dossier
from espace_sante.documents.cda.entete import lire_entete, vers_metadonnees
from espace_sante.documents.cda.lire import lire
from espace_sante.documents.metadonnees import Auteur
from espace_sante.interop.client import depot_iti105, lot_iti65
from espace_sante.interop.fhir.identifiants import composer
from espace_sante.interop.fhir.xml.ecriture import vers_xml
from espace_sante.kernel.ins import Ins
from espace_sante.simulateurs.population import generer

SOURCE = Auteur("personne", idnat=f"8{RPPS}", structure_idnat=STRUCTURE, nom="BANC", prenom="Anne")
_INS_MODELE = "279031400100157"


class Modele:
    """One real N3 CDA of the synthetic population, grown to 20 kB, to be copied with another id and person."""

    def __init__(self) -> None:
        population = generer(3, 5)
        titulaire = next(iter(population.titulaires()))
        document = next(d for d in titulaire.documents() if b"<structuredBody" in d.contenu)
        entete = lire_entete(lire(document.contenu))
        assert entete.ins is not None
        assert entete.traits is not None
        texte = document.contenu
        remplissage = b"<!--" + b"compte rendu " * 2000
        texte = texte.replace(entete.ins.matricule.encode(), b"@MATRICULE@")
        for avant, apres in (
            (entete.traits.nom_naissance, TRAITS.nom_naissance),
            (entete.traits.date_naissance.replace("-", ""), TRAITS.date_naissance.replace("-", "")),
        ):
            texte = texte.replace(avant.encode(), apres.encode())
        debut, fin = texte.index(b"<recordTarget"), texte.index(b"</recordTarget>")
        prenoms = rb"<given\1>" + TRAITS.prenoms.encode() + rb"</given>"
        texte = (
            texte[:debut] + re.sub(rb"<given([^>]*)>[^<]*</given>", prenoms, texte[debut:fin]) + texte[fin:]
        )
        texte = re.sub(rb'administrativeGenderCode code="."', b'administrativeGenderCode code="F"', texte)
        identifiant = entete.unique_id.removeprefix("urn:oid:").removeprefix("urn:uuid:").split("^")[0]
        texte = texte.replace(identifiant.encode(), b"@RACINE@", 1)
        fin = texte.rindex(b"</ClinicalDocument>")
        manque = max(0, TAILLE - len(texte) - 7)
        self._texte = texte[:fin] + remplissage[: manque + 4] + b"-->" + texte[fin:]

    def cda(self, ins: Ins) -> bytes:
        """A document of that person, with an id of its own."""
        racine = f"2.25.{uuid4().int}"
        return self._texte.replace(b"@MATRICULE@", ins.matricule.encode()).replace(
            b"@RACINE@", racine.encode()
        )


class Requetes:
    """Builds the bytes of HTTP requests, with the token and the declared identity."""

    def __init__(self, jeton: str) -> None:
        self._entete = f"Host: localhost\r\nAuthorization: Bearer {jeton}\r\nX-MES-Identite: VALI\r\n"

    def _requete(self, methode: str, chemin: str, corps: bytes, type_: str, accepte: str) -> bytes:
        debut = f"{methode} {chemin} HTTP/1.1\r\n{self._entete}Accept: {accepte}\r\n"
        if corps:
            debut += f"Content-Type: {type_}\r\nContent-Length: {len(corps)}\r\n"
        return debut.encode() + b"\r\n" + corps

    def feed_iti65(self, dossiers: Iterator[Dossier], modele: Modele, nombre: int) -> list[bytes]:
        faits = []
        for _ in range(nombre):
            d = next(dossiers)
            contenu = modele.cda(d.ins)
            m = vers_metadonnees(lire_entete(lire(contenu)), contenu)
            corps = orjson.dumps(lot_iti65(contenu, d.ins, SOURCE, metadonnees=m))
            faits.append(
                self._requete("POST", "/fhir", corps, "application/fhir+json", "application/fhir+json")
            )
        return faits

    def feed_iti105(self, dossiers: Iterator[Dossier], modele: Modele, nombre: int) -> list[bytes]:
        faits = []
        for _ in range(nombre):
            d = next(dossiers)
            contenu = modele.cda(d.ins)
            m = vers_metadonnees(lire_entete(lire(contenu)), contenu)
            corps = orjson.dumps(depot_iti105(contenu, d.ins, metadonnees=m))
            faits.append(
                self._requete(
                    "POST", "/fhir/DocumentReference", corps, "application/fhir+json", "application/fhir+json"
                )
            )
        return faits

    def feed_iti65_xml(self, dossiers: Iterator[Dossier], modele: Modele, nombre: int) -> list[bytes]:
        """The same lots, written and answered in XML."""
        faits = []
        for brute in self.feed_iti65(dossiers, modele, nombre):
            corps = vers_xml(brute.partition(b"\r\n\r\n")[2])
            faits.append(
                self._requete("POST", "/fhir", corps, "application/fhir+xml", "application/fhir+xml")
            )
        return faits

    def search_20_xml(self, dossiers: Iterator[Dossier], nombre: int) -> list[bytes]:
        """The same searches, answered in XML."""
        json, xml = b"Accept: application/fhir+json", b"Accept: application/fhir+xml"
        return [brute.replace(json, xml, 1) for brute in self.search_20_of_100(dossiers, nombre)]

    def search_20_of_100(self, dossiers: Iterator[Dossier], nombre: int) -> list[bytes]:
        faits = []
        for _ in range(nombre):
            ins = next(dossiers).ins
            corps = urlencode(
                {"patient.identifier": f"{ins.urn}|{ins.matricule}", "status": "current", "_count": "20"}
            ).encode()
            faits.append(
                self._requete(
                    "POST", "/fhir/DocumentReference/_search", corps, "application/x-www-form-urlencoded",
                    "application/fhir+json",
                )
            )  # fmt: skip
        return faits

    def retrieve_20kb(self, lisibles: Iterator[tuple[Dossier, object]], nombre: int) -> list[bytes]:
        return [
            self._requete("GET", f"/fhir/Binary/{composer(d.id, i)}", b"", "", "*/*")  # type: ignore[arg-type]
            for d, i in (next(lisibles) for _ in range(nombre))
        ]


def decide(nombre: int = 200_000) -> dict[str, float]:
    """Microseconds of one decision, granted, in this process."""
    from espace_sante.acces.dicah import EtatConsentement, Faits
    from espace_sante.acces.dicah import decide as decider
    from espace_sante.identite.acteurs import Acteur
    from espace_sante.kernel.codes import EtatProfil, GenreActeur

    acteur = Acteur(genre=GenreActeur.PROFESSIONNEL, deux_facteurs=True, rpps=RPPS)
    faits = Faits(acteur, True, EtatProfil.ACTIVE, True, EtatConsentement.VALIDE, ("11488-4",) * 100, True)
    assert decider(faits).accordee
    meilleurs = []
    for _ in range(5):
        debut = time.perf_counter()
        for _ in range(nombre):
            decider(faits)
        meilleurs.append((time.perf_counter() - debut) / nombre * 1e6)
    meilleurs.sort()
    return {"mediane": meilleurs[2], "max": meilleurs[-1]}
