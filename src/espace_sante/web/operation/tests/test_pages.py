"""Every role on every page; no health data on any; what is written there is traced (ACC-31, ACC-79, AUD-01)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client, override_settings

from espace_sante.acces import signalements as du_titulaire
from espace_sante.acces.alimentation import alimenter
from espace_sante.acces.errors import AccesRefuse, EspaceFerme
from espace_sante.acces.models import ActeOperateur, AlerteTraitee, ControleUrgence, Urgence
from espace_sante.acces.mon_espace import ouvrir_mon_espace
from espace_sante.acces.operation.tests.bureau import CONTEXTE, entrer, operateur
from espace_sante.acces.porte import open_dossier
from espace_sante.acces.tests.fabrique import document, dossier, lot, professionnel, titulaire
from espace_sante.identite.models import Operateur, Structure
from espace_sante.identite.operateurs.queries import acteur
from espace_sante.identite.operateurs.roles import Role
from espace_sante.kernel.ids import uuid7
from espace_sante.kernel.ins import Ins
from espace_sante.platform.postgres.rls import portee
from espace_sante.traces.models import AlerteVeille, DemandeIdentite, EtapeSignalement, Trace

pytestmark = pytest.mark.django_db
TITRE = "Zygomatique secret"
TEXTE = "Je n’ai jamais rencontré cette personne."
PAGES = {
    "": set(Role),
    "actes/": set(Role),
    "profil/": {Role.SUPPORT},
    "identite/": {Role.SUPPORT},
    "signalements/": {Role.SUPPORT, Role.DELEGUE_PROTECTION_DONNEES},
    "urgences/": {Role.MEDECIN_CONTROLE},
    "alertes/": {Role.SECURITE},
    "identites/": {Role.SECURITE, Role.SUPPORT},
    "logiciels/": {Role.SECURITE},
    "matrice/": {Role.GESTIONNAIRE_MATRICE},
}


class Monde:
    """One record with a named document, a report of each nature, an emergency, an alert, a question."""

    def __init__(self) -> None:
        self.dossier_id, self.ins = dossier(7)
        medecin = professionnel("99000000071")
        self.doc = document(auteur=medecin, titre=TITRE)
        alimenter(medecin, self.dossier_id, lot(medecin, self.doc), contexte=CONTEXTE)
        structure = Structure.objects.get(id=medecin.structure_id)
        with portee(self.dossier_id):
            trace = Trace.objects.get(dossier_id=self.dossier_id, action="depot")
            self.indirecte = Trace.objects.create(
                dossier_id=self.dossier_id, id=uuid7(), quand=datetime.now(UTC), acteur_genre="structure",
                acteur_id=structure.id, structure_id=structure.id, structure_nom=structure.nom, action="lecture",
                resultat="fait", document_titre=TITRE, porte="fhir", requete=uuid7(),
            )  # fmt: skip
        with ouvrir_mon_espace(titulaire(self.dossier_id), contexte=CONTEXTE) as espace:
            self.acces = du_titulaire.signaler_acces(espace, trace.id, TEXTE)
            self.indirect = du_titulaire.signaler_acces(espace, self.indirecte.id, TEXTE)
            self.rectification = du_titulaire.demander_rectification(espace, TEXTE, self.doc.id)
        with portee(self.dossier_id):
            Urgence.objects.create(
                dossier_id=self.dossier_id, id=uuid7(), mode="bris_de_glace", rpps="99000000071", nom="Dr", motif=TITRE,
                ouverte_le=datetime.now(UTC), expire_le=datetime.now(UTC),
            )  # fmt: skip
        self.urgence = ControleUrgence.objects.create(
            id=uuid7(), dossier_id=self.dossier_id, quand=datetime.now(UTC), mode="bris_de_glace", rpps="99000000071",
            a_revoir=True, echeance=(datetime.now(UTC) - timedelta(days=2)).date(),
        )  # fmt: skip
        self.alerte = AlerteVeille.objects.create(
            id=uuid7(), regle="beaucoup", rpps="99000000071", jour=datetime.now(UTC).date(), nombre=70,
            quand=datetime.now(UTC),
        )  # fmt: skip

    def pages(self) -> dict[str, set[Role]]:
        return {
            **PAGES,
            f"signalements/{self.acces.numero}/": PAGES["signalements/"],
            f"signalements/{self.indirect.numero}/": PAGES["signalements/"],
            f"signalements/{self.rectification.numero}/": PAGES["signalements/"],
            f"urgences/{self.urgence.id}/": PAGES["urgences/"],
            f"alertes/{self.alerte.id}/": PAGES["alertes/"],
        }


@pytest.fixture
def monde() -> Monde:
    return Monde()


@pytest.mark.rule("ACC-79")
@pytest.mark.parametrize("role", list(Role))
def test_every_role_on_every_page_and_no_health_data(monde: Monde, role: Role) -> None:
    o = operateur(role.value)
    client = entrer(o)
    avant = ActeOperateur.objects.filter(operateur_id=o.id, refus="role_requis").count()
    fermees = 0
    for chemin, roles in monde.pages().items():
        reponse = client.get(f"/operation/{chemin}")
        assert reponse.status_code == (200 if role in roles else 404), chemin
        fermees += role not in roles
        page = reponse.content.decode()
        for interdit in (
            TITRE,
            "Zygomatique",
            monde.ins.matricule[:13],
            "MARTIN",
            str(monde.dossier_id),
            str(monde.doc.id),
        ):
            assert interdit not in page, (chemin, interdit)
        assert "no-store" in reponse["Cache-Control"]
    assert ActeOperateur.objects.filter(operateur_id=o.id, refus="role_requis").count() == avant + fermees


@pytest.mark.rule("ACC-31", "ACC-79")
@pytest.mark.parametrize("role", list(Role))
def test_no_operator_reads_a_record(monde: Monde, role: Role) -> None:
    o = operateur(role.value)
    qui = acteur(o)
    for cible in (monde.ins, monde.dossier_id):
        with (
            pytest.raises(AccesRefuse),
            open_dossier(qui, cible, contexte=CONTEXTE, identite_qualifiee=True),
        ):
            pytest.fail("an operator opened a record")
    with pytest.raises(EspaceFerme), ouvrir_mon_espace(qui, contexte=CONTEXTE):
        pytest.fail("an operator opened a space")
    client = entrer(o)
    for chemin in ("/espace/", "/espace/documents/", f"/espace/documents/{monde.doc.id}/", "/pro/"):
        assert client.get(chemin).status_code == 404
    assert client.get(f"/fhir/DocumentReference?patient.identifier={monde.ins.matricule}").status_code == 401


@pytest.mark.rule("ACC-79")
def test_support_sees_the_state_of_a_profile_and_the_holder_sees_it(monde: Monde) -> None:
    o = operateur("support")
    client = entrer(o)
    reponse = client.post("/operation/profil/", {"matricule": monde.ins.matricule})
    assert "ouvert et activé" in reponse.content.decode()
    assert "MARTIN" not in reponse.content.decode()
    with portee(monde.dossier_id):
        trace = Trace.objects.get(dossier_id=monde.dossier_id, action="existence", acteur_genre="operateur")
    assert (trace.acteur_id, trace.acteur_nom) == (str(o.id), o.nom)
    inconnu = Ins.lire("2850375000011" + "41", verifier_cle=False).matricule
    assert client.post("/operation/profil/", {"matricule": "abc"}).status_code == 422
    assert client.post("/operation/profil/", {"matricule": inconnu}).status_code in {200, 422}


@pytest.mark.rule("AUD-19", "AUD-01")
def test_a_report_goes_through_its_steps(monde: Monde) -> None:
    o = operateur("support")
    client, chemin = entrer(o), f"/operation/signalements/{monde.acces.numero}/"
    page = client.get(chemin).content.decode()
    assert TEXTE in page and "99000000071" not in page
    assert client.post(chemin, {"etape": "repondu", "texte": "court"}).status_code == 400
    assert client.post(chemin, {"etape": "note_jointe", "texte": TEXTE}).status_code == 400
    assert client.post(chemin, {"etape": "nimporte", "texte": TEXTE}).status_code == 400
    assert (
        client.post(chemin, {"etape": "repondu", "texte": "Nous avons vérifié cet accès."}).status_code == 302
    )
    assert client.post(chemin, {"etape": "clos"})["Location"] == "/operation/signalements/"
    assert client.get(chemin).status_code == 404, "closed: no more in the queue"
    with portee(monde.dossier_id):
        etapes = list(
            EtapeSignalement.objects.filter(signalement_id=monde.acces.id)
            .order_by("rang")
            .values_list("etape", "par")
        )
        traces = Trace.objects.filter(
            dossier_id=monde.dossier_id, action="suite_signalement", acteur_id=str(o.id)
        )
        assert traces.count() >= 4
    assert etapes == [("recu", "titulaire"), ("repondu", o.nom), ("clos", o.nom)]
    faits = set(ActeOperateur.objects.filter(operateur_id=o.id).values_list("acte", "role", "objet"))
    assert ("signalement_repondu", "support", monde.acces.numero) in faits


@pytest.mark.rule("REG-07")
def test_the_data_protection_officer_answers_a_correction(monde: Monde) -> None:
    client = entrer(operateur("delegue_protection_donnees"))
    chemin = f"/operation/signalements/{monde.rectification.numero}/"
    assert "compte_suspendu" not in client.get(chemin).content.decode()
    assert client.post(chemin, {"etape": "compte_suspendu"}).status_code == 400
    assert (
        client.post(chemin, {"etape": "refuse", "texte": "L’auteur maintient ce qu’il a écrit."}).status_code
        == 302
    )


@pytest.mark.rule("AUD-22")
def test_a_structure_is_asked_once_about_the_access_of_a_report(monde: Monde) -> None:
    client = entrer(operateur("support"))
    assert client.post(f"/operation/signalements/{monde.acces.numero}/identite/").status_code == 404, (
        "a named person"
    )
    chemin = f"/operation/signalements/{monde.indirect.numero}/"
    assert "Demander qui" in client.get(chemin).content.decode()
    assert client.post(chemin + "identite/")["Location"] == "/operation/identites/"
    assert client.post(chemin + "identite/").status_code == 409
    question = DemandeIdentite.objects.get(trace_id=monde.indirecte.id)
    assert question.structure_id == monde.indirecte.structure_id
    for rpps in ("", "123", "9900000007a", "990000000710"):
        assert client.post("/operation/identites/", {"demande": question.id, "rpps": rpps}).status_code == 400
    assert client.post("/operation/identites/", {"demande": "x", "rpps": "99000000071"}).status_code == 400
    assert (
        client.post("/operation/identites/", {"demande": question.id, "rpps": "99000000071"}).status_code
        == 302
    )
    assert DemandeIdentite.objects.get(reponse_de=question.id).rpps == "99000000071"
    assert (
        client.post("/operation/identites/", {"demande": question.id, "rpps": "99000000072"}).status_code
        == 400
    )


@pytest.mark.rule("EMG-15")
def test_the_health_doctor_reviews_once_with_a_note_kept_sealed(monde: Monde) -> None:
    o = operateur("medecin_controle")
    client, chemin = entrer(o), f"/operation/urgences/{monde.urgence.id}/"
    assert "En retard" in client.get("/operation/urgences/").content.decode()
    note = "Appelé : personne inconsciente."
    for faux in ({"avis": "parfait", "note": note}, {"avis": "justifie", "note": "court"}, {}):
        assert client.post(chemin, faux).status_code == 400
    assert client.post(chemin, {"avis": "justifie", "note": note}).status_code == 302
    ligne = ControleUrgence.objects.get(id=monde.urgence.id)
    assert (ligne.avis, ligne.revu_par) == ("justifie", o.nom) and ligne.revu_le
    assert note.encode() not in bytes(ligne.note_scellee or b"")
    assert client.post(chemin, {"avis": "anormal", "note": note}).status_code == 400
    assert ControleUrgence.objects.get(id=monde.urgence.id).avis == "justifie"
    autre = ControleUrgence.objects.create(
        id=uuid7(), dossier_id=monde.dossier_id, quand=datetime.now(UTC), mode="centre_15", rpps="99000000071",
        echeance=datetime.now(UTC).date(),
    )  # fmt: skip
    assert client.get(f"/operation/urgences/{autre.id}/").status_code == 404, "not drawn: not in the list"


@pytest.mark.rule("EMG-15")
def test_over_the_threshold_is_said(monde: Monde) -> None:
    for _ in range(5):
        ControleUrgence.objects.create(
            id=uuid7(), dossier_id=monde.dossier_id, quand=datetime.now(UTC), mode="centre_15", rpps="99000000071",
            echeance=datetime.now(UTC).date(),
        )  # fmt: skip
    assert (
        "Au-delà du seuil"
        in entrer(operateur("medecin_controle")).get("/operation/urgences/").content.decode()
    )


@pytest.mark.rule("AUD-21")
def test_an_alert_is_handled_once(monde: Monde) -> None:
    client, chemin = entrer(operateur("securite")), f"/operation/alertes/{monde.alerte.id}/"
    assert client.post(chemin, {"suite": "autre", "note": "Vu"}).status_code == 400
    assert client.post(chemin, {"suite": "expliquee", "note": ""}).status_code == 400
    assert client.post(chemin, {"suite": "expliquee", "note": "Garde de nuit"}).status_code == 302
    assert AlerteTraitee.objects.get().note == "Garde de nuit"
    assert client.post(chemin, {"suite": "sans_suite", "note": "Encore"}).status_code == 400
    assert "Aucune alerte" in client.get("/operation/alertes/").content.decode()


def test_the_board_counts(monde: Monde) -> None:
    page = entrer(operateur("support")).get("/operation/").content.decode()
    for attendu in (
        "<strong>3</strong>",
        "nouveaux signalements",
        "dont 1 en retard",
        "Il manque un gestionnaire",
    ):
        assert attendu in page, attendu


@pytest.mark.rule("ACC-41")
def test_the_board_says_why_readings_are_refused() -> None:
    client = entrer(operateur("support"))
    assert "Toute lecture" not in client.get("/operation/").content.decode()
    with override_settings(ES_INSTANCE="production"):
        page = client.get("/operation/").content.decode()
    assert "Toute lecture par un professionnel est refusée" in page
    assert "sans origine officielle" in page


def test_hundreds_of_reports_are_paged(monde: Monde) -> None:
    from espace_sante.traces.models import SuiviSignalement

    SuiviSignalement.objects.bulk_create(
        SuiviSignalement(
            dossier_id=uuid7(), signalement_id=uuid7(), rang=0, numero=f"S-2026-X{n:07d}", nature="acces", etape="recu",
            quand=datetime.now(UTC), echeance=datetime.now(UTC).date(),
        )
        for n in range(230)
    )  # fmt: skip
    client = entrer(operateur("support"))
    page = client.get("/operation/signalements/?page=2").content.decode()
    assert "51 à 100 sur 233" in page.replace("\xa0", " ") and page.count("data-ligne") == 50
    assert client.get("/operation/signalements/?page=abc").status_code == 200
    assert client.get("/operation/signalements/?page=99").status_code == 200


@pytest.mark.rule("ACC-79", "AUD-13")
def test_acts_cannot_be_changed_by_the_application() -> None:
    o = operateur("support")
    entrer(o)
    for sql in (
        "UPDATE acces_acteoperateur SET acte = 'x'", "DELETE FROM acces_acteoperateur", "DELETE FROM acces_alertetraitee",
        "UPDATE acces_demandematrice SET genre = 'x'", "UPDATE identite_operateur SET roles = '{securite}'",
        "INSERT INTO acces_suitedemandematrice (demande_id) VALUES (gen_random_uuid())",
    ):  # fmt: skip
        from django.db import Error, transaction

        with pytest.raises(Error, match="permission denied"), transaction.atomic(), connection.cursor() as c:
            c.execute(sql)
    assert Operateur.objects.get(id=o.id).roles == ["support"]


def test_a_made_up_login_of_an_operator_opens_nothing() -> None:
    """A session that names no account in exercise, as a former edition or a forged row would."""
    from tests.contrat.test_refus_par_defaut import _connecter

    from espace_sante.identite.acteurs import Acteur
    from espace_sante.kernel.codes import GenreActeur

    for client_id in ("", str(uuid7()), str(operateur("support").id)):
        client = Client()
        faux = Acteur(
            GenreActeur.OPERATEUR, nom="X", client_id=client_id, portees=frozenset(Role), deux_facteurs=True
        )
        _connecter(client, faux)
        assert client.get("/operation/")["Location"] == "/connexion/operation/"
