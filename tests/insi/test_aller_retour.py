"""The client and the simulator, over the public WSDL: every case of INS-19 (INS-05 to INS-11)."""

from __future__ import annotations

import json
import logging
import re
from typing import Any

import httpx
import pytest
from lxml import etree

from espace_sante.identite.insi import client, enveloppe
from espace_sante.identite.insi.erreurs import DemandeRefusee, InsiIndisponible, Panne
from espace_sante.identite.insi.modeles import CodeCR, DemandeTraits, DemandeVitale, Individu
from espace_sante.identite.insi.recherche import Recherche, rechercher
from espace_sante.kernel.ins import OID_TEST
from espace_sante.simulateurs.insi.personnes import CAS, Personne
from tests.insi.conftest import Insi

NS = {"soap": enveloppe.SOAP, "wsa": enveloppe.ADRESSAGE, "bam": enveloppe.BAM, "lps": enveloppe.LPS}


def traits(nom: str, prenoms: str, sexe: str, naissance: str, lieu: str = "") -> DemandeTraits:
    return DemandeTraits(nom, tuple(prenoms.split()), sexe, naissance, lieu)  # type: ignore[arg-type]


def chercher(demande: DemandeTraits | DemandeVitale) -> Recherche:
    return rechercher(demande, lambda d: client.appeler(d, dormir=lambda _: None))


def trouve(demande: DemandeTraits | DemandeVitale) -> Individu:
    fini = chercher(demande)
    assert fini.issue is CodeCR.TROUVEE
    assert fini.individu is not None
    return fini.individu


def fiche(nom: str, **autres: str) -> Personne:
    return next(p for p in CAS if p.nom == nom and all(getattr(p, c) == v for c, v in autres.items()))


@pytest.fixture
def reglages(settings: Any, insi: Insi, xsd: str) -> str:
    settings.ES_INSI = {**settings.ES_INSI, "xsd": xsd}
    insi.xsd = xsd
    return xsd


@pytest.mark.rule("INS-05", "INS-07", "INS-08")
def test_a_plain_case_with_the_published_headers(insi: Insi, reglages: str) -> None:
    individu = trouve(traits("Ordinaire", "Claire Louise", "F", "1979-03-14"))
    assert individu.ins.matricule == "279035121518989"
    assert individu.ins.oid == OID_TEST
    assert (individu.traits.prenoms, individu.traits.lieu_naissance) == ("CLAIRE LOUISE", "51215")
    envoi = etree.fromstring(insi.recues[0].read())
    assert insi.recues[0].headers["content-type"].startswith("application/soap+xml")
    tete = envoi.find("soap:Header", NS)
    assert tete.findtext("wsa:Action", namespaces=NS) == enveloppe.ACTION_TRAITS
    assert tete.findtext("wsa:MessageID", namespaces=NS).startswith("uuid:")
    assert tete.find("bam:ContexteBAM", NS).get("Version") == "01_02"
    assert tete.find("lps:ContexteLPS", NS).get("Version") == "01_00"
    assert tete.find(f"{{{enveloppe.SECURITE}}}Security") is not None
    # Only what is needed is said: the other first names and the town wait for a 02.
    corps = envoi.find("soap:Body", NS)[0]
    assert [e.text for e in corps] == ["ORDINAIRE", "CLAIRE", "F", "1979-03-14"]


@pytest.mark.rule("INS-05", "INS-06")
def test_the_actions_are_those_of_the_wsdl(vectors: Any) -> None:
    wsdl = etree.parse(str(vectors / "insi/DESIR_ICIR_EXP_1.5.0.wsdl"))
    publiees = set(wsdl.xpath("//@soapAction"))
    assert publiees == {enveloppe.ACTION_TRAITS, enveloppe.ACTION_VITALE}


@pytest.mark.rule("INS-19", "INS-02")
@pytest.mark.parametrize(
    ("demande", "matricule"),
    [
        (traits("Corsico", "Antonia", "F", "1997-02-26"), fiche("CORSICO", sexe="F").matricule),
        (traits("Corsico", "Mattéo", "M", "1960-05-09"), fiche("CORSICO", sexe="M").matricule),
        (traits("Gémeau", "Abel Louis", "M", "2012-03-05"), fiche("GÉMEAU", rang="1", sexe="M").matricule),
        (traits("Gémeau", "Basile", "M", "2012-03-05"), fiche("GÉMEAU", rang="2").matricule),
    ],
)
def test_corsicans_and_twins(insi: Insi, reglages: str, demande: DemandeTraits, matricule: str) -> None:
    assert trouve(demande).ins.matricule == matricule
    assert trouve(demande).ins.cle_valide


@pytest.mark.rule("INS-13", "INS-11", "INS-19")
def test_born_abroad_on_an_unknown_day(insi: Insi, reglages: str) -> None:
    individu = trouve(traits("Dalgeri", "Karim", "M", "1965", "99352"))
    assert individu.traits.date_naissance == "1965-00-00"
    assert individu.traits.lieu_naissance == "99352"
    assert b"DateNaissance>1965-00-00<" in insi.recues[0].read()
    assert b"LieuNaissance" not in insi.recues[0].read()


@pytest.mark.rule("INS-09", "INS-19")
def test_nobody(insi: Insi, reglages: str) -> None:
    assert chercher(traits("Inexistante", "Zoé", "F", "2001-01-01", "75112")).issue is CodeCR.AUCUNE
    assert len(insi.recues) == 1


@pytest.mark.rule("INS-09", "INS-19")
def test_several_solved_by_first_names_then_by_the_place(insi: Insi, reglages: str) -> None:
    individu = trouve(traits("Multiple", "Jean Luc", "M", "1970-01-20", "75112"))
    assert individu.traits.prenoms == "JEAN LUC"
    assert len(insi.recues) == 2
    individu = trouve(traits("Pareille", "Sophie Anne", "F", "1981-04-02", "35238"))
    assert individu.traits.lieu_naissance == "35238"
    assert len(insi.recues) == 5
    assert b"LieuNaissance" not in insi.recues[3].read()


@pytest.mark.rule("INS-09", "INS-19")
def test_several_for_ever_are_left_to_people(insi: Insi, reglages: str) -> None:
    fini = chercher(traits("Identique", "Rose", "F", "1981-04-03", "69383"))
    assert (fini.issue, fini.individu) == (CodeCR.PLUSIEURS, None)
    # First names that the service does not know leave several as they were: nobody is chosen, nobody is denied.
    fini = chercher(traits("Multiple", "Jean Paul", "M", "1970-01-20"))
    assert (fini.issue, fini.individu) == (CodeCR.PLUSIEURS, None)


@pytest.mark.rule("INS-08", "INS-19")
def test_a_history_of_two_and_a_provisional_number(insi: Insi, reglages: str) -> None:
    individu = trouve(traits("Passee", "Leila", "F", "1990-06-11"))
    assert [h.ins.matricule[0] for h in individu.anciens] == ["2", "7"]
    assert [str(h.debut) for h in individu.anciens] == ["2012-03-01", "2010-01-15"]
    assert trouve(traits("Attente", "Yuki", "F", "1991-03-21")).ins.matricule[0] == "8"


@pytest.mark.rule("INS-06", "INS-07", "INS-19")
def test_by_card(insi: Insi, reglages: str) -> None:
    parent = fiche("GÉMEAU", sexe="F")
    assert trouve(DemandeVitale(individu=parent.matricule)).ins.matricule == parent.matricule
    cadet = DemandeVitale(ouvrant_droit=parent.matricule, date_naissance="2012-03-05", rang="2")
    assert trouve(cadet).traits.prenoms == "BASILE LOUIS"
    sans_rang = DemandeVitale(ouvrant_droit=parent.matricule, date_naissance="2012-03-05")
    assert chercher(sans_rang).issue is CodeCR.PLUSIEURS
    assert enveloppe.ACTION_VITALE in insi.recues[0].read().decode()


@pytest.mark.rule("INS-10", "INS-19")
def test_a_technical_fault_is_tried_again_then_said(insi: Insi, reglages: str) -> None:
    attentes: list[float] = []
    regles = client.Reglages.du_service()
    vrais = client.Reglages(**{c: getattr(regles, c) for c in regles.__slots__} | {"reprises_s": (1, 5, 25)})
    with pytest.raises(InsiIndisponible) as panne:
        client.appeler(
            traits("Faute Technique", "X", "F", "2000-01-01"), reglages=vrais, dormir=attentes.append
        )
    assert (panne.value.siram, panne.value.desir) == ("siram_40", "insi_102")
    assert panne.value.trace == "siram_40/insi_102"
    assert attentes == [1, 5, 25]
    assert len(insi.recues) == 4
    assert "indisponible" in panne.value.message
    # Each try is a message of its own.
    identifiants = {re.search(rb"uuid:[0-9a-f-]+", r.read())[0] for r in insi.recues}  # type: ignore[index]
    assert len(identifiants) == 4


@pytest.mark.rule("INS-10")
def test_the_default_waits_are_those_of_the_rule() -> None:
    from espace_sante.config import environnement

    assert environnement.secondes("ES_INSI_REPRISES_S") == (1, 5, 25)


@pytest.mark.rule("INS-10", "INS-07", "INS-19")
@pytest.mark.parametrize(
    ("nom", "panne", "essais", "trace"),
    [
        ("Faute Autorisation", Panne.FAUTE, 1, "siram_100/desir_550"),
        ("Panne HTTP", Panne.STATUT_HTTP, 4, "statut_http"),
        ("Réponse hors schéma", Panne.REPONSE_INVALIDE, 1, "reponse_invalide"),
        ("Code inconnu", Panne.CODE_INCONNU, 1, "99"),
        ("Réponse illisible", Panne.REPONSE_INVALIDE, 1, "reponse_invalide"),
        ("Bombe", Panne.REPONSE_INVALIDE, 1, "reponse_invalide"),
        ("Entité externe", Panne.REPONSE_INVALIDE, 1, "reponse_invalide"),
        ("Trop longue", Panne.REPONSE_INVALIDE, 1, "reponse_invalide"),
    ],
)
def test_each_failure_has_its_code(
    insi: Insi, reglages: str, nom: str, panne: Panne, essais: int, trace: str
) -> None:
    with pytest.raises(InsiIndisponible) as levee:
        chercher(traits(nom, "X", "F", "2000-01-01"))
    assert (levee.value.panne, levee.value.trace) == (panne, trace)
    assert len(insi.recues) == essais


@pytest.mark.rule("INS-10")
def test_one_success_ends_the_tries(insi: Insi, monkeypatch: pytest.MonkeyPatch) -> None:
    bon = Insi.handle_request

    def une_panne(self: Insi, request: httpx.Request) -> httpx.Response:
        reponse = bon(self, request)
        if len(self.recues) == 1:
            raise httpx.ConnectError("refused")
        return reponse

    monkeypatch.setattr(Insi, "handle_request", une_panne)
    assert trouve(traits("Ordinaire", "Claire", "F", "1979-03-14")).ins.cle_valide
    assert len(insi.recues) == 2


@pytest.mark.rule("INS-07")
@pytest.mark.parametrize(
    "change",
    [
        {"nom_naissance": ""}, {"nom_naissance": " ' "}, {"prenoms": ()}, {"prenoms": ("",)}, {"sexe": "I"},
        {"date_naissance": "14/03/1979"}, {"date_naissance": "1979-3-14"}, {"lieu_naissance": "Caen"},
    ],
)  # fmt: skip
def test_what_cannot_be_asked_does_not_leave(insi: Insi, change: dict[str, Any]) -> None:
    bon = {"nom_naissance": "X", "prenoms": ("Y",), "sexe": "F", "date_naissance": "1979-03-14"}
    with pytest.raises(DemandeRefusee):
        client.appeler(DemandeTraits(**{**bon, **change}))
    with pytest.raises(DemandeRefusee):
        client.appeler(DemandeTraits("A\x00B", ("Y",), "F", "1979-03-14"))
    assert not insi.recues


@pytest.mark.rule("INS-15")
def test_nothing_of_a_person_in_addresses_logs_and_texts(
    insi: Insi, reglages: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    demande = traits("Ordinaire", "Claire Louise", "F", "1979-03-14")
    fini = chercher(demande)
    with pytest.raises(InsiIndisponible) as levee:
        chercher(traits("Faute Technique", "Claire", "F", "1979-03-14"))
    dit = json.dumps([r.getMessage() for r in caplog.records])
    dit += "".join(str(r.url) for r in insi.recues)
    dit += f"{demande!r}{fini!r}{fini.individu!r}{levee.value!r}{levee.value}{levee.value.details}"
    for trait in (
        "ORDINAIRE",
        "Ordinaire",
        "CLAIRE",
        "Claire",
        "1979-03-14",
        "279035121518989",
        "2790351215189",
    ):
        assert trait not in dit


@pytest.mark.rule("INS-10")
def test_without_an_address_nothing_is_called(settings: Any, insi: Insi) -> None:
    settings.ES_INSI = {**settings.ES_INSI, "url": ""}
    with pytest.raises(InsiIndisponible) as levee:
        client.appeler(traits("Ordinaire", "Claire", "F", "1979-03-14"))
    assert levee.value.panne is Panne.NON_CONFIGURE
    assert not insi.recues
