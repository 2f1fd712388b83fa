"""A publisher registers a service: what it declares is what people will be shown, and all that they can give (OID-28)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from espace_sante.acces.appairages.demandes import lignes_de, offres_de
from espace_sante.acces.operation.execution_logiciels import executer
from espace_sante.identite.logiciels import finalites
from espace_sante.identite.logiciels.erreurs import FicheRefusee
from espace_sante.identite.models import DemandeLogiciel, Logiciel
from espace_sante.web.editeurs.tests.test_inscription import installation

__all__ = ["installation"]
pytestmark = pytest.mark.django_db
BON: dict[str, Any] = {
    "raison_sociale": "Éditions d’essai", "siret": "73282932000074", "contact": "equipe@editeur.example",
    "produit": "Carnet de tension", "version": "1.0", "retours": "https://carnet.example/retour",
    "presentation": "Suit votre tension.", "solution_oid": "1.2.250.1.999.7",
    "texte_soins": "Montrer vos mesures à votre médecin.",
    "droits_soins": ["mesures.pression_arterielle:lire", "mesures.pression_arterielle:ecrire"],
}  # fmt: skip


def envoyer(**autres: Any) -> Any:
    return Client().post("/editeurs/service/", {**BON, **autres})


@pytest.mark.rule("OID-28", "OID-31")
def test_a_service_is_registered_with_what_it_declares() -> None:
    assert "Tension artérielle (écrire)" in Client().get("/editeurs/service/").content.decode()
    reponse = envoyer()
    assert reponse.status_code == 201, reponse.content.decode()
    demande = DemandeLogiciel.objects.get()
    assert executer(demande.id, base="default").refus == ""
    service = Logiciel.objects.get(client_id=demande.client_id)
    assert (service.service, service.solution_oid) == (True, "1.2.250.1.999.7")
    assert service.portees == ["patient/Observation.crus"]
    assert sorted(str(x) for x in lignes_de(offres_de(service))) == [
        "soins mesures.pression_arterielle:ecrire",
        "soins mesures.pression_arterielle:lire",
    ]
    # The source of what is written is told by the OID: two services never share one.
    assert "OID est déjà" in envoyer(produit="Autre").content.decode().replace("&#x27;", "'")


@pytest.mark.rule("OID-28", "OID-30", "OID-31")
@pytest.mark.parametrize(
    ("autres", "champ"),
    [
        ({"solution_oid": "abc"}, "solution_oid"),
        ({"solution_oid": "1.2." + "9." * 40 + "1"}, "solution_oid"),
        ({"presentation": ""}, "presentation"),
        ({"retours": ""}, "retours"),
        ({"retours": "http://carnet.example/"}, "retours"),
        ({"texte_soins": ""}, "texte_soins"),
        ({"droits_soins": ["mesures.imc:ecrire"]}, "droits_soins"),
        ({"droits_soins": ["tout:lire"]}, "droits_soins"),
        ({"droits_soins": []}, "droits_soins"),
        ({"texte_soins": "", "droits_soins": []}, ""),
        ({"siret": "1"}, "siret"),
    ],
)
def test_a_wrong_declaration_keeps_nothing(autres: dict[str, Any], champ: str) -> None:
    reponse = envoyer(**autres)
    assert reponse.status_code == 422
    if champ:
        assert f'id="{champ}-erreur"' in reponse.content.decode()
    assert not DemandeLogiciel.objects.exists()


def test_a_purpose_that_is_not_of_the_law_is_not_read() -> None:
    with pytest.raises(FicheRefusee):
        finalites.lire(
            {**BON, "texte_soins": ""}, {"recherche": ["mesures.poids:lire"]}, connus={"mesures.poids:lire"}
        )
