"""Client d'exemple : ce qu'un logiciel fait d'un dossier, avec httpx. Copiez ce qui vous sert (EUPL-1.2).
Essai sur le bac à sable : python client_espace_sante.py SERVEUR JETON INS RPPS STRUCTURE
"""

import base64
import hashlib
import sys
import uuid
from datetime import UTC, datetime
from typing import Any

import httpx

# fmt: off
PDSM = "https://interop.esante.gouv.fr/ig/fhir/pdsm/StructureDefinition"
MHD = "https://profiles.ihe.net/ITI/MHD"
URI, PS, STRUCTURE = "urn:ietf:rfc:3986", "urn:oid:1.2.250.1.71.4.2.1", "urn:oid:1.2.250.1.71.4.2.2"
CLASSES = "https://mos.esante.gouv.fr/NOS/TRE_A03-ClasseDocument/FHIR/TRE-A03-ClasseDocument"
VISIBILITE = "https://mos.esante.gouv.fr/NOS/TRE_A07-StatutVisibiliteDocument/FHIR/TRE-A07-StatutVisibiliteDocument"
CONFIDENTIALITE = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
FORMATS, FORMAT = "http://ihe.net/fhir/ihe.formatcode.fhir/CodeSystem/formatcode", "urn:ihe:iti:xds:2017:mimeTypeSufficient"
OID_TEST, FICHE = "1.2.250.1.213.1.4.10", "comprehensive-document-reference"
FHIR, PATCH = {"Content-Type": "application/fhir+json"}, {"Content-Type": "application/json-patch+json"}
Json = dict[str, Any]

class Refus(Exception):
    """Le service a refusé et n'a rien conservé. `codes` : ceux du catalogue d'erreurs, à lire par programme."""

    def __init__(self, reponse: httpx.Response) -> None:
        corps = reponse.json()
        fautes = [i for i in corps.get("issue", ()) if i["severity"] in ("error", "fatal")]
        self.statut, self.requete = reponse.status_code, reponse.headers.get("X-Request-Id", "")
        self.codes = [i["details"]["coding"][0]["code"] for i in fautes] or [corps.get("error", "")]
        super().__init__(f"{self.statut} {', '.join(self.codes)} (requête {self.requete})")

def verifier(reponse: httpx.Response) -> None:
    if reponse.is_error:
        reponse.read()
        raise Refus(reponse)

def jeton(serveur: str, client_id: str, secret: str, portees: str, jeton_psc: str = "") -> str:
    """Un jeton d'une heure : du professionnel qui donne son jeton Pro Santé Connect, sinon de votre structure."""
    demande = {"grant_type": "client_credentials", "scope": portees}
    if jeton_psc:
        demande |= {"grant_type": "urn:ietf:params:oauth:grant-type:token-exchange", "subject_token": jeton_psc,
                    "subject_token_type": "urn:ietf:params:oauth:token-type:access_token"}
    reponse = httpx.post(f"{serveur}/oauth/token", auth=(client_id, secret), data=demande)
    verifier(reponse)
    return str(reponse.json()["access_token"])

class Dossier:
    """Le dossier d'une personne (son INS), vu par un professionnel (RPPS) dans sa structure ("1" + FINESS)."""

    def __init__(self, serveur: str, jeton: str, ins: str, rpps: str, structure: str, oid: str = OID_TEST) -> None:
        self.ins, self.jeton_ins = {"system": f"urn:oid:{oid}", "value": ins}, f"urn:oid:{oid}|{ins}"
        self.sujet = {"reference": f"Patient?identifier={self.jeton_ins}"}
        self.auteur = {"resourceType": "PractitionerRole", "id": "auteur",
                       "practitioner": {"identifier": {"system": PS, "value": f"8{rpps}"}},
                       "organization": {"identifier": {"system": STRUCTURE, "value": structure}}}
        entetes = {"Authorization": f"Bearer {jeton}", "Accept": "application/fhir+json", "X-MES-Identite": "VALI"}
        self.http = httpx.Client(base_url=f"{serveur}/fhir", headers=entetes, event_hooks={"response": [verifier]})

    def existence(self) -> Json:
        """TD0.2 : le dossier existe-t-il, suis-je autorisé ?"""
        return self.http.post("/Patient/_search", data={"identifier": self.jeton_ins}).json()

    def deposer(self, pdf: bytes, titre: str, remplace: str = "") -> str:
        """ITI-65 : un lot d'un document, à la place d'un autre s'il le faut. Rend son identifiant."""
        fiche, binaire = uuid.uuid4().urn, uuid.uuid4().urn
        document = self._document(titre, remplace, url=binaire, size=len(pdf), hash=_empreinte(pdf))
        source = {"system": URI, "value": "urn:oid:1.2.250.1.999.1"}  # l'OID de votre logiciel
        liste = {
            "resourceType": "List", "meta": {"profile": [f"{PDSM}/pdsm-submissionset-comprehensive"]},
            "contained": [self.auteur], "source": {"reference": "#auteur"}, "subject": self.sujet,
            "extension": [{"url": f"{MHD}/StructureDefinition/ihe-designationType",
                           "valueCodeableConcept": document["category"][0]},
                          {"url": f"{MHD}/StructureDefinition/ihe-sourceId", "valueIdentifier": source}],
            "identifier": [{"use": "usual", "system": URI, "value": f"urn:oid:2.25.{uuid.uuid4().int}"}],
            "status": "current", "mode": "working", "code": _code(f"{MHD}/CodeSystem/MHDlistTypes", "submissionset"),
            "date": _maintenant(), "entry": [{"item": {"reference": fiche}}]}
        contenu = {"resourceType": "Binary", "contentType": "application/pdf", "data": _b64(pdf)}
        lot = {"resourceType": "Bundle", "type": "transaction",
               "meta": {"profile": [f"{PDSM}/pdsm-comprehensive-provide-document-bundle"]},
               "entry": [{"fullUrl": url, "resource": r, "request": {"method": "POST", "url": r["resourceType"]}}
                         for url, r in ((uuid.uuid4().urn, liste), (fiche, document), (binaire, contenu))]}
        faits = self.http.post("", json=lot, headers=FHIR).json()["entry"]
        return str(faits[1]["response"]["location"].split("DocumentReference/")[1].split("/")[0])

    def deposer_simplement(self, pdf: bytes, titre: str) -> str:
        """ITI-105 : le DocumentReference seul, contenu compris."""
        document = self._document(titre, profil="simplified-publish", data=_b64(pdf))
        return str(self.http.post("/DocumentReference", json=document, headers=FHIR).json()["id"])

    def chercher(self, **criteres: str) -> list[Json]:
        """ITI-67, toutes les pages. Par POST : un INS ne s'écrit dans aucune adresse."""
        trouves, demande = [], {"patient.identifier": self.jeton_ins, **criteres}
        page = self.http.post("/DocumentReference/_search", data=demande).json()
        while page:
            trouves += [e["resource"] for e in page.get("entry", ()) if e["search"]["mode"] == "match"]
            suite = [lien["url"] for lien in page["link"] if lien["relation"] == "next"]
            page = self.http.get(suite[0]).json() if suite else None
        return trouves

    def lire(self, document: Json) -> bytes:
        """ITI-68 : les octets, comparés à l'empreinte annoncée."""
        piece = document["content"][0]["attachment"]
        contenu = self.http.get(piece["url"], headers={"Accept": piece["contentType"]}).content
        if _empreinte(contenu) != piece["hash"]:
            raise ValueError("le contenu reçu n'est pas celui qui est annoncé")
        return contenu

    def changer(self, numero: str, place: str, valeur: Any) -> Json:
        patch = [{"op": "replace", "path": place, "value": valeur}]
        return self.http.patch(f"/DocumentReference/{numero}", json=patch, headers=PATCH).json()

    def masquer(self, numero: str) -> Json:
        return self.changer(numero, "/securityLabel/0", _code(VISIBILITE, "MASQUE_PS"))
    def supprimer(self, numero: str) -> Json:
        return self.changer(numero, "/status", "entered-in-error")

    def _document(self, titre: str, remplace: str = "", profil: str = FICHE, **plus: Any) -> Json:
        piece = {**plus, "contentType": "application/pdf", "language": "fr-FR", "title": titre, "creation": _maintenant()}
        liens = [{"code": "replaces", "target": {"reference": f"DocumentReference/{remplace}"}}]
        patient = {"resourceType": "Patient", "id": "patient", "identifier": [{"use": "official", **self.ins}]}
        return {
            "resourceType": "DocumentReference", "meta": {"profile": [f"{PDSM}/pdsm-{profil}"]}, "status": "current",
            "contained": [self.auteur, patient], "author": [{"reference": "#auteur"}], "subject": self.sujet,
            "masterIdentifier": {"system": URI, "value": uuid.uuid4().urn}, "date": _maintenant(),
            "type": _code("http://loinc.org", "11488-4"), "category": [_code(CLASSES, "10")],
            "securityLabel": [_code(CONFIDENTIALITE, "N")], **({"relatesTo": liens} if remplace else {}),
            "content": [{"attachment": piece, "format": {"system": FORMATS, "code": FORMAT}}],
            "context": {"period": {"start": _maintenant()}, "sourcePatientInfo": {"reference": "#patient"},
                        "facilityType": _code("urn:oid:1.2.250.1.71.4.2.4", "SA07"),
                        "practiceSetting": _code("urn:oid:1.2.250.1.213.1.1.4.9", "AMBULATOIRE")}}

def _code(systeme: str, code: str) -> Json:
    return {"coding": [{"system": systeme, "code": code}]}
def _maintenant() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
def _b64(octets: bytes) -> str:
    return base64.b64encode(octets).decode()
def _empreinte(octets: bytes) -> str:
    return _b64(hashlib.sha1(octets, usedforsecurity=False).digest())

if __name__ == "__main__":
    dossier = Dossier(*sys.argv[1:6])
    nouveau = dossier.deposer(b"%PDF-1.4 second", "Essai corrigé", dossier.deposer(b"%PDF-1.4 premier", "Essai"))
    lu = next(dossier.lire(d) for d in dossier.chercher(status="current") if d["id"] == nouveau)
    masque, supprime = dossier.masquer(nouveau), dossier.supprimer(nouveau)
    print("Déposé, remplacé, lu, masqué, supprimé :", nouveau, lu, len(masque["securityLabel"]), supprime["status"])  # noqa: T201
