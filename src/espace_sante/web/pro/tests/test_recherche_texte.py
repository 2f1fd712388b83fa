"""A professional searches inside the documents that he may read, and only those (DOC-57, DOC-58, DOC-42)."""

from __future__ import annotations

import pytest

from espace_sante.acces import matrice
from espace_sante.web.pro.tests import atelier

pytestmark = pytest.mark.django_db


@pytest.mark.rule("DOC-57", "DOC-58", "DOC-42", "ACC-34")
def test_a_word_of_the_text_finds_what_he_may_read_and_nothing_tells_of_the_rest() -> None:
    dossier_id, numero = atelier.creer_dossier()
    deposant = atelier.acteur(atelier.professionnel("10")[0])
    lecteur = atelier.acteur(atelier.professionnel("60")[0])
    edition = matrice.en_vigueur()
    assert edition is not None
    permis = matrice.ligne(edition.numero, "TRE_G15", "60", "")
    ferme = next(t for t in matrice.ligne(edition.numero, "TRE_G15", "10", "") if t not in permis)
    texte = "Stéatose hépatique".encode()
    atelier.deposer(dossier_id, deposant, permis[0], "Lisible", contenu=texte, mime="text/plain")
    atelier.deposer(
        dossier_id, deposant, permis[0], "Titrecache", contenu=texte, mime="text/plain", masque=True
    )
    atelier.deposer(dossier_id, deposant, ferme, "Titreferme", contenu=texte, mime="text/plain")
    client = atelier.averti(lecteur)
    cle = atelier.ouvrir(client, numero)
    adresse = f"/pro/patient/{cle}/documents/"
    envoi = client.post(adresse, {"texte": "hepatiques"})
    assert "hepatique" not in envoi["Location"]
    reponse = client.get(envoi["Location"])
    page = reponse.content.decode()
    assert [ligne.titre for ligne in reponse.context["lignes"]] == ["Lisible"]
    assert (reponse.context["total"], reponse.context["en_attente"]) == (1, 0)
    assert page.count("<mark>hépatique</mark>") == 1
    assert "Titrecache" not in page and "Titreferme" not in page
