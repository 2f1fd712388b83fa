"""Pages of notices, reports and requests (DOC-64, DOC-65, AUD-18 to AUD-20, REG-07)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from espace_sante.acces import controle, signalements
from espace_sante.acces.mon_espace import ouvrir_mon_espace
from espace_sante.acces.tests.fabrique import CONTEXTE, titulaire
from espace_sante.identite.acteurs import Acteur
from espace_sante.kernel.codes import GenreActeur
from espace_sante.notifications.genres import Genre
from espace_sante.notifications.services import deposer
from espace_sante.platform.postgres.rls import portee
from espace_sante.traces.signalements import Etape
from espace_sante.web.espace.tests.conftest import Personne

TEXTE = "Je n’ai jamais rencontré cette personne."
OPERATEUR = Acteur(GenreActeur.OPERATEUR, nom="Camille, assistance")


def _avis(lou: Personne, genre: Genre = Genre.PREMIER_ACCES, **details: str) -> None:
    with portee(lou.dossier_id):
        deposer(lou.dossier_id, genre, datetime.now(UTC), par=lou.medecin, **details)


def _adresse_du_signalement(lou: Personne) -> str:
    lou.deposer()
    (adresse,) = set(
        re.findall(r'href="(/espace/historique/[^/]+/signaler/)"', lou.page("/espace/historique/"))
    )
    return adresse


@pytest.mark.rule("DOC-65")
def test_notices_are_listed_counted_and_marked(lou: Personne) -> None:
    assert "Aucun avis pour le moment" in lou.page("/espace/avis/")
    _avis(lou)
    assert "1 avis non lu" in lou.page("/espace/")
    page = lou.page("/espace/avis/", vue="nouveaux")
    assert "a ouvert votre dossier pour la première fois" in page and "Nouveau" in page
    assert lou.client.post("/espace/avis/").status_code == 302
    assert "Vous avez tout lu" in lou.page("/espace/avis/", vue="nouveaux")
    assert "non lu" not in lou.page("/espace/")


def test_many_notices_are_paged(lou: Personne) -> None:
    with portee(lou.dossier_id):
        for _ in range(51):
            deposer(lou.dossier_id, Genre.PREMIER_ACCES, datetime.now(UTC), par=lou.medecin)
    page = lou.page("/espace/avis/")
    suite = re.search(r'href="(/espace/avis/\?avant=[^"]+)" rel="next"', page)
    assert suite is not None and page.count('class="es-ligne"') == 50
    assert lou.page(suite[1]).count('class="es-ligne"') == 1


@pytest.mark.rule("DOC-65", "DOC-67")
def test_mail_preferences_are_kept_and_accesses_are_not_among_them(lou: Personne) -> None:
    page = lou.page("/espace/avis/reglages/")
    assert page.count('type="checkbox"') == page.count(" checked") == 3
    reponse = lou.client.post("/espace/avis/reglages/", {"courriel": ["demandes", "toujours", "x"]})
    assert reponse.status_code == 302
    assert lou.page("/espace/avis/reglages/").count(" checked") == 1
    assert "toujours dits" in page


@pytest.mark.rule("AUD-18")
def test_from_a_line_of_the_history_in_two_clicks_with_a_receipt(lou: Personne) -> None:
    adresse = _adresse_du_signalement(lou)
    formulaire = lou.page(adresse)
    assert "multipart/form-data" in formulaire and "Anne MOREL" in formulaire
    reponse = lou.client.post(
        adresse, {"texte": TEXTE, "fichier": SimpleUploadedFile("a.pdf", b"%PDF-1.4 x", "application/pdf")}
    )
    assert reponse.status_code == 302
    recu = lou.page(reponse["Location"].split("?")[0], fait="envoye")
    assert re.search(r"S-\d{4}-[A-Z2-9]{8}", recu) and "a.pdf" in recu and TEXTE in recu
    # A second time leads to the first report.
    assert lou.client.get(adresse)["Location"] == reponse["Location"].split("?")[0]
    assert "Signalement d’un accès" in lou.page("/espace/demandes/")


@pytest.mark.rule("AUD-18")
@pytest.mark.parametrize(
    ("texte", "fichier", "mots"),
    [
        ("bref", None, "Écrivez entre 10"),
        (TEXTE, b"MZ", "PDF, PNG ou JPEG"),
        ("x" * 2001, None, "2\u00a0000"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    lou: Personne, texte: str, fichier: bytes | None, mots: str
) -> None:
    adresse = _adresse_du_signalement(lou)
    champs: dict[str, object] = {"texte": texte}
    if fichier:
        champs["fichier"] = SimpleUploadedFile("a.pdf", fichier)
    reponse = lou.client.post(adresse, champs)
    page = reponse.content.decode()
    assert reponse.status_code == 422 and mots in page and texte in page


@pytest.mark.rule("AUD-20")
@pytest.mark.parametrize("coche", [True, False])
def test_one_tick_blocks_the_professional_at_once(lou: Personne, coche: bool) -> None:
    adresse = _adresse_du_signalement(lou)
    assert 'name="bloquer"' in lou.page(adresse)
    lou.client.post(adresse, {"texte": TEXTE, **({"bloquer": "oui"} if coche else {})})
    with ouvrir_mon_espace(titulaire(lou.dossier_id), contexte=CONTEXTE) as espace:
        assert [b.cle for b in controle.blocages(espace)] == (["99000000001"] if coche else [])


@pytest.mark.rule("AUD-19")
def test_the_holder_sees_each_step_and_the_answer(lou: Personne) -> None:
    adresse = _adresse_du_signalement(lou)
    recu = lou.client.post(adresse, {"texte": TEXTE})["Location"].split("?")[0]
    (en_file,) = signalements.file_d_attente(OPERATEUR)
    for etape, texte in ((Etape.JUSTIFICATION, ""), (Etape.REPONDU, "Cet accès n’était pas justifié.")):
        signalements.avancer(
            OPERATEUR, en_file.dossier_id, en_file.signalement_id, etape, texte, contexte=CONTEXTE
        )
    page = lou.page(recu)
    for dit in ("Nous avons demandé une explication", "Nous vous avons répondu", "n’était pas justifié"):
        assert dit in page
    assert en_file.numero in lou.page("/espace/avis/")


@pytest.mark.rule("DOC-64")
def test_a_document_report_shows_the_one_under_way_and_its_date(lou: Personne) -> None:
    adresse = f"/espace/documents/{lou.deposer()}/signaler/"
    assert lou.client.post(adresse, {"texte": TEXTE}).status_code == 422
    assert lou.client.post(adresse, {"texte": TEXTE, "raison": "erreur"}).status_code == 302
    page = lou.page(adresse)
    assert "Une demande est déjà en cours" in page and "<textarea" not in page
    assert str(datetime.now(UTC).year) in page
    assert lou.client.post(adresse, {"texte": TEXTE, "raison": "erreur"}).status_code == 422


@pytest.mark.rule("REG-07")
def test_a_correction_is_asked_for_a_document_or_the_space_and_a_refusal_takes_a_note(lou: Personne) -> None:
    for adresse in ("/espace/demandes/correction/", f"/espace/documents/{lou.deposer()}/correction/"):
        recu = lou.client.post(adresse, {"texte": TEXTE})["Location"].split("?")[0]
        assert "Joindre cette note" not in lou.page(recu)
    for en_file in signalements.file_d_attente(OPERATEUR):
        signalements.avancer(
            OPERATEUR, en_file.dossier_id, en_file.signalement_id, Etape.REFUSE, TEXTE, contexte=CONTEXTE
        )
    assert "Joindre cette note" in lou.page(recu)
    assert lou.client.post(recu, {"texte": "court"}).status_code == 422
    assert lou.client.post(recu, {"texte": "Ma note, que je veux joindre."}).status_code == 302
    assert "Ma note, que je veux joindre." in lou.page(recu)


def test_what_is_not_his_is_not_there(lou: Personne, faire: Callable[..., Personne]) -> None:
    autre = faire(2)
    adresse = _adresse_du_signalement(lou)
    recu = lou.client.post(adresse, {"texte": TEXTE})["Location"].split("?")[0]
    document = f"/espace/documents/{lou.deposer()}"
    for vise in (
        adresse,
        recu,
        f"{document}/signaler/",
        f"{document}/correction/",
        f"/espace/demandes/{uuid4()}/",
    ):
        assert autre.client.get(vise).status_code == 404
        assert autre.client.post(vise, {"texte": TEXTE, "raison": "erreur"}).status_code == 404
