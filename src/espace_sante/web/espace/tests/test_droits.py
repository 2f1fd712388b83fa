"""The holder's rights, as he uses them: copy, history as a file, automatic reading, who answers for his data."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pikepdf
import pytest
from django.test import Client

from espace_sante.acces.exportation import historique, signature
from espace_sante.acces.exportation.taches import fabriquer
from espace_sante.acces.exportation.tests.lecture import ouvrir
from espace_sante.acces.tests.fabrique import professionnel
from espace_sante.dossier.models import AccordExtraction, Dossier, Export
from espace_sante.identite.comptes import creer_compte
from espace_sante.platform.postgres.rls import portee
from espace_sante.traces.models import Trace
from espace_sante.web.espace.tests.conftest import Personne, connecter

Faire = Callable[..., Personne]
SECRET = "Un-mot-2-passe-solide"


def _avec_compte(faire: Faire) -> Personne:
    lou = faire()
    creer_compte(lou.dossier_id, "lou.martin", SECRET, "lou@example.test")
    return lou


def _actions(lou: Personne) -> list[tuple[str, str]]:
    with portee(lou.dossier_id):
        return list(Trace.objects.order_by("quand", "id").values_list("action", "resultat"))


@pytest.mark.rule("REG-03")
def test_the_copy_is_asked_with_the_password_then_downloaded(faire: Faire) -> None:
    lou = _avec_compte(faire)
    assert "Votre mot de passe" in lou.page("/espace/droits/copie/")
    refus = lou.client.post("/espace/droits/copie/", {"mot_de_passe": "faux"})
    assert refus.status_code == 422
    assert "pas le bon" in refus.content.decode()
    with portee(lou.dossier_id):
        assert not Export.objects.exists()
    assert ("export_demande", "refus") in _actions(lou)

    fait = lou.client.post("/espace/droits/copie/", {"mot_de_passe": SECRET}, follow=True)
    assert "Votre demande est enregistrée" in fait.content.decode()
    assert "Copie en préparation" in fait.content.decode()
    assert "Demander une copie</a>" not in fait.content.decode()
    assert lou.client.post("/espace/droits/copie/", {"mot_de_passe": SECRET}).status_code == 409
    with portee(lou.dossier_id):
        export_id = Export.objects.get().id
    assert lou.client.get(f"/espace/droits/copie/{export_id}/").status_code == 404
    fabriquer(lou.dossier_id, export_id, datetime.now(UTC))

    adresse = re.search(r'href="(/espace/droits/copie/[0-9a-f-]{36}/)"', lou.page("/espace/droits/"))
    assert adresse
    reponse = lou.client.get(adresse[1])
    assert reponse["Content-Type"] == "application/zip"
    assert reponse["Content-Disposition"].startswith("attachment; ")
    assert reponse["Cache-Control"] == "private, no-store"
    octets = b"".join(reponse.streaming_content)  # type: ignore[attr-defined]
    assert int(reponse["Content-Length"]) == len(octets)
    assert "INDEX.html" in ouvrir(octets)
    assert ("export_telecharge", "fait") in _actions(lou)


@pytest.mark.rule("REG-03")
def test_without_a_password_of_ours_a_fresh_login_is_asked(faire: Faire) -> None:
    lou = faire()
    session = lou.client.session
    session["debut"] = session["debut"] - 600
    session.save()
    assert lou.client.post("/espace/droits/copie/").status_code == 403
    session["debut"] = session["debut"] + 500
    session.save()
    assert lou.client.post("/espace/droits/copie/").status_code == 302


@pytest.mark.rule("REG-03", "REG-04")
def test_the_copy_of_another_is_no_page_at_all(faire: Faire) -> None:
    lou, autre = _avec_compte(faire), faire(2)
    lou.client.post("/espace/droits/copie/", {"mot_de_passe": SECRET})
    with portee(lou.dossier_id):
        export_id = Export.objects.get().id
    fabriquer(lou.dossier_id, export_id, datetime.now(UTC))
    assert autre.client.get(f"/espace/droits/copie/{export_id}/").status_code == 404
    for client in (Client(), connecter(professionnel())):
        assert client.get(f"/espace/droits/copie/{export_id}/").status_code != 200
        assert client.get("/espace/droits/historique/historique.csv").status_code != 200


@pytest.mark.rule("AUD-11")
@pytest.mark.parametrize("forme", ["csv", "pdf"])
def test_the_history_is_a_file_for_any_period(faire: Faire, forme: str) -> None:
    lou = faire()
    lou.deposer(titre="=Radio #strong[x]")
    reponse = lou.client.get(f"/espace/droits/historique/historique.{forme}")
    octets = b"".join(reponse.streaming_content)  # type: ignore[attr-defined]
    if forme == "csv":
        lignes = list(csv.DictReader(io.StringIO(octets.decode("utf-8-sig")), delimiter=";"))
        assert [ligne["action"] for ligne in lignes] == ["export_traces", "depot"]
        assert "a ajouté" in lignes[1]["phrase"]
        assert lignes[1]["document"] == "'=Radio #strong[x]"
    else:
        with pikepdf.open(io.BytesIO(octets)) as pdf:
            assert len(pdf.pages) == 1
            assert pdf.Root.Lang == "fr"
    assert ("export_traces", "fait") in _actions(lou)
    demain = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()
    assert lou.client.get(f"/espace/droits/historique/historique.{forme}", {"du": demain}).status_code == 422
    avant = lou.client.get(f"/espace/droits/historique/historique.{forme}", {"au": "2020-01-01"})
    reste = b"".join(avant.streaming_content)  # type: ignore[attr-defined]
    assert len(reste.splitlines()) == 1 if forme == "csv" else reste.startswith(b"%PDF")


@pytest.mark.rule("AUD-11")
def test_a_file_is_bounded_and_the_next_one_goes_on(faire: Faire, monkeypatch: pytest.MonkeyPatch) -> None:
    assert historique.LIGNES_MAX == 100_000
    monkeypatch.setattr(historique, "LIGNES_MAX", 2)
    lou = faire()
    for rang in range(3):
        lou.deposer(titre=f"Document {rang}")
    parties = [
        b"".join(
            lou.client.get("/espace/droits/historique/historique.csv", {"partie": str(n)}).streaming_content  # type: ignore[attr-defined]
        )
        for n in (1, 2)
    ]
    lignes = [list(csv.DictReader(io.StringIO(p.decode("utf-8-sig")), delimiter=";")) for p in parties]
    assert [len(p) for p in lignes] == [2, 2]
    assert lignes[0][1]["document"] == "Document 2"


@pytest.mark.rule("AUD-09", "DOC-46")
def test_the_file_tells_nothing_of_what_waits_for_its_announcement(faire: Faire) -> None:
    lou = faire()
    lou.deposer(titre="Tumeur", invisible_patient=True)
    reponse = lou.client.get("/espace/droits/historique/historique.csv")
    assert b"Tumeur" not in b"".join(reponse.streaming_content)  # type: ignore[attr-defined]


@pytest.mark.rule("AUD-17")
def test_showing_the_history_is_traced_once_a_day(faire: Faire) -> None:
    lou = faire()
    for _ in range(3):
        lou.page("/espace/historique/")
    assert [a for a, _ in _actions(lou)].count("historique") == 1


@pytest.mark.rule("REG-11")
def test_automatic_reading_is_off_then_on_then_off_each_traced(faire: Faire) -> None:
    lou = faire()
    assert "je refuse" in lou.page("/espace/droits/")
    lou.client.post("/espace/droits/lecture-automatique/", {"choix": "oui"})
    lou.client.post("/espace/droits/lecture-automatique/", {"choix": "oui"})
    assert "j’accepte" in lou.page("/espace/droits/")
    lou.client.post("/espace/droits/lecture-automatique/", {"choix": "n’importe quoi"})
    assert "je refuse" in lou.page("/espace/droits/")
    with portee(lou.dossier_id):
        assert not AccordExtraction.objects.get().accorde
    assert _actions(lou) == [("extraction_accordee", "fait"), ("extraction_retiree", "fait")]


@pytest.mark.rule("REG-08", "REG-09")
def test_a_holder_who_closed_something_is_warned_and_may_go_on(faire: Faire) -> None:
    lou = faire()
    document_id = lou.deposer()
    attention = "peuvent manquer d’une information utile"
    assert attention not in lou.page("/espace/droits/")
    lou.client.post(f"/espace/documents/{document_id}/masquage/", {"choix": "masquer"})
    page = lou.page("/espace/droits/")
    assert attention in page
    assert "1 document masqué" in page
    assert "Vous pouvez garder ces choix" in page


@pytest.mark.rule("REG-08", "REG-09")
@pytest.mark.parametrize(
    ("champ", "valeur", "dit"),
    [
        ("remboursements_masques", True, "1 partie de votre dossier masquée"),
        ("directives_masquees", True, "1 partie de votre dossier masquée"),
        ("antecedents_masques", True, "1 partie de votre dossier masquée"),
        ("masque_par_defaut", True, "1 partie de votre dossier masquée"),
        ("urgence_samu", False, "une ouverture en urgence refusée"),
        ("urgence_bris_de_glace", False, "une ouverture en urgence refusée"),
    ],
)
def test_each_way_to_close_is_warned_of(faire: Faire, champ: str, valeur: bool, dit: str) -> None:
    lou = faire()
    assert dit not in lou.page("/espace/droits/")
    with portee(lou.dossier_id):
        Dossier.objects.filter(dossier_id=lou.dossier_id).update(**{champ: valeur})
    page = lou.page("/espace/droits/")
    assert "peuvent manquer d’une information utile" in page
    assert dit in page


@pytest.mark.rule("REG-08", "REG-09", "ACC-48")
def test_a_block_alone_is_warned_of(faire: Faire) -> None:
    lou = faire()
    lou.client.post("/espace/plus/personnes/blocage/", {"genre": "professionnel", "cle": lou.medecin.rpps})
    page = lou.page("/espace/droits/")
    assert "peuvent manquer d’une information utile" in page
    assert "1 professionnel" in page


@pytest.mark.rule("REG-21")
def test_from_any_page_two_clicks_lead_to_who_answers_for_the_data(faire: Faire, settings: object) -> None:
    settings.ES_DPD = {"nom": "Service DPD", "courriel": "dpd@example.test", "adresse": "1 rue"}  # type: ignore[attr-defined]
    lou = faire()
    for adresse in ("/", "/espace/", "/espace/documents/", "/espace/plus/"):
        assert 'href="/vos-donnees/"' in lou.page(adresse)
    page = Client().get("/vos-donnees/").content.decode()
    for mot in (
        "Service DPD",
        "mailto:dpd@example.test",
        "cnil.fr",
        "RGPD, articles 6-1-e",
        "L1111-8",
        "10 ans",
    ):
        assert mot in page


@pytest.mark.rule("REG-13", "REG-06")
def test_the_public_page_gives_the_durations_and_the_key(faire: Faire) -> None:
    from espace_sante.dossier import conservation

    page = Client().get("/vos-donnees/").content.decode()
    for duree in conservation.table():
        assert duree.quoi in page
    pem = Client().get("/vos-donnees/cle-des-copies.pem").content
    assert signature.empreinte(pem) in page
