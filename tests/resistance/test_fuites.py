"""Every URL, every FHIR search and every id, as every kind of stranger: nothing (issue 2, done when)."""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote_plus, urlencode
from uuid import UUID

import pytest
from django.test import Client

from espace_sante.acces.mon_espace import ouvrir_mon_espace
from espace_sante.acces.tests.fabrique import CONTEXTE, titulaire
from espace_sante.interop.fhir.identifiants import composer
from espace_sante.interop.fhir.recherche import PARAMETRES
from espace_sante.platform import http
from espace_sante.platform.journal import FormatJson, SansIdentite
from espace_sante.web.pro.tests.atelier import averti
from tests.contrat.adresses import IDENTIFIANT, adresses
from tests.resistance.etrangers import (
    Programme,
    Victime,
    Visiteur,
    consenti,
    programmes,
    temoin,
    victime,
    visiteurs,
)

pytestmark = pytest.mark.django_db
FORMULAIRE = "application/x-www-form-urlencoded"
_FOURNISSEURS = {
    "web:connexion_fc",
    "web:connexion_fc_retour",
    "web:connexion_pro_depart",
    "web:connexion_pro_retour",
}


@pytest.fixture
def v(db: None) -> Victime:
    return victime()


@pytest.fixture
def journal() -> Iterator[io.StringIO]:
    """What the product's own handler would write, all loggers, every level."""
    sortie = io.StringIO()
    gestion = logging.StreamHandler(sortie)
    gestion.addFilter(SansIdentite())
    gestion.setFormatter(FormatJson())
    journaux = [
        logging.getLogger(n) for n in ("", "django", "django.request", "django.db.backends", "espace_sante")
    ]
    for j in journaux:
        j.addHandler(gestion)
    yield sortie
    for j in journaux:
        j.removeHandler(gestion)


def _texte(reponse: Any) -> str:
    """Everything a caller receives: status line, headers, cookies, body."""
    corps = b"".join(reponse.streaming_content) if reponse.streaming else reponse.content
    entetes = "\n".join(f"{n}: {v}" for n, v in reponse.items())
    return f"{entetes}\n{reponse.cookies.output()}\n{corps.decode('utf-8', 'replace')}"


def _appris(texte: str, envoye: str, secrets: tuple[str, ...]) -> list[str]:
    """Secrets that the answer holds and that the caller had not sent himself."""
    return [s for s in secrets if s in texte and s not in envoye]


# ---------------------------------------------------------------------------------------------
# Programs on /fhir


def _fils(v: Victime) -> list[str]:
    """Every id on the wire that could name something of the victim."""
    autre = UUID(int=5)
    paires = (
        [(v.dossier_id, i) for i in v.ids]
        + [(autre, i) for i in v.documents]
        + [(v.documents[0], v.dossier_id)]
    )
    return [*(composer(a, b) for a, b in paires), *(str(i) for i in v.ids), v.unique_ids[0], v.ins.matricule]


def _demandes(v: Victime) -> Iterator[tuple[str, str, str]]:
    """(method, path, form) of every call about the victim."""
    for fil in _fils(v):
        for ressource in ("DocumentReference", "Binary", "Bundle", "Patient"):
            yield "GET", f"/fhir/{ressource}/{fil}", ""
    fil = composer(v.dossier_id, v.documents[0])
    yield "HEAD", f"/fhir/Binary/{fil}", ""
    # What is not offered, in case it comes to be.
    for suite in ("_history", "_history/1", "$everything", "$generate-metadata"):
        yield "GET", f"/fhir/DocumentReference/{fil}/{suite}", ""
    for methode in ("PUT", "PATCH", "DELETE"):
        yield methode, f"/fhir/DocumentReference/{fil}", ""
    for ressource in ("List", "AuditEvent", "Consent", "Observation"):
        yield "GET", f"/fhir/{ressource}/{composer(v.dossier_id, v.lot_id)}", ""
    jeton = f"{v.ins.urn}|{v.ins.matricule}"
    patients = [
        {"patient.identifier": jeton}, {"subject.identifier": jeton}, {"patient": f"Patient/{v.dossier_id}"},
        {"subject": str(v.dossier_id)}, {"identifier": v.unique_ids[0]}, {"_id": composer(v.dossier_id, v.documents[0])},
        {},
    ]  # fmt: skip
    valeurs = {
        "_id": composer(v.dossier_id, v.documents[0]), "_lastUpdated": "ge2000", "identifier": v.unique_ids[0],
        "status": "current", "isArchived": "false", "type": "11488-4", "creation": "ge2000", "date": "ge2000",
        "period": "ge2000", "author.identifier": "899000000099",
    }  # fmt: skip
    tris = [{"_sort": "-date", "_count": n} for n in ("0", "1", "100")]
    for rang, patient in enumerate(patients):
        # Every criterion with the INS and with the id; the other ways to name a patient alone.
        tous = [{}, *({p: valeurs.get(p, "x")} for p in PARAMETRES), {"security-label": "N"}, *tris]
        criteres = tous if rang in (0, 2) else tous[:1]
        for critere in criteres:
            formulaire = urlencode({**patient, **critere})
            yield "GET", f"/fhir/DocumentReference?{formulaire}", ""
            yield "POST", "/fhir/DocumentReference/_search", formulaire
    for critere in (
        {"identifier": jeton},
        {"_id": str(v.dossier_id)},
        {"family": "Z"},
        {"birthdate": "1961-07-19"},
    ):
        yield "GET", f"/fhir/Patient?{urlencode(critere)}", ""
        yield "POST", "/fhir/Patient/_search", urlencode(critere)
    for chemin in ("List", "AuditEvent", "Consent", "Binary", "Bundle", "Observation", ""):
        yield "GET", f"/fhir/{chemin}?{urlencode({'patient.identifier': jeton, 'code': 'submissionset'})}", ""


def _appeler(client: Client, p: Programme, methode: str, chemin: str, formulaire: str) -> Any:
    return client.generic(
        methode, chemin, formulaire, content_type=FORMULAIRE, headers={**p.entetes, "Accept": "*/*"}
    )


def _marcher(client: Client, v: Victime, p: Programme) -> tuple[list[str], set[int]]:
    """Every call; what was learnt, and the statuses met."""
    fuites, statuts = [], set()
    for methode, chemin, formulaire in _demandes(v):
        reponse = _appeler(client, p, methode, chemin, formulaire)
        statuts.add(reponse.status_code)
        secrets = v.secrets_de_documents
        if not (p.autorise and chemin.startswith("/fhir/Patient")):
            secrets += v.secrets_d_identite
        envoye = unquote_plus(f"{chemin} {formulaire}")
        appris = _appris(_texte(reponse), envoye, secrets)
        if appris:
            fuites.append(f"{p.nom}: {methode} {chemin} {formulaire}: {appris}")
    return fuites, statuts


@pytest.mark.rule(
    "ACC-01", "ACC-30", "ACC-31", "ACC-34", "FHR-09", "FHR-29", "FHR-32", "FHR-110", "FHR-121", "ACC-15"
)
def test_no_program_learns_anything(v: Victime, journal: io.StringIO, client: Client) -> None:
    client.raise_request_exception = True
    fuites, vus = [], 0
    for p in programmes(v):
        trouvees, statuts = _marcher(client, v, p)
        fuites += trouvees
        assert not any(s >= 500 for s in statuts), (p.nom, statuts)
        if not p.autorise:
            # Not even that something is there: refused, absent or not offered, whatever was asked.
            assert statuts <= {401, 403, 404, 405, 415}, (p.nom, statuts)
        vus += 1
    assert not fuites, fuites[:5]
    assert vus > 25
    _journal_muet(journal, v)


@pytest.mark.rule("ACC-01", "FHR-35")
def test_the_same_walk_sees_what_a_consent_opens(v: Victime, client: Client) -> None:
    """The walk is worth something: with a consent it finds the document, and still not the masked one."""
    fuites, statuts = _marcher(client, v, temoin(v))
    assert 200 in statuts
    assert any(chemin in f for f in fuites for chemin in ("/fhir/Binary/",))
    assert any("_search" in f and v.unique_ids[0].removeprefix("urn:uuid:") in f for f in fuites)
    assert not any(v.unique_ids[1].removeprefix("urn:uuid:") in f.rpartition(": [")[2] for f in fuites)


@pytest.mark.rule("FHR-24")
def test_the_cursor_of_another_caller(v: Victime, client: Client) -> None:
    p = temoin(v)
    page = _appeler(client, p, "GET", f"/fhir/DocumentReference?patient=Patient/{v.dossier_id}&_count=0", "")
    assert page.status_code == 200
    with ouvrir_mon_espace(titulaire(v.dossier_id), contexte=CONTEXTE) as espace:
        # Lift the mask: two documents make two pages.
        espace.demasquer(v.documents[1])
    page = _appeler(client, p, "GET", f"/fhir/DocumentReference?patient=Patient/{v.dossier_id}&_count=1", "")
    (suite,) = [lien["url"] for lien in json.loads(page.content)["link"] if lien["relation"] == "next"]
    chemin = suite.removeprefix("http://testserver")
    assert not _appris(unquote_plus(chemin), "", v.secrets_de_documents + v.secrets_d_identite)
    assert _appeler(client, p, "GET", chemin, "").status_code == 200
    for autre in programmes(v):
        reponse = _appeler(client, autre, "GET", chemin, "")
        assert reponse.status_code in (401, 403), autre.nom
        assert not _appris(_texte(reponse), chemin, v.secrets_de_documents + v.secrets_d_identite)


@pytest.mark.rule("ACC-03", "ACC-15", "FHR-121")
def test_a_consent_withdrawn_between_list_and_open(v: Victime, client: Client) -> None:
    p = temoin(v)
    page = _appeler(client, p, "GET", f"/fhir/DocumentReference?patient=Patient/{v.dossier_id}", "")
    fiche = json.loads(page.content)["entry"][0]["resource"]
    adresse = fiche["content"][0]["attachment"]["url"].removeprefix("http://testserver")
    assert _appeler(client, p, "GET", adresse, "").status_code == 200
    with ouvrir_mon_espace(titulaire(v.dossier_id), contexte=CONTEXTE) as espace:
        for accord in espace.consentements():
            espace.retirer_consentement(accord.id)
    fuites, _ = _marcher(client, v, p)
    assert not fuites, fuites[:5]
    assert _appeler(client, p, "GET", adresse, "").status_code == 403


# ---------------------------------------------------------------------------------------------
# Browsers


def _pages(v: Victime, cles: tuple[str, ...], *, publiques: bool) -> Iterator[tuple[str, str]]:
    """(name, path) of every address of the product, filled with each id of the victim."""
    for a in adresses():
        if a.locale or a.chemin.startswith("/fhir/") or (a.ouverture == http.PUBLIQUE and not publiques):
            continue
        uuids = v.ids if str(IDENTIFIANT) in a.chemin else (IDENTIFIANT,)
        if "inconnu" in a.chemin:
            # The key of an open patient is looked at first: one document behind it is enough.
            uuids = uuids[1:2] or uuids
        textes = (*cles, str(v.dossier_id), "inconnu") if "inconnu" in a.chemin else ("inconnu",)
        for u in uuids:
            for t in textes:
                yield a.nom, a.chemin.replace(str(IDENTIFIANT), str(u)).replace("inconnu", t)


def _naviguer(v: Victime, qui: Visiteur, cles: tuple[str, ...] = ()) -> list[str]:
    fuites = []
    formulaire = {
        "matricule": v.ins.matricule, "identifiant": "victime", "mot_de_passe": "victime", "reponse": "oui",
        "pour": "moi", "q": "bilan", "texte": "bilan", "suite": "/espace/", "dossier": str(v.dossier_id),
    }  # fmt: skip
    # Public pages take no account of who asks (a login by password costs on purpose): once is enough.
    for nom, chemin in _pages(v, cles, publiques=qui.nom == "nobody"):
        if nom == "web:deconnexion":
            continue
        for methode in ("get", "post"):
            donnees = formulaire if methode == "post" else {"q": "bilan", "texte": "bilan", "original": "1"}
            reponse = getattr(qui.client, methode)(chemin, donnees)
            # The login providers are not there: their page says so.
            assert reponse.status_code < 500 or nom in _FOURNISSEURS, (qui.nom, methode, chemin)
            secrets = v.secrets_de_documents
            # ACC-09: the portal shows the person found by her matricule, for the professional to confirm.
            if not (qui.confirme and nom == "web:pro"):
                secrets += v.secrets_d_identite
            appris = _appris(_texte(reponse), f"{chemin} {formulaire}", secrets)
            if appris:
                fuites.append(f"{qui.nom}: {methode} {chemin}: {appris}")
    return fuites


@pytest.mark.rule("ACC-01", "ACC-05", "ACC-30", "ACC-31", "DOC-43", "REG-12")
def test_no_browser_learns_anything(v: Victime, journal: io.StringIO) -> None:
    fuites = []
    for qui in visiteurs(v):
        fuites += _naviguer(v, qui)
    assert not fuites, fuites[:5]
    _journal_muet(journal, v)


@pytest.mark.rule("ACC-01")
def test_the_same_browsing_sees_what_is_the_holder_s_own(v: Victime) -> None:
    from espace_sante.web.pro.tests.atelier import connecter

    fuites = _naviguer(v, Visiteur("the holder", connecter(titulaire(v.dossier_id))))
    assert any("xérodermique" in f or "Bilan" in f for f in fuites)


@pytest.mark.rule("ACC-03", "IDN-55")
def test_the_key_of_an_open_patient_in_another_login(v: Victime, journal: io.StringIO) -> None:
    """The portal's address of a patient opens nothing elsewhere, and nothing once the consent is withdrawn."""
    lecteur = consenti(v)
    ouvert = averti(lecteur)
    page = ouvert.post("/pro/", {"matricule": v.ins.matricule}).content.decode()
    trouvee = re.search(r"/pro/patient/([\w-]+)/", page)
    assert trouvee
    cle = trouvee[1]
    ouvert.post(f"/pro/patient/{cle}/identite/", {"reponse": "oui"})
    assert "xérodermique" in ouvert.get(f"/pro/patient/{cle}/documents/").content.decode()
    for qui in visiteurs(v):
        assert not _naviguer_patient(v, qui.client, cle, v.secrets_de_documents + v.secrets_d_identite), (
            qui.nom
        )
    with ouvrir_mon_espace(titulaire(v.dossier_id), contexte=CONTEXTE) as espace:
        for accord in espace.consentements():
            espace.retirer_consentement(accord.id)
    assert not _naviguer_patient(v, ouvert, cle, v.secrets_de_documents)
    _journal_muet(journal, v)


def _naviguer_patient(v: Victime, client: Client, cle: str, secrets: tuple[str, ...]) -> list[str]:
    fuites = []
    for chemin in (
        "",
        "documents/",
        *(f"documents/{d}/{s}" for d in v.documents for s in ("", "original/", "contenu/")),
    ):
        reponse = client.get(f"/pro/patient/{cle}/{chemin}")
        if appris := _appris(_texte(reponse), "", secrets):
            fuites.append(f"{chemin}: {appris}")
    return fuites


def _journal_muet(journal: io.StringIO, v: Victime) -> None:
    """No identity, no document in the journal of the whole walk (REG-12, FHR-15)."""
    texte = journal.getvalue()
    appris = _appris(texte, "", v.secrets_de_documents + v.secrets_d_identite)
    assert not appris, [ligne for ligne in texte.splitlines() if appris[0] in ligne][:3]
