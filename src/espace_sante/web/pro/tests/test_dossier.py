"""The list, narrowed by the matrix; documents; addresses and journal without identity."""

from __future__ import annotations

import logging
import re
from datetime import date, timedelta

import pytest
from django.conf import settings
from django.test import Client

from espace_sante.acces import matrice
from espace_sante.documents.nomenclatures import types
from espace_sante.identite.acteurs import Acteur
from espace_sante.kernel.codes import EtatProfil
from espace_sante.web.pro.tests import atelier

pytestmark = pytest.mark.django_db
PROFESSIONS = ("10", "21", "70", "26")
DEPOSES = (
    "11502-2",
    "18748-4",
    "57833-6",
    "34133-9",
    "60591-5",
    "11369-6",
    "REMB",
    "ATTEST-RESID",
    "SYNTH",
    "DISP_AUT",
)


def _qui(code: str = "10") -> Acteur:
    return atelier.acteur(atelier.professionnel(code)[0])


def _titres(client: Client, cle: str, suite: str = "") -> list[str]:
    reponse = client.get(f"/pro/patient/{cle}/documents/{suite}")
    assert reponse.status_code == 200
    return [d.titre for d in reponse.context["lignes"]]


@pytest.mark.rule("ACC-34", "ACC-32", "ACC-61", "DOC-58")
@pytest.mark.parametrize("code", PROFESSIONS)
def test_each_profession_sees_its_line_of_the_matrix_and_nothing_else(code: str) -> None:
    dossier_id, numero = atelier.creer_dossier()
    deposant = _qui()
    titres = {t: f"unique{i}fin" for i, t in enumerate(DEPOSES)}
    documents = {t: atelier.deposer(dossier_id, deposant, t, titres[t]) for t in DEPOSES}
    edition = matrice.en_vigueur()
    assert edition is not None
    permis = set(matrice.ligne(edition.numero, "TRE_G15", code, "")) & set(DEPOSES)
    interdits = set(DEPOSES) - permis
    client = atelier.averti(_qui(code))
    cle = atelier.ouvrir(client, numero)
    reponse = client.get(f"/pro/patient/{cle}/documents/")
    assert {d.titre for d in reponse.context["lignes"]} == {titres[t] for t in permis}
    assert reponse.context["total"] == reponse.context["total_lisible"] == len(permis)
    assert sum(c.nombre for c in reponse.context["classes"]) == len(permis)
    assert sum(r.nombre for r in reponse.context["rubriques"]) == len(permis)
    texte = reponse.content.decode()
    for t in interdits:
        assert titres[t] not in texte
        for suite in ("", "original/", "contenu/", "message/"):
            assert client.get(f"/pro/patient/{cle}/documents/{documents[t]}/{suite}").status_code == 404
        client.post(f"/pro/patient/{cle}/documents/", {"texte": titres[t]})
        assert _titres(client, cle) == []
        client.post(f"/pro/patient/{cle}/documents/", {"effacer": "1"})
    for t in permis:
        assert client.get(f"/pro/patient/{cle}/documents/{documents[t]}/").status_code == 200


@pytest.mark.rule("ACC-32", "ACC-37")
@pytest.mark.parametrize("code", PROFESSIONS)
def test_the_matrix_page_shows_the_line_of_the_profession(code: str) -> None:
    edition = matrice.en_vigueur()
    assert edition is not None
    ligne = set(matrice.ligne(edition.numero, "TRE_G15", code, ""))
    reponse = atelier.averti(_qui(code)).get("/pro/matrice/")
    groupes = reponse.context["classes"]
    assert {t.code for g in groupes for t in g.lisibles} == ligne
    assert {t.code for g in groupes for t in g.fermes} == set(types()) - ligne
    assert edition.nom in reponse.content.decode()


@pytest.mark.rule("ACC-41")
def test_the_illustrative_matrix_is_said_on_every_page() -> None:
    client = atelier.averti(_qui())
    _, numero = atelier.creer_dossier()
    cle = atelier.ouvrir(client, numero)
    for adresse in ("/pro/", "/pro/matrice/", f"/pro/patient/{cle}/", f"/pro/patient/{cle}/documents/"):
        assert "sans valeur légale" in client.get(adresse).content.decode()


@pytest.mark.rule("ACC-62", "ACC-67")
@pytest.mark.parametrize(
    ("etat", "masques", "vus"),
    [
        (EtatProfil.ACTIVE, False, True),
        (EtatProfil.ACTIVE, True, False),
        (EtatProfil.CREE_AUTO, False, False),
    ],
)
def test_reimbursements_only_on_an_active_profile_that_shows_them(
    etat: EtatProfil, masques: bool, vus: bool
) -> None:
    from espace_sante.dossier.models import Dossier
    from espace_sante.platform.postgres.rls import portee

    dossier_id, numero = atelier.creer_dossier(etat)
    document = atelier.deposer(dossier_id, _qui(), "REMB", "Remboursements de mars")
    with portee(dossier_id):
        Dossier.objects.filter(dossier_id=dossier_id).update(remboursements_masques=masques)
    client = atelier.averti(_qui("21"))
    cle = atelier.ouvrir(client, numero)
    texte = client.get(f"/pro/patient/{cle}/documents/").content.decode()
    assert ("Remboursements de mars" in texte) is vus
    # The reason is told when the space is not activated; a choice of the holder leaves no sign.
    assert ("n’a pas activé son espace" in texte) is (etat is EtatProfil.CREE_AUTO)
    assert client.get(f"/pro/patient/{cle}/documents/{document}/").status_code == (200 if vus else 404)


@pytest.mark.rule("DOC-42", "DOC-43")
def test_a_masked_document_leaves_no_sign() -> None:
    dossier_id, numero = atelier.creer_dossier()
    deposant = _qui()
    client = atelier.averti(_qui())
    cle = atelier.ouvrir(client, numero)
    avant = atelier.sans_jeton(client.get(f"/pro/patient/{cle}/documents/"))
    cache = atelier.deposer(dossier_id, deposant, "11502-2", "Analyse cachée", masque=True)
    assert atelier.sans_jeton(client.get(f"/pro/patient/{cle}/documents/")) == avant
    assert client.get(f"/pro/patient/{cle}/documents/{cache}/").status_code == 404


@pytest.mark.rule("DOC-56", "DOC-57", "DOC-59")
def test_order_filters_search_and_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    dossier_id, numero = atelier.creer_dossier()
    deposant = _qui()
    for titre, type_code, jours in (
        ("Échographie du foie", "18748-4", 900),
        ("Analyse de sang", "11502-2", 3),
        ("Bilan lipidique", "11502-2", 30),
    ):
        atelier.deposer(dossier_id, deposant, type_code, titre, jours=jours)
    client = atelier.averti(_qui())
    cle = atelier.ouvrir(client, numero)
    adresse = f"/pro/patient/{cle}/documents/"
    assert _titres(client, cle) == ["Analyse de sang", "Bilan lipidique"], "the first view is recent (ACC-64)"
    client.post(adresse, {"effacer": "1"})
    assert _titres(client, cle) == ["Analyse de sang", "Bilan lipidique", "Échographie du foie"]
    assert _titres(client, cle, "?tri=creation&sens=asc")[0] == "Échographie du foie"
    assert _titres(client, cle, "?tri=titre&sens=desc") == [
        "Échographie du foie",
        "Bilan lipidique",
        "Analyse de sang",
    ]
    assert _titres(client, cle, "?tri=rien&sens=1&page=zut") == _titres(client, cle)
    for envoi, attendus in (
        ({"texte": "echographie"}, ["Échographie du foie"]),
        ({"rubrique": "imagerie", "vers": "biologie"}, ["Analyse de sang", "Bilan lipidique"]),
        ({"rubrique": "biologie"}, ["Analyse de sang", "Bilan lipidique"]),
        ({"classe": "31"}, ["Échographie du foie"]),
        ({"deux_ans": "1"}, ["Analyse de sang", "Bilan lipidique"]),
        ({"au": str(date.today() - timedelta(days=10))}, ["Bilan lipidique", "Échographie du foie"]),
        ({"du": str(date.today() - timedelta(days=10))}, ["Analyse de sang"]),
        (
            {"rubrique": "inconnue", "du": "hier"},
            ["Analyse de sang", "Bilan lipidique", "Échographie du foie"],
        ),
        ({"texte": "introuvable"}, []),
        ({"effacer": "1", "texte": "foie"}, ["Analyse de sang", "Bilan lipidique", "Échographie du foie"]),
    ):
        reponse = client.post(adresse, envoi)
        assert reponse["Location"] == adresse
        assert _titres(client, cle) == attendus, envoi
    assert client.post(adresse, {"texte": "a"}).status_code == 422
    assert client.post(adresse, {"du": "2026-02-02", "au": "2026-01-01"}).status_code == 422
    monkeypatch.setattr(settings, "ES_PAGE", 2)
    assert _titres(client, cle, "?page=2") == ["Échographie du foie"]
    assert client.get(f"{adresse}?page=9")["Location"] == adresse


def test_a_replaced_document_is_reached_from_the_new_one_and_back() -> None:
    dossier_id, numero = atelier.creer_dossier()
    deposant = _qui()
    ancien = atelier.deposer(dossier_id, deposant, "11502-2", "Analyse, provisoire")
    nouveau = atelier.deposer(
        dossier_id, deposant, "11502-2", "Analyse, définitive", remplace=f"urn:uuid:{ancien}"
    )
    client = atelier.averti(_qui())
    cle = atelier.ouvrir(client, numero)
    assert _titres(client, cle) == ["Analyse, définitive"]
    for lu, autre in ((nouveau, ancien), (ancien, nouveau)):
        texte = client.get(f"/pro/patient/{cle}/documents/{lu}/").content.decode()
        assert f"/documents/{autre}/" in texte


@pytest.mark.rule("AUD-01", "AUD-02", "DOC-60")
def test_reading_and_download_give_the_exact_bytes_and_are_traced() -> None:
    dossier_id, numero = atelier.creer_dossier()
    document = atelier.deposer(dossier_id, _qui(), "11502-2", "Analyse de sang")
    client = atelier.averti(_qui())
    cle = atelier.ouvrir(client, numero)
    base = f"/pro/patient/{cle}/documents/{document}/"
    assert client.get(base).status_code == 200
    assert client.get(base + "contenu/")["Content-Type"] == "application/pdf"
    original = client.get(base + "original/")
    assert original.content == atelier.PDF
    assert original["Content-Disposition"].startswith("attachment")
    actes = [(t.action, t.document_ids, t.matrice_edition) for t in atelier.traces(dossier_id)]
    assert ("lecture", [document], 1) in actes
    assert ("telechargement", [document], 1) in actes


@pytest.mark.rule("ACC-09", "REG-12")
def test_no_address_and_no_log_line_holds_identity_or_record(caplog: pytest.LogCaptureFixture) -> None:
    dossier_id, numero = atelier.creer_dossier()
    document = atelier.deposer(dossier_id, _qui(), "11502-2", "Analyse de sang")
    client = atelier.averti(_qui())
    caplog.set_level(logging.DEBUG, logger="espace_sante")
    adresses: set[str] = set()
    pages = [atelier.trouver(client, numero)]
    cle = pages[0].context["patient"].cle
    pages.append(client.post(f"/pro/patient/{cle}/identite/", {"reponse": "oui"}))
    pages.append(client.get(f"/pro/patient/{cle}/"))
    pages.append(client.get(f"/pro/patient/{cle}/documents/"))
    pages.append(atelier.consentir(client, cle))
    pages.append(client.get(f"/pro/patient/{cle}/documents/"))
    pages.append(client.post(f"/pro/patient/{cle}/documents/", {"texte": "analyse"}))
    pages.append(client.get(f"/pro/patient/{cle}/documents/{document}/"))
    pages.append(client.get(f"/pro/patient/{cle}/documents/{document}/original/"))
    for page in pages:
        adresses |= {
            page.headers.get("Location", ""),
            page.request["PATH_INFO"] + "?" + page.request["QUERY_STRING"],
        }
        adresses |= set(re.findall(r'(?:href|src|action)="([^"]*)"', page.content.decode("utf-8", "replace")))
        assert page["Cache-Control"] == "no-store"
    journal = " ".join(r.getMessage() for r in caplog.records)
    for texte in [*adresses, journal]:
        assert numero not in texte
        assert str(dossier_id) not in texte and dossier_id.hex not in texte
        assert "DURAND" not in texte.upper()
        assert "analyse" not in texte.lower()


def test_addresses_of_the_portal_take_only_keys_and_document_ids() -> None:
    from espace_sante.web.pro.urls import urlpatterns

    for chemin in urlpatterns:
        assert set(chemin.pattern.converters) <= {"cle", "document_id", "prepare_id", "demande_id", "mot"}
