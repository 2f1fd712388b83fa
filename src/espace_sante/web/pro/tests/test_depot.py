"""« Déposer un document » in the portal, as a browser without script uses it (DOC-11)."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from espace_sante.acces.mon_espace import ouvrir_mon_espace
from espace_sante.acces.tests.fabrique import CONTEXTE, titulaire
from espace_sante.documents.filtre import Filtre
from espace_sante.documents.perso.tests import exemples
from espace_sante.documents.portail.regles import types_du_professionnel
from espace_sante.kernel.codes import EtatProfil
from espace_sante.web.pro.tests import atelier

pytestmark = pytest.mark.django_db
SAISIE = {
    "titre": "Consultation du 3 mars", "jour": "2026-03-03", "type": "11488-4", "patient": "maintenant",
    "professionnels": "visible", "niveau": "N",
}  # fmt: skip


def fichier(nom: str = "cr.pdf", contenu: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(nom, exemples.pdf() if contenu is None else contenu)


def ouvert(code: str = "10") -> tuple[Client, str, UUID]:
    """A professional who confirmed a person, with no consent of hers."""
    (situation,) = atelier.professionnel(code)
    dossier_id, numero = atelier.creer_dossier()
    client = atelier.averti(atelier.acteur(situation))
    return client, atelier.confirmer(client, numero), dossier_id


def envoyer(client: Client, cle: str, **autres: object) -> object:
    return client.post(f"/pro/patient/{cle}/deposer/", {**SAISIE, "fichier": fichier(), **autres})


def deposes(dossier_id: UUID) -> list[str]:
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        return [d.titre for d in espace.lister(Filtre()).elements]


@pytest.mark.rule("DOC-10", "DOC-11", "ACC-65")
@pytest.mark.parametrize("profession", ["10", "40", "60"])
def test_from_the_panel_to_the_record_without_a_consent(profession: str) -> None:
    """10 doctor, 40 dentist (DOC-10), 60 nurse."""
    client, cle, dossier_id = ouvert(profession)
    adresse = f"/pro/patient/{cle}/deposer/"
    assert adresse in client.get(f"/pro/patient/{cle}/").content.decode()
    formulaire = client.get(adresse).content.decode()
    for mot in ("DURAND", "PAULINE JEANNE", "matricule INS", 'type="file"', "optgroup", "ouvrez d’abord"):
        assert mot in formulaire
    suite = envoyer(client, cle)
    assert suite.status_code == 302, suite.content.decode()
    assert deposes(dossier_id) == [], "nothing before the confirmation"
    page = client.get(suite["Location"]).content.decode()
    for mot in ("Consultation du 3 mars", "3 mars 2026", "cr.pdf", "DURAND", "PDF/A-1"):
        assert mot in page
    assert client.get(f"{suite['Location']}fichier/").status_code == 200
    fait = client.post(suite["Location"], {"suite": "deposer"})
    assert fait["Location"].startswith(f"{adresse}?fait=")
    assert "Le document est déposé" in client.get(fait["Location"]).content.decode()
    assert deposes(dossier_id) == ["Consultation du 3 mars"]
    encore = client.post(suite["Location"], {"suite": "deposer"})
    assert encore["Location"] == fait["Location"], "confirmed twice, deposited once (DOC-14)"
    assert deposes(dossier_id) == ["Consultation du 3 mars"]
    (trace,) = atelier.traces(dossier_id, "depot")
    assert (trace.porte, trace.resultat) == ("web", "fait")


@pytest.mark.rule("DOC-24", "DOC-02")
def test_errors_are_beside_their_fields_and_everything_is_kept() -> None:
    client, cle, dossier_id = ouvert()
    reponse = envoyer(client, cle, titre="a<b", jour="2999-01-01", type="", patient="annonce")
    page = reponse.content.decode()
    assert reponse.status_code == 422
    for champ in ("titre", "jour", "type"):
        assert f'id="{champ}-erreur"' in page
        assert f"{champ}-erreur" in page.replace(f'id="{champ}-erreur"', ""), "tied to its field"
    assert "Fichier gardé" in page and "cr.pdf" in page
    assert 'value="a&lt;b"' in page
    assert 'value="annonce" checked' in page
    assert "<title>Erreur" in page
    prepare = reponse.context["prepare"].id
    corrige = client.post(
        f"/pro/patient/{cle}/deposer/", {**SAISIE, "prepare": str(prepare)}
    )  # without the file: it was kept
    assert corrige["Location"].endswith(f"{prepare}/")
    modifier = client.get(f"/pro/patient/{cle}/deposer/?prepare={prepare}").content.decode()
    assert 'value="Consultation du 3 mars"' in modifier
    assert deposes(dossier_id) == []


@pytest.mark.rule("DOC-09")
def test_types_are_looked_for_without_a_script() -> None:
    client, cle, _ = ouvert()
    page = envoyer(client, cle, cherche="lettre liaison", suite="chercher", type="")
    texte = page.content.decode()
    assert page.status_code == 200
    groupes = page.context["groupes"]
    assert groupes and all("liaison" in t.libelle.lower() for g in groupes for t in g.types)
    assert "Fichier gardé" in texte and "erreur" not in page.context["erreurs"]
    tous = client.get(f"/pro/patient/{cle}/deposer/").context["groupes"]
    assert sum(len(g.types) for g in tous) == len(types_du_professionnel()) > 60
    rien = envoyer(client, cle, cherche="zzz", suite="chercher", type="11488-4").context["groupes"]
    assert [t.valeur for g in rien for t in g.types] == ["11488-4"], "what was chosen stays"


@pytest.mark.rule("DOC-46", "DOC-39")
def test_hidden_until_the_announcement() -> None:
    client, cle, dossier_id = ouvert()
    suite = envoyer(client, cle, patient="annonce")
    assert "Après une consultation d’annonce" in client.get(suite["Location"]).content.decode()
    client.post(suite["Location"], {"suite": "deposer"})
    assert deposes(dossier_id) == []
    assert len(atelier.traces(dossier_id, "depot")) == 1


@pytest.mark.rule("DOC-29", "DOC-31")
def test_a_new_version_from_the_page_of_a_document() -> None:
    client, cle, dossier_id = ouvert()
    client.post(envoyer(client, cle)["Location"], {"suite": "deposer"})
    atelier.consentir(client, cle)
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        (ancien,) = espace.lister(Filtre()).elements
    fiche = client.get(f"/pro/patient/{cle}/documents/{ancien.id}/").content.decode()
    lien = f"/pro/patient/{cle}/deposer/?remplace={ancien.id}"
    assert lien in fiche
    assert f'value="{ancien.id}" selected' in client.get(lien).content.decode()
    suite = envoyer(client, cle, titre="Corrigé", remplace=str(ancien.id))
    assert "Consultation du 3 mars, 3 mars 2026" in client.get(suite["Location"]).content.decode()
    fait = client.post(suite["Location"], {"suite": "deposer"})
    assert "Ouvrir le document déposé" in client.get(fait["Location"]).content.decode()
    assert deposes(dossier_id) == ["Corrigé"]
    encore = envoyer(client, cle, titre="Encore", remplace=str(ancien.id))
    refus = client.post(encore["Location"], {"suite": "deposer"})
    assert refus.status_code == 422
    assert "déjà été remplacé" in refus.content.decode()
    assert deposes(dossier_id) == ["Corrigé"]


@pytest.mark.rule("ACC-65", "ACC-01", "DOC-12")
def test_what_opens_nothing() -> None:
    client, cle, dossier_id = ouvert()
    suite = envoyer(client, cle)["Location"]
    prepare = suite.split("/")[-2]
    autre, autre_cle, _ = ouvert()
    for adresse in (suite, f"{suite}fichier/", f"/pro/patient/{autre_cle}/deposer/{prepare}/"):
        assert autre.get(adresse).status_code == 404
    assert (
        f'value="{prepare}"'
        not in autre.get(f"/pro/patient/{autre_cle}/deposer/?prepare={prepare}").content.decode()
    )
    perdu = autre.post(f"/pro/patient/{autre_cle}/deposer/{prepare}/", {"suite": "deposer"})
    assert "perdu" in perdu["Location"]
    assert "n’est plus gardé" in autre.get(perdu["Location"]).content.decode()
    assert client.post(suite, {"suite": "abandonner"}).status_code == 302
    assert client.get(suite).status_code == 404
    assert deposes(dossier_id) == []


@pytest.mark.rule("ACC-65")
def test_a_record_that_takes_nothing_says_so() -> None:
    from espace_sante.dossier.models import Dossier
    from espace_sante.platform.postgres.rls import portee

    client, cle, dossier_id = ouvert()
    suite = envoyer(client, cle)["Location"]
    with portee(dossier_id):
        Dossier.objects.filter(dossier_id=dossier_id).update(etat=EtatProfil.SUSPENDU.value)
    for reponse in (
        client.get(f"/pro/patient/{cle}/deposer/"),
        envoyer(client, cle),
        client.get(suite),
        client.post(suite, {"suite": "deposer"}),
    ):
        assert reponse.status_code == 403
        assert "DURAND" not in reponse.content.decode()


def test_minors_have_legal_representatives(monkeypatch: pytest.MonkeyPatch) -> None:
    client, cle, _ = ouvert()
    assert 'name="representants"' not in client.get(f"/pro/patient/{cle}/deposer/").content.decode()
    monkeypatch.setattr("espace_sante.web.pro.depot_pages._MAJORITE", 200)
    assert 'name="representants"' in client.get(f"/pro/patient/{cle}/deposer/").content.decode()
