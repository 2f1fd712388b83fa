"""Client and simulator over real HTTP: rate, retries, pages, faults (ANN-01 to ANN-03)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import msgspec
import pytest
from tests.annuaire_fictif import Panne, ServeurAnnuaire, ecouter, fictives

from espace_sante.identite.annuaire_sante.cadence import Cadence
from espace_sante.identite.annuaire_sante.client import ClientAnnuaire, Reglages
from espace_sante.identite.annuaire_sante.declaration import declarer_boite
from espace_sante.identite.annuaire_sante.erreurs import (
    AnnuaireIllisible,
    AnnuaireInjoignable,
    AnnuaireRefus,
    DeclarationRefusee,
)
from espace_sante.identite.annuaire_sante.lecture import Boite, lire_personne
from espace_sante.platform.hebergement import HoteNonDeclare

VITE = 10_000.0


@pytest.fixture
def serveur() -> Iterator[ServeurAnnuaire]:
    with ecouter(fictives(), lenteur_s=1.0) as ouvert:
        yield ouvert


def client(serveur: ServeurAnnuaire, *, cle: str = "k", delai_s: float = 5.0) -> ClientAnnuaire:
    return ClientAnnuaire(Reglages(serveur.base, cle, VITE, delai_s), reprise_s=0.01)


def bundle(**plus: Any) -> httpx.Response:
    corps = msgspec.json.encode({"resourceType": "Bundle", **plus})
    return httpx.Response(200, stream=httpx.ByteStream(corps))


def personnes(c: ClientAnnuaire) -> list[str]:
    return [msgspec.json.decode(brut)["id"] for page in c.pages("Practitioner") for brut in page]


@pytest.mark.rule("ANN-01", "ANN-03", "ANN-07", "ANN-13")
def test_searches_by_get_and_by_post(serveur: ServeurAnnuaire) -> None:
    with client(serveur) as c:
        tous = personnes(c)
        assert len(tous) == len(set(tous)) >= 30
        for systeme, valeur in (
            ("https://rpps.esante.gouv.fr", "99000000100"), ("urn:oid:1.2.250.1.71.4.2.1", "899000000100"),
        ):  # fmt: skip
            (brut,) = c.par_identifiant("Practitioner", systeme, valeur)
            lue = lire_personne(brut)
            assert lue is not None
            assert lue.rpps == "99000000100"
        for criteres in (
            [("family", "Mor"), ("given", "Anne")], [("mailbox-mss:contains", "anne.morel")],
            [("name", "morel"), ("active", "true"), ("qualification-code", "10")],
        ):  # fmt: skip
            (page,) = c.pages("Practitioner", criteres, par_formulaire=True)
            assert len(page) == 1
        assert list(c.pages("Device")) == list(c.pages("HealthcareService")) == [[]]
        (structure,) = c.par_identifiant("Organization", "https://finess.esante.gouv.fr", "990000001")
        assert b"Port-Amarante" in bytes(structure)


@pytest.mark.rule("ANN-02")
def test_every_page_comes_once_through_429_500_503_cuts_and_a_page_of_html(serveur: ServeurAnnuaire) -> None:
    with client(serveur) as c:
        attendues = personnes(c)
        serveur.pannes.extend(
            [Panne.LIMITE, Panne.ERREUR, Panne.TRONQUEE, Panne.INDISPONIBLE, Panne.PAGE_HTML, Panne.LIMITE]
        )
        assert personnes(c) == attendues
        assert not serveur.pannes


@pytest.mark.rule("ANN-02")
def test_it_gives_up_after_some_tries(serveur: ServeurAnnuaire) -> None:
    with client(serveur) as c:
        serveur.pannes.extend([Panne.ERREUR] * 50)
        with pytest.raises(AnnuaireInjoignable):
            personnes(c)
        assert serveur.appels == 5
        serveur.pannes.clear()
        serveur.pannes.extend([Panne.TRONQUEE] * 50)
        with pytest.raises(AnnuaireIllisible):
            personnes(c)


def test_a_slow_directory_is_not_waited_for_without_end(serveur: ServeurAnnuaire) -> None:
    serveur.pannes.extend([Panne.LENTE] * 5)
    debut = time.monotonic()
    with client(serveur, delai_s=0.2) as c, pytest.raises(AnnuaireInjoignable):
        personnes(c)
    assert time.monotonic() - debut < 4


def test_a_drip_of_bytes_ends_too() -> None:
    class Goutte(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            while True:
                time.sleep(0.02)
                yield b" "

    transport = httpx.MockTransport(lambda _: httpx.Response(200, stream=Goutte()))
    with (
        ClientAnnuaire(Reglages("http://a/fhir", "k", VITE, 0.1), transport=transport, reprise_s=0.01) as c,
        pytest.raises(AnnuaireInjoignable),
    ):
        personnes(c)


def test_a_body_without_end_is_refused() -> None:
    class Flot(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            while True:
                yield b" " * 1_000_000

    transport = httpx.MockTransport(lambda _: httpx.Response(200, stream=Flot()))
    with (
        ClientAnnuaire(Reglages("http://a/fhir", "k", VITE), transport=transport) as c,
        pytest.raises(AnnuaireIllisible),
    ):
        personnes(c)


@pytest.mark.parametrize("panne", [Panne.AILLEURS, Panne.BOUCLE])
def test_pages_are_followed_on_the_same_server_and_end(serveur: ServeurAnnuaire, panne: Panne) -> None:
    serveur.pannes.extend([panne] * 300)
    with client(serveur) as c, pytest.raises(AnnuaireIllisible) as refus:
        personnes(c)
    assert refus.value.code == {
        Panne.AILLEURS: "annuaire_adresse_suspecte", Panne.BOUCLE: "annuaire_en_boucle",
    }[panne]  # fmt: skip


@pytest.mark.parametrize(
    "lien",
    ["http://b/fhir/v2/x", "//b/fhir/v2", "/autre", "../../secret", "http://a@b/fhir/v2/", "file:///etc"],
)
def test_the_key_never_leaves_for_another_address(lien: str) -> None:
    appels: list[str] = []

    def servir(requete: httpx.Request) -> httpx.Response:
        appels.append(requete.url.host)
        return bundle(link=[{"relation": "next", "url": lien}], entry=[])

    with (
        ClientAnnuaire(Reglages("http://a/fhir/v2", "k", VITE), transport=httpx.MockTransport(servir)) as c,
        pytest.raises(AnnuaireIllisible),
    ):
        personnes(c)
    assert appels == ["a"]


@pytest.mark.rule("ANN-01")
def test_without_its_key_it_says_so_at_once(serveur: ServeurAnnuaire) -> None:
    with client(serveur, cle="") as c, pytest.raises(AnnuaireRefus) as refus:
        personnes(c)
    assert refus.value.code == "annuaire_cle_refusee"
    assert serveur.appels == 1


@pytest.mark.rule("REG-16")
def test_a_directory_that_nobody_declared_is_not_called(settings: Any) -> None:
    settings.ES_ANNUAIRE_BASE = "https://annuaire.example/fhir/v2"
    with (
        ClientAnnuaire(Reglages("https://ailleurs.example/fhir/v2", "k")) as c,
        pytest.raises(HoteNonDeclare),
    ):
        personnes(c)


@pytest.mark.rule("ANN-02")
def test_seventeen_calls_a_second_and_no_more() -> None:
    temps = [100.0]
    cadence = Cadence(17, horloge=lambda: temps[0], dormir=lambda s: temps.__setitem__(0, temps[0] + s))
    tours = []
    for _ in range(69):
        cadence.attendre()
        tours.append(temps[0])
    assert max(sum(d <= t < d + 0.999 for t in tours) for d in tours) <= 17
    cadence.attendre(5.0)
    assert temps[0] - tours[-1] >= 5.0


@pytest.mark.rule("ANN-02")
def test_the_real_rate_meets_no_429_of_a_strict_server() -> None:
    with ecouter(fictives(), par_seconde=17) as serveur:
        with ClientAnnuaire(Reglages(serveur.base, "k")) as c:
            debut = time.monotonic()
            for _ in range(25):
                c.par_identifiant("Practitioner", "https://rpps.esante.gouv.fr", "99000000100")
            duree = time.monotonic() - debut
        # On a busy machine calls that left evenly may still arrive together.
        assert serveur.appels <= 27, "almost nothing was asked twice"
        assert duree >= 24 / 17


def test_a_retry_after_is_obeyed_and_a_long_one_is_left_for_later() -> None:
    attentes: list[float] = []
    reponses: list[Callable[[], httpx.Response]] = [
        lambda: httpx.Response(429, headers={"Retry-After": "7"}, stream=httpx.ByteStream(b"")),
        bundle,
        lambda: httpx.Response(429, headers={"Retry-After": "3600"}, stream=httpx.ByteStream(b"")),
    ]
    c = ClientAnnuaire(
        Reglages("http://a/fhir", "k"),
        transport=httpx.MockTransport(lambda _: reponses.pop(0)()),
        cadence=Cadence(VITE, horloge=lambda: 0.0, dormir=attentes.append),
    )
    assert personnes(c) == []
    assert any(a >= 7 for a in attentes)
    with pytest.raises(AnnuaireInjoignable):
        personnes(c)
    assert not reponses


@pytest.mark.rule("ANN-12")
def test_a_mailbox_is_declared_only_when_it_is_open(serveur: ServeurAnnuaire, settings: Any) -> None:
    boite = Boite("neuve@ville.mssante.example", "PER", 3)
    with client(serveur) as c:
        with pytest.raises(DeclarationRefusee) as refus:
            declarer_boite(c, "99000000100", boite)
        assert refus.value.code == "declaration_fermee"
        assert serveur.appels == 0
        settings.ES_ANNUAIRE_DECLARATION = True
        declarer_boite(c, "99000000100", boite)
        (brut,) = c.par_identifiant("Practitioner", "https://rpps.esante.gouv.fr", "99000000100")
        lue = lire_personne(brut)
        assert lue is not None
        assert boite in lue.boites
        with pytest.raises(DeclarationRefusee) as refus:
            declarer_boite(c, "99000099999", boite)
        assert refus.value.code == "declaration_inconnu"


@pytest.mark.rule("ANN-12")
def test_several_people_of_one_number_are_left_alone(settings: Any) -> None:
    settings.ES_ANNUAIRE_DECLARATION = True
    lues = fictives()
    lues["Practitioner"].append({**lues["Practitioner"][0], "id": "double"})
    with ecouter(lues) as serveur, client(serveur) as c, pytest.raises(DeclarationRefusee) as refus:
        declarer_boite(c, "99000000100", Boite("n@v.mssante.example", "PER"))
    assert refus.value.code == "declaration_plusieurs"
