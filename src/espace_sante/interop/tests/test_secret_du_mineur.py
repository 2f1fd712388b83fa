"""A child's secrecy: what his legal representatives never get, and the holder gets once of age (FHR-37, FHR-163).

While the holder is a child, whoever opens his space is his representative (PRX-01, PRX-16 off).
"""

from __future__ import annotations

import json
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from espace_sante.acces import avis, vie_documents
from espace_sante.acces.errors import DocumentIntrouvable
from espace_sante.acces.exportation.tests.lecture import copier, ouvrir
from espace_sante.acces.mon_espace import ouvrir_mon_espace
from espace_sante.acces.secret_mineur import secret_tenu
from espace_sante.acces.tests.fabrique import CONTEXTE, dossier, titulaire
from espace_sante.acces.tests.scene import Scene, ouvrir_scene
from espace_sante.documents.filtre import Filtre
from espace_sante.documents.models import Document
from espace_sante.documents.regles_modification import est_mineur
from espace_sante.identite.models import Titulaire
from espace_sante.interop.fhir.identifiants import composer
from espace_sante.interop.requete import CONNEXION_SECRETE
from espace_sante.interop.tests.lps import Lps
from espace_sante.interop.tests.test_traces_http import bornes, demander, lues
from espace_sante.notifications.models import Avis, Envoi
from espace_sante.platform.postgres.rls import portee
from espace_sante.traces.models import Trace
from espace_sante.traces.queries import FiltreTraces

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")
TITRE = "Contraception d-urgence"
SECRET = {"X-MES-Connexion": CONNEXION_SECRETE}


def naitre(dossier_id: UUID, jour: str) -> None:
    with portee(dossier_id):
        Titulaire.objects.filter(dossier_id=dossier_id).update(date_naissance=jour)


def il_y_a(annees: int) -> str:
    jour = datetime.now(PARIS).date()
    return f"{jour.year - annees:04d}-{jour:%m-%d}"


@pytest.fixture
def enfant() -> Scene:
    scene = ouvrir_scene(12)
    naitre(scene.dossier_id, il_y_a(15))
    return scene


def histoire(scene: Scene) -> list[tuple[str, list[UUID]]]:
    with ouvrir_mon_espace(scene.moi, contexte=CONTEXTE) as espace:
        page = espace.historique(FiltreTraces())
        return [(t.action, t.document_ids) for t in page.elements]


def nombre_d_avis(scene: Scene) -> int:
    with portee(scene.dossier_id):
        return Avis.objects.filter(dossier_id=scene.dossier_id).count()


@pytest.mark.rule("FHR-37")
def test_a_labelled_document_is_nowhere_for_representatives(enfant: Scene) -> None:
    """Leak test: list, count, page, search, versions, history, notices, copy."""
    clair = enfant.deposer(titre="Vaccin")
    avant = nombre_d_avis(enfant)
    cache = enfant.deposer(titre=TITRE, invisible_representants=True)
    assert nombre_d_avis(enfant) == avant, "nobody is told"
    assert enfant.vus() == {clair.id}
    with ouvrir_mon_espace(enfant.moi, contexte=CONTEXTE) as espace:
        assert sum(espace.compter().values()) == 1
        assert espace.lister(Filtre(texte="contraception")).elements == ()
        assert espace.lister(Filtre(ids=(cache.id,), statuts=())).total == 0
        assert espace.lister(Filtre(etiquettes=("INVISIBLE_REPRESENTANTS_LEGAUX",))).total == 0
        assert espace.versions(cache.id) == []
    for geste in ("document", "lire_contenu", "masquer"):
        with pytest.raises(DocumentIntrouvable), ouvrir_mon_espace(enfant.moi, contexte=CONTEXTE) as espace:
            getattr(espace, geste)(cache.id)
    enfant.lu_par(enfant.confrere)
    assert not [ids for _, ids in histoire(enfant) if cache.id in ids]
    with ouvrir_mon_espace(enfant.moi, contexte=CONTEXTE) as espace:
        dits = [a.phrase for a in avis.lister(espace).elements]
        assert TITRE not in str(dits)
    for contenu in ouvrir(copier(enfant.dossier_id)).values():
        assert TITRE.encode() not in contenu
        assert str(cache.id).encode() not in contenu
        assert cache.metadonnees.unique_id.encode() not in contenu


@pytest.mark.rule("FHR-37")
def test_professionals_see_it_and_what_it_replaces_stays_for_the_family(enfant: Scene) -> None:
    ancien = enfant.deposer(titre="Ancien")
    nouveau = enfant.deposer(titre=TITRE, invisible_representants=True, remplace=ancien.metadonnees.unique_id)
    assert enfant.lu_par(enfant.confrere) == {nouveau.id}
    assert enfant.vus() == {ancien.id}
    with ouvrir_mon_espace(enfant.moi, contexte=CONTEXTE) as espace:
        vu = espace.document(ancien.id)
    assert (vu.statut, vu.remplace_par_id) == ("current", None)


@pytest.mark.rule("FHR-37", "FHR-163")
def test_on_his_eighteenth_birthday_the_holder_sees_all(client: Client, enfant: Scene) -> None:
    cache = enfant.deposer(titre=TITRE, invisible_representants=True)
    Lps(client, enfant.medecin).chercher(enfant.ins, _count="1")
    secrete = client.get(
        f"/fhir/DocumentReference/{composer(enfant.dossier_id, cache.id)}",
        headers=_entetes(client, enfant, **SECRET),
    )
    assert secrete.status_code == 200, secrete.content
    jour = datetime.now(PARIS).date()
    veille = date.fromordinal(jour.toordinal() + 1)
    naitre(enfant.dossier_id, f"{veille.year - 18:04d}-{veille:%m-%d}")
    assert enfant.vus() == set()
    avant = histoire(enfant)
    naitre(enfant.dossier_id, il_y_a(18))
    assert enfant.vus() == {cache.id}
    apres = histoire(enfant)
    assert ("lecture", [cache.id]) in apres
    assert ("depot", [cache.id]) in apres
    assert ("lecture", [cache.id]) not in avant


def _entetes(client: Client, scene: Scene, **plus: str) -> dict[str, str]:
    from espace_sante.interop.tests.lps import entetes

    return entetes(Lps(client, scene.medecin).acteur, **plus)


@pytest.mark.rule("FHR-37")
@given(
    naissance=st.one_of(
        st.dates(min_value=date(2004, 1, 1), max_value=date(2013, 12, 31)).map(str),
        st.dates(min_value=date(2004, 1, 1), max_value=date(2013, 12, 31)).map(lambda d: f"{d:%Y-%m}"),
        st.integers(2004, 2013).map(str),
        st.sampled_from(["", "x", "0000", "2008-02-29", "2008-11-22"]),
    ),
    quand=st.datetimes(datetime(2024, 1, 1), datetime(2029, 12, 31), timezones=st.just(PARIS)),
)
def test_the_database_and_the_rule_agree_on_who_is_a_child(naissance: str, quand: datetime) -> None:
    from espace_sante.documents.criteres import tu_au_titulaire
    from espace_sante.platform.postgres.direct import lire

    with time_machine.travel(quand, tick=False):
        sql = tu_au_titulaire("d").replace(
            "FROM identite_titulaire enfant",
            "FROM (SELECT %s::text AS date_naissance, 1 AS dossier_id) enfant",
        )
        requete = f"SELECT {sql} FROM (SELECT false AS invisible_patient, true AS invisible_representants, 1 AS dossier_id) d"  # noqa: E501
        (juge,) = lire(requete, [naissance])[0]
    if naissance[:4].isdigit():
        assert juge == est_mineur(naissance, quand.date())


@pytest.mark.rule("FHR-163")
def test_acts_in_connexion_secrete_are_absent_from_the_traces_of_representatives(
    client: Client, enfant: Scene
) -> None:
    """Leak test, through the FHIR door: the search, its number, the read by id."""
    clair = enfant.deposer(titre="Vaccin")
    lps = Lps(client, enfant.medecin)
    lps.get(f"/fhir/DocumentReference/{composer(enfant.dossier_id, clair.id)}", **SECRET)
    with portee(enfant.dossier_id):
        secrete = Trace.objects.get(dossier_id=enfant.dossier_id, porte="secrete")
    vues = lues(demander(client, enfant.moi, ("_count", "100")))
    fil = composer(enfant.dossier_id, secrete.id)
    assert fil not in {v["id"] for v in vues}
    assert "secrete" not in json.dumps(vues)
    total = json.loads(demander(client, enfant.moi, ("_count", "0")).content)["total"]
    assert total <= len(vues) + 3
    from espace_sante.interop.tests.lps import entetes
    from espace_sante.interop.tests.test_traces_http import porteur

    lecture = client.get(f"/fhir/AuditEvent/{fil}", headers=entetes(porteur(enfant.moi)))
    assert lecture.status_code == 404
    les_siennes = lues(demander(client, enfant.medecin, *bornes(), ("_count", "100"), numero=enfant.ins))
    assert fil in {v["id"] for v in les_siennes}, "the professional sees his own act"
    assert "secrete" not in json.dumps(les_siennes)
    assert not [c for c in ouvrir(copier(enfant.dossier_id)).values() if str(secrete.id).encode() in c]
    naitre(enfant.dossier_id, il_y_a(18))
    assert fil in {v["id"] for v in lues(demander(client, enfant.moi, ("_count", "100")))}


@pytest.mark.rule("FHR-163")
def test_no_notice_leaves_of_what_was_done_in_secret(client: Client, enfant: Scene) -> None:
    lps = Lps(client, enfant.confrere)

    def messages() -> tuple[int, int]:
        with portee(enfant.dossier_id):
            return nombre_d_avis(enfant), Envoi.objects.filter(dossier_id=enfant.dossier_id).count()

    avant = messages()
    lps.get(f"/fhir/CareTeam/{enfant.dossier_id}", **SECRET)
    assert messages() == avant
    lps.get(f"/fhir/CareTeam/{enfant.dossier_id}")
    assert messages() != avant, "the first visit in the open is told as the first"


@pytest.mark.rule("FHR-37")
def test_no_notice_leaves_of_what_becomes_of_a_hidden_document(enfant: Scene) -> None:
    clair = enfant.deposer(titre="Vaccin")
    cache = enfant.deposer(titre=TITRE, invisible_representants=True)
    avant = nombre_d_avis(enfant)
    vie_documents.archiver(enfant.medecin, enfant.ins, cache.id, contexte=CONTEXTE, archive=True)
    vie_documents.supprimer(enfant.medecin, enfant.ins, cache.id, contexte=CONTEXTE)
    assert nombre_d_avis(enfant) == avant
    vie_documents.archiver(enfant.medecin, enfant.ins, clair.id, contexte=CONTEXTE, archive=True)
    assert nombre_d_avis(enfant) == avant + 1


@pytest.mark.rule("FHR-163")
def test_the_record_of_an_adult_has_no_secret_from_its_holder(client: Client) -> None:
    adulte = ouvrir_scene(13)
    document = adulte.deposer(titre="Vaccin", invisible_representants=True)
    assert adulte.vus() == {document.id}
    lps = Lps(client, adulte.confrere)
    avant = nombre_d_avis(adulte)
    lps.get(f"/fhir/DocumentReference/{composer(adulte.dossier_id, document.id)}", **SECRET)
    assert ("lecture", [document.id]) in histoire(adulte)
    assert nombre_d_avis(adulte) == avant + 1, "his first visit is told"


@pytest.mark.rule("FHR-163")
def test_only_a_professional_works_in_connexion_secrete(client: Client, enfant: Scene) -> None:
    demander(client, enfant.moi, ("_count", "1"), numero=None, **SECRET)
    with portee(enfant.dossier_id):
        assert not Trace.objects.filter(dossier_id=enfant.dossier_id, porte="secrete").exists()


def test_a_record_without_identity_keeps_no_secret(enfant: Scene) -> None:
    dossier_id, _ = dossier(14)
    with portee(dossier_id):
        assert not secret_tenu(dossier_id)
        Document.objects.filter(dossier_id=dossier_id).count()
    with portee(enfant.dossier_id):
        assert secret_tenu(enfant.dossier_id)
    assert titulaire(dossier_id).dossier_id == dossier_id
