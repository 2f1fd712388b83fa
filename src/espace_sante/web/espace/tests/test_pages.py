"""The holder's pages through a client: only his own, nothing of what is kept from him, masks, refusals."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse

from espace_sante.acces.consentements import recueillir_consentement
from espace_sante.acces.errors import AccesRefuse
from espace_sante.acces.porte import open_dossier
from espace_sante.acces.tests.fabrique import CONTEXTE, professionnel
from espace_sante.documents.filtre import Filtre
from espace_sante.documents.nomenclatures import RUBRIQUES
from espace_sante.kernel.codes import EtatProfil
from espace_sante.platform.postgres.rls import portee
from espace_sante.traces.models import Trace
from espace_sante.web.espace.tests.conftest import Personne

pytestmark = pytest.mark.django_db
PAGES = ("/espace/", "/espace/documents/", "/espace/historique/", "/espace/plus/", "/espace/plus/identite/")
SUITES = ("", "apercu/", "telecharger/", "masquage/")


def _document(identifiant: object, suite: str = "") -> str:
    return f"/espace/documents/{identifiant}/{suite}"


def _actions(personne: Personne) -> list[str]:
    with portee(personne.dossier_id):
        return list(Trace.objects.order_by("quand", "id").values_list("action", flat=True))


def test_an_empty_record_says_what_will_come(lou: Personne) -> None:
    for adresse in PAGES:
        lou.page(adresse)
    assert "Vous n’avez pas encore de document" in lou.page("/espace/")
    assert "Vous n’avez pas encore de document" in lou.page("/espace/documents/")
    assert "Vous n’avez pas d’accord en cours" in lou.page("/espace/plus/")


def test_pages_ask_for_a_login_and_leave_nothing_behind(lou: Personne, client: object) -> None:
    for adresse in (*PAGES, _document(uuid4())):
        reponse = client.get(adresse)  # type: ignore[attr-defined]
        assert reponse.status_code == 302
        assert reponse["Location"].startswith("/connexion/")
    assert "no-store" in lou.client.get("/espace/")["Cache-Control"]


@pytest.mark.rule("DOC-58", "IDN-44")
def test_the_documents_of_another_are_as_absent(faire: Callable[..., Personne]) -> None:
    lou, autre = faire(1), faire(2)
    sien, absent = autre.deposer(titre="Secret de l’autre"), uuid4()
    for suite in SUITES:
        reponses = [lou.client.get(_document(i, suite)) for i in (sien, absent)]
        assert [r.status_code for r in reponses] == [404, 404]
        assert reponses[0].content == reponses[1].content
    assert lou.client.post(_document(sien, "masquage/"), {"choix": "masquer"}).status_code == 404
    for adresse in PAGES:
        assert "Secret" not in lou.page(adresse)
    assert "lecture" not in _actions(autre)


@pytest.mark.rule("DOC-46", "AUD-09")
def test_what_waits_for_an_announcement_is_nowhere(lou: Personne) -> None:
    visible = lou.deposer("11502-2", titre="Analyse ordinaire")
    cache = lou.deposer("11488-4", titre="Annonce difficile", invisible_patient=True)
    medecin = professionnel()
    recueillir_consentement(medecin, lou.ins, contexte=CONTEXTE)
    with open_dossier(medecin, lou.ins, contexte=CONTEXTE, identite_qualifiee=True) as ouvert:
        ouvert.lire_contenu(cache)
    assert lou.client.get(_document(cache)).content == lou.client.get(_document(uuid4())).content
    for suite in SUITES:
        assert lou.client.get(_document(cache, suite)).status_code == 404
    assert lou.client.post(_document(cache, "masquage/"), {"choix": "masquer"}).status_code == 404
    for adresse in (*PAGES, _document(visible)):
        page = lou.page(adresse)
        assert "Annonce" not in page
        assert str(cache) not in page
    assert "1 document<" in lou.page("/espace/documents/")
    recherche = lou.client.post("/espace/documents/", {"texte": "annonce"}, follow=True).content.decode()
    assert "Aucun document" in recherche


@pytest.mark.rule("DOC-46", "AUD-09")
def test_a_replacement_that_waits_is_not_guessed(lou: Personne) -> None:
    ancien = lou.deposer(unique_id="urn:oid:1.2.3.77", titre="Version une")
    lou.deposer(remplace="urn:oid:1.2.3.77", titre="Version deux", invisible_patient=True)
    page = lou.page(_document(ancien))
    assert "Version deux" not in page
    assert "remplacé" not in page.lower()
    assert (
        "remplacé" not in lou.page(_document(ancien, "apercu/") if "iframe" in page else "/espace/").lower()
    )


@pytest.mark.rule("DOC-41", "DOC-42", "AUD-01", "AUD-06")
def test_hide_and_show_with_their_traces(lou: Personne) -> None:
    doc = lou.deposer(titre="Bilan")
    collegue = professionnel("99000000002", structure="1990000002")
    recueillir_consentement(collegue, lou.ins, contexte=CONTEXTE)
    confirmation = lou.page(_document(doc, "masquage/"))
    assert "Vous pourrez le rendre visible" in confirmation
    assert _actions(lou).count("masquage") == 0
    for choix, total, mot in (
        ("masquer", 0, "Masqué aux professionnels"),
        ("montrer", 1, "avec votre accord"),
    ):
        reponse = lou.client.post(_document(doc, "masquage/"), {"choix": choix}, follow=True)
        assert mot in reponse.content.decode()
        with open_dossier(collegue, lou.ins, contexte=CONTEXTE, identite_qualifiee=True) as ouvert:
            assert ouvert.lister(Filtre()).total == total
    assert [a for a in _actions(lou) if "masquage" in a] == ["masquage", "demasquage"]
    histoire = lou.page("/espace/historique/", groupe="moi")
    assert "masqué " in histoire
    assert "rendu " in histoire
    assert "Masqué aux professionnels de santé par vous" in lou.page(_document(doc))


def test_a_form_without_its_token_changes_nothing(lou: Personne) -> None:
    doc = lou.deposer()
    lou.client.handler.enforce_csrf_checks = True
    assert lou.client.post(_document(doc, "masquage/"), {"choix": "masquer"}).status_code == 403
    assert "masquage" not in _actions(lou)


@pytest.mark.rule("DOC-09", "DOC-58")
def test_nine_headings_with_their_numbers(lou: Personne) -> None:
    for type_code in ("11502-2", "11502-2", "57833-6"):
        lou.deposer(type_code)
    reponse = lou.client.get("/espace/documents/")
    puces = reponse.context["puces"]
    assert [p.libelle for p in puces] == ["Tous", *(r.libelle for r in RUBRIQUES)]
    nombres = {p.libelle: p.nombre for p in puces}
    assert (nombres["Tous"], nombres["Analyses de biologie"], nombres["Ordonnances et soins"]) == (3, 2, 1)
    assert sum(nombres.values()) == 6
    page = lou.page("/espace/documents/", rubrique="biologie")
    assert "2 documents" in page
    assert "<h1>Analyses de biologie</h1>" in page


@pytest.mark.rule("DOC-56", "DOC-57", "DOC-59")
def test_orders_filters_search_and_pages(lou: Personne, settings: object) -> None:
    settings.ES_PAGE = 2  # type: ignore[attr-defined]
    jour = datetime(2026, 1, 10, 12, tzinfo=UTC)
    for rang, titre in enumerate(("Éclair", "zèbre", "Abeille", "École")):
        lou.deposer(titre=titre, creation=jour + timedelta(days=rang))

    def titres(**params: str) -> list[str]:
        reponse = lou.client.get("/espace/documents/", params)
        return [c.titre for c in reponse.context["cartes"]]

    assert titres() == ["École", "Abeille"]
    assert titres(page="2") == ["zèbre", "Éclair"]
    assert titres(ordre="anciens") == ["Éclair", "zèbre"]
    assert titres(ordre="titre") == ["Abeille", "Éclair"]
    assert titres(ordre="titre-inverse") == ["zèbre", "École"]
    assert titres(du="2026-01-12", au="2026-01-12") == ["Abeille"]
    assert "4 documents" in lou.page("/espace/documents/", page="2")
    assert lou.client.get("/espace/documents/", {"page": "9"})["Location"].endswith("?")
    reponse = lou.client.post("/espace/documents/", {"texte": "ec", "ordre": "titre"})
    assert reponse.status_code == 302
    assert "texte" not in reponse["Location"]
    assert [c.titre for c in lou.client.get(reponse["Location"]).context["cartes"]] == ["Éclair", "École"]
    un = lou.client.post("/espace/documents/", {"texte": "z"})
    assert "au moins deux lettres" in un.content.decode()
    assert (
        "Aucun document"
        in lou.client.post("/espace/documents/", {"texte": "introuvable"}, follow=True).content.decode()
    )


@pytest.mark.rule("DOC-57")
def test_only_masked_and_by_author(lou: Personne) -> None:
    doc, _ = lou.deposer(titre="Caché"), lou.deposer(titre="Visible")
    lou.client.post(_document(doc, "masquage/"), {"choix": "masquer"})
    reponse = lou.client.post("/espace/documents/", {"masques": "oui"}, follow=True)
    assert [c.titre for c in reponse.context["cartes"]] == ["Caché"]
    assert [a.libelle for a in reponse.context["auteurs"]] == ["Tous", "Anne MOREL"]
    reponse = lou.client.post("/espace/documents/", {"auteur": "899000000001"}, follow=True)
    assert len(reponse.context["cartes"]) == 2
    assert "899000000001" not in reponse.redirect_chain[0][0]


@pytest.mark.rule("DOC-59")
def test_hundreds_of_documents(lou: Personne) -> None:
    from espace_sante.acces.alimentation import alimenter
    from espace_sante.acces.tests.fabrique import document, lot

    documents = [document(auteur=lou.medecin, titre=f"Compte rendu {n:03}") for n in range(120)]
    alimenter(lou.medecin, lou.ins, lot(lou.medecin, *documents), contexte=CONTEXTE)
    vus = []
    for page in ("1", "2", "3"):
        reponse = lou.client.get("/espace/documents/", {"page": page, "ordre": "titre"})
        vus += [c.titre for c in reponse.context["cartes"]]
    assert vus == [f"Compte rendu {n:03}" for n in range(120)]


def test_hostile_and_endless_titles_are_only_text(lou: Personne) -> None:
    attaque = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'
    doc = lou.deposer(titre=attaque, description=attaque)
    lou.deposer(titre="Anticonstitutionnellement" * 10)
    lou.client.post(_document(doc, "masquage/"), {"choix": "masquer"})
    for adresse in (*PAGES[:3], _document(doc), _document(doc, "masquage/")):
        page = lou.page(adresse)
        assert "<script>alert" not in page
        assert "<img src=x" not in page
    assert "&lt;script&gt;" in lou.page("/espace/documents/")


@pytest.mark.rule("AUD-05", "AUD-06", "AUD-07", "ACC-04")
def test_history_in_sentences_with_its_filters(lou: Personne) -> None:
    doc = lou.deposer("11502-2", titre="Analyse de sang du 2 mars")
    etranger = professionnel("99000000003", structure="1990000003")
    with (
        pytest.raises(AccesRefuse),
        open_dossier(etranger, lou.ins, contexte=CONTEXTE, identite_qualifiee=True),
    ):
        pass
    lou.page(_document(doc))
    tout = lou.page("/espace/historique/")
    assert "Aujourd’hui" in tout
    assert "<strong>Le Dr Anne MOREL, médecin à Caen,</strong> a ajouté" in tout
    assert "Demande refusée\u00a0: votre accord n’était pas enregistré." in tout
    assert "<strong>Vous</strong> avez ouvert" in tout
    moi = lou.page("/espace/historique/", groupe="moi")
    assert "MOREL" not in moi
    pros = lou.page("/espace/historique/", groupe="professionnels")
    assert "Vous</strong>" not in pros
    vide = lou.page("/espace/historique/", groupe="services")
    assert "Rien à cette période" in vide
    assert "MOREL" not in lou.page("/espace/historique/", au="2020-01-01")
    futur = lou.client.get("/espace/historique/", {"du": "2999-01-01"})
    assert futur.status_code == 422
    assert "dans le futur" in futur.content.decode()
    for faux in ({"avant": "x"}, {"avant": str(uuid4())}, {"groupe": "x"}, {"du": "\x00"}):
        assert lou.client.get("/espace/historique/", faux).status_code in {200, 422}


@pytest.mark.rule("AUD-07", "AUD-09")
def test_history_of_one_professional(lou: Personne) -> None:
    from espace_sante.acces.alimentation import alimenter
    from espace_sante.acces.tests.fabrique import document, lot

    lou.deposer(titre="Du médecin")
    discret = professionnel("99000000003", structure="1990000003")
    cache = document(auteur=discret, titre="À annoncer", invisible_patient=True)
    alimenter(discret, lou.ins, lot(discret, cache), contexte=CONTEXTE)
    reponse = lou.client.get("/espace/historique/", {"groupe": "professionnels"})
    assert [c.valeur for c in reponse.context["venus"]] == ["", lou.medecin.rpps], "who waits is not told"
    seul = lou.page("/espace/historique/", groupe="professionnels", qui=lou.medecin.rpps)
    assert "Du médecin" in seul
    assert "Vous</strong>" not in seul
    assert f'value="{lou.medecin.rpps}" selected' in seul
    assert "Rien à cette période" in lou.page(
        "/espace/historique/", groupe="professionnels", qui=discret.rpps
    )
    assert "Du médecin" in lou.page("/espace/historique/", groupe="professionnels", qui="'; --")
    assert not lou.client.get("/espace/historique/").context["venus"]


@pytest.mark.rule("AUD-07")
def test_history_is_a_hundred_a_page_and_whole(lou: Personne) -> None:
    for _ in range(110):
        lou.client.get("/espace/documents/")
        if len(_actions(lou)) > 230:
            break
    vus, adresse = 0, "/espace/historique/"
    pages = 0
    while adresse:
        reponse = lou.client.get(adresse)
        lignes = sum(ligne.fois for j in reponse.context["journees"] for ligne in j.lignes)
        assert lignes <= 100
        vus, pages, adresse = vus + lignes, pages + 1, reponse.context["suite"]
    # The history's own reading is traced once a day, after the first page was read.
    assert vus in {len(_actions(lou)), len(_actions(lou)) - 1}
    assert pages >= 2


@pytest.mark.rule("ACC-12", "ACC-15")
def test_a_consent_is_shown_and_withdrawn_after_a_confirmation(lou: Personne) -> None:
    consentement = recueillir_consentement(lou.medecin, lou.ins, contexte=CONTEXTE)
    adresse = reverse("web:retrait_accord", args=[consentement.id])
    assert "Dr Anne MOREL" in lou.page("/espace/plus/")
    assert "prend fin" in lou.page("/espace/")
    assert "tout de suite" in lou.page(adresse)
    with open_dossier(lou.medecin, lou.ins, contexte=CONTEXTE, identite_qualifiee=True):
        pass
    assert "L’accord est retiré" in lou.client.post(adresse, follow=True).content.decode()
    refuse = pytest.raises(AccesRefuse)
    with refuse, open_dossier(lou.medecin, lou.ins, contexte=CONTEXTE, identite_qualifiee=True):
        pass
    assert lou.client.post(adresse).status_code == 404
    assert lou.client.get(reverse("web:retrait_accord", args=[uuid4()])).status_code == 404


@pytest.mark.rule("IDN-23")
def test_the_identity_page_shows_the_ins_and_five_traits(lou: Personne) -> None:
    page = lou.page("/espace/plus/identite/")
    assert lou.ins.matricule in page.replace("\u00a0", "").replace(" ", "")
    for trait in ("MARTIN", "Lou", "2 mars 1978", "Féminin", "14118"):
        assert trait in page


@pytest.mark.parametrize("etat", [EtatProfil.CREE_AUTO, EtatProfil.CLOTURE, EtatProfil.SUSPENDU])
def test_a_space_that_is_not_open_says_so_and_nothing_more(
    faire: Callable[..., Personne], etat: EtatProfil
) -> None:
    personne = faire(5, etat=etat)
    for adresse in PAGES:
        reponse = personne.client.get(adresse)
        assert reponse.status_code == 403
        assert "Votre espace n’est pas ouvert" in reponse.content.decode()


def test_home_tells_what_is_new_since_the_last_visit(lou: Personne) -> None:
    assert "Votre dernière visite" not in lou.page("/espace/")
    with time_machine.travel(datetime.now(UTC) - timedelta(hours=1)):
        lou.page("/espace/documents/")
    lou.deposer(titre="Tout frais")
    page = lou.page("/espace/")
    assert "Votre dernière visite" in page
    assert "Nouveau" in page
    assert "Un nouveau document vous attend" in page
    assert "a ajouté" in page


@pytest.mark.rule("DOC-60", "CDA-09", "CDA-36", "CDA-37", "AUD-01")
def test_reading_a_real_document_and_keeping_its_exact_bytes(lou: Personne, vectors: Path) -> None:
    for nom, cadre in (
        ("BIO-CR-BIO_2024.01_TSH_1.xml", True),
        ("BIO-CR-BIO_2021.01_CDA-R2-Niveau-1.xml", False),
    ):
        contenu = (vectors / "cda/samples" / nom).read_bytes()
        doc = lou.deposer("11502-2", contenu=contenu, mime="text/xml", titre="Bilan de Lou MARTIN")
        page = lou.page(_document(doc))
        assert f'src="/espace/documents/{doc}/apercu/?lecture=' in page
        assert ("sandbox=" in page) is cadre
        apercu = lou.client.get(_document(doc, "apercu/"))
        assert apercu["Content-Security-Policy"].startswith("sandbox ")
        assert "default-src 'none'" in apercu["Content-Security-Policy"]
        assert apercu["X-Frame-Options"] == "SAMEORIGIN"
        original = lou.client.post(_document(doc, "telecharger/"))
        assert original.content == contenu
        assert original["X-Content-Type-Options"] == "nosniff"
        assert "MARTIN" not in original["Content-Disposition"]
        entier = lou.client.get(_document(doc, "pdf/"))
        assert entier.status_code == (404 if cadre else 200)
    assert {"lecture", "telechargement"} <= set(_actions(lou))


@pytest.mark.rule("CDA-38")
def test_a_masked_document_says_so_in_its_frame(lou: Personne, vectors: Path) -> None:
    contenu = (vectors / "cda/samples/BIO-CR-BIO_2024.01_TSH_1.xml").read_bytes()
    doc = lou.deposer("11502-2", contenu=contenu, mime="text/xml")
    assert "masqué aux professionnels" not in lou.page(_document(doc, "apercu/"))
    lou.client.post(_document(doc, "masquage/"), {"choix": "masquer"})
    assert "masqué aux professionnels" in lou.page(_document(doc, "apercu/"))


@pytest.mark.rule("DOC-29")
def test_a_replaced_document_leads_to_the_new_one_and_back(lou: Personne) -> None:
    ancien = lou.deposer(unique_id="urn:oid:1.2.3.78", titre="Version une")
    neuf = lou.deposer(remplace="urn:oid:1.2.3.78", titre="Version deux")
    assert "Version une" not in lou.page("/espace/documents/")
    page = lou.page(_document(ancien))
    assert "Ce document a été remplacé" in page
    assert str(neuf) in page
    assert "Remplacé par une nouvelle version par" in page
    assert str(ancien) in lou.page(_document(neuf))
