"""The gate of paired services: the rights of the consent, of that holder, for that service, while it lasts."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from espace_sante.acces.appairages.droits import Droit, Sens
from espace_sante.acces.appairages.porte import AppairageRefuse, ouvrir_par_appairage
from espace_sante.acces.models import Appairage, SessionAppairage
from espace_sante.acces.tests.fabrique import dossier, ins
from espace_sante.acces.tests.fabrique_appairage import service_appaire
from espace_sante.dossier.models import Dossier
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.identite.jetons import lire_jeton
from espace_sante.identite.models import Logiciel
from espace_sante.kernel.codes import EtatProfil
from espace_sante.platform.postgres.rls import portee
from espace_sante.traces.ecriture import Acte, Action
from espace_sante.traces.models import Trace

pytestmark = pytest.mark.django_db
FHIR = Contexte("fhir")
POIDS = Droit("mesures.poids", Sens.LIRE)


def traces(dossier_id: UUID) -> list[tuple[str, str, str]]:
    with portee(dossier_id):
        return list(
            Trace.objects.filter(dossier_id=dossier_id)
            .order_by("quand", "id")
            .values_list("action", "resultat", "motif")
        )


def refuse(acteur: Acteur, cible: object = None) -> str:
    try:
        with ouvrir_par_appairage(acteur, cible, contexte=FHIR):  # type: ignore[arg-type]
            pytest.fail("opened")
    except AppairageRefuse as refus:
        return refus.code


@pytest.mark.rule("OID-28", "FHR-152")
def test_a_paired_service_opens_the_record_of_its_token_with_its_rights() -> None:
    dossier_id, numero = dossier()
    _, jeton, _ = service_appaire(dossier_id, ["mesures.poids:lire"])
    acteur = lire_jeton(jeton)
    for cible in (None, dossier_id, numero):
        with ouvrir_par_appairage(acteur, cible, contexte=FHIR) as espace:
            espace.exiger(POIDS)
            espace.tracer(Acte(Action.APPAIRAGE_ACCES, motif="mesures.poids:lire"))
            assert (espace.dossier_id, espace.solution_oid, espace.acteur.nom) == (
                dossier_id, "1.2.250.1.999.1", "Carnet de tension",
            )  # fmt: skip
            assert espace.droits == {POIDS}
    assert traces(dossier_id) == [("appairage_acces", "fait", "mesures.poids:lire")] * 3
    with portee(dossier_id):
        assert Appairage.objects.get().utilise_le is not None


@pytest.mark.rule("FHR-150", "FHR-152")
def test_what_was_not_consented_is_refused_undone_and_traced() -> None:
    dossier_id, _ = dossier()
    acteur, _, _ = service_appaire(dossier_id, ["mesures.poids:lire"])
    ecrire = Droit("mesures.poids", Sens.ECRIRE)

    def agir() -> None:
        with ouvrir_par_appairage(acteur, None, contexte=FHIR) as espace:
            Dossier.objects.filter(dossier_id=dossier_id).update(masque_par_defaut=True)
            espace.tracer(Acte(Action.APPAIRAGE_ACCES))
            espace.exiger(ecrire)

    with pytest.raises(AppairageRefuse):
        agir()
    assert traces(dossier_id) == [("appairage_acces", "refus", "consentement_absent")]
    with portee(dossier_id):
        assert not Dossier.objects.get(dossier_id=dossier_id).masque_par_defaut


@pytest.mark.rule("FHR-152")
def test_another_holder_is_refused_known_or_not() -> None:
    dossier_id, _ = dossier()
    autre_id, autre = dossier(2)
    acteur, _, _ = service_appaire(dossier_id, ["mesures.poids:lire"])
    service_appaire(autre_id, ["mesures.poids:lire"])
    for cible in (autre_id, autre, ins(3)):
        assert refuse(acteur, cible) == "autre_titulaire"
    assert traces(autre_id) == []


@pytest.mark.rule("OID-28")
def test_withdrawn_ended_or_of_another_service_it_opens_nothing() -> None:
    dossier_id, _ = dossier()
    acteur, _, _ = service_appaire(dossier_id, ["mesures.poids:lire"])
    autre, _, _ = service_appaire(dossier_id, ["mesures.poids:lire"], client_id="autre-service")
    vole = Acteur(autre.genre, client_id=autre.client_id, dossier_id=dossier_id, session_id=acteur.session_id)
    assert refuse(vole) == "consentement_absent"
    with portee(dossier_id):
        SessionAppairage.objects.filter(id=acteur.session_id).update(terminee_le=datetime.now(UTC))
    assert refuse(acteur) == "consentement_absent"
    with portee(dossier_id):
        Appairage.objects.filter(client_id="autre-service").update(retire_le=datetime.now(UTC))
    assert refuse(autre) == "consentement_absent"
    # A new pairing gives nothing back to former tokens.
    service_appaire(dossier_id, ["mesures.poids:lire"], client_id="autre-service")
    assert refuse(autre) == "consentement_absent"


@pytest.mark.rule("OID-32", "FHR-152")
@pytest.mark.parametrize("valeurs", [{"actif": False}, {"service": False}])
def test_a_service_that_may_call_no_more_opens_nothing(valeurs: dict[str, bool]) -> None:
    dossier_id, _ = dossier()
    acteur, _, _ = service_appaire(dossier_id, ["mesures.poids:lire"])
    Logiciel.objects.filter(client_id=acteur.client_id).update(**valeurs)
    assert refuse(acteur) == "service_suspendu"


@pytest.mark.parametrize("etat", [e for e in EtatProfil if e is not EtatProfil.ACTIVE])
def test_a_record_that_is_not_active_is_closed_to_services(etat: EtatProfil) -> None:
    dossier_id, _ = dossier()
    acteur, _, _ = service_appaire(dossier_id, ["mesures.poids:lire"])
    with portee(dossier_id):
        Dossier.objects.filter(dossier_id=dossier_id).update(etat=etat.value)
    assert refuse(acteur) == "dossier_ferme"


def test_an_actor_without_a_pairing_opens_nothing() -> None:
    dossier_id, _ = dossier()
    acteur, _, _ = service_appaire(dossier_id, ["mesures.poids:lire"])
    for sans in (
        Acteur(acteur.genre, client_id=acteur.client_id, dossier_id=dossier_id),
        Acteur(acteur.genre, client_id=acteur.client_id, session_id=acteur.session_id),
    ):
        assert refuse(sans) == "consentement_absent"


@pytest.mark.rule("OID-29")
def test_what_a_service_holds_says_nothing_that_another_could_compare() -> None:
    dossier_id, numero = dossier()
    _, jeton, identite = service_appaire(dossier_id, ["mesures.poids:lire"])
    _, autre, autre_identite = service_appaire(dossier_id, ["mesures.poids:lire"], client_id="autre-service")
    lus = [_lu(t) for t in (jeton, identite, autre, autre_identite)]
    for lu in lus:
        assert str(dossier_id) not in str(lu)
        assert numero.matricule not in str(lu)
    assert lus[0]["sub"] == lus[1]["sub"] != lus[2]["sub"] == lus[3]["sub"]


def _lu(jeton: str) -> dict[str, object]:
    import base64
    import json

    corps = jeton.split(".")[1]
    lu: dict[str, object] = json.loads(base64.urlsafe_b64decode(corps + "=" * (-len(corps) % 4)))
    return lu
