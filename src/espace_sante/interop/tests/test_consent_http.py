"""TD0.3 over HTTP: an authorisation by consent or by the holder's code, and its end (FHR-52 to FHR-55)."""

from __future__ import annotations

import json
import uuid
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from espace_sante.acces import codes, controle
from espace_sante.acces.models import Consentement
from espace_sante.acces.mon_espace import ouvrir_mon_espace
from espace_sante.acces.tests.fabrique import CONTEXTE, dossier, ins, professionnel, titulaire
from espace_sante.identite.acteurs import Acteur
from espace_sante.interop.fhir.consentement import CODE, INFORME, MODE, SCOPE
from espace_sante.interop.tests.lps import FHIR, Lps, codes_refus, entetes
from espace_sante.interop.views import consentements
from espace_sante.kernel.codes import GenreActeur, ModeAcces
from espace_sante.kernel.ins import Ins
from espace_sante.platform.postgres.rls import portee
from espace_sante.traces.models import Trace

pytestmark = pytest.mark.django_db
RPPS = "99000000001"


@pytest.fixture
def medecin(client: Client) -> Lps:
    return Lps(client, professionnel())


@pytest.fixture
def dossier_id() -> uuid.UUID:
    return dossier()[0]


def consent(mode: str = "oral", numero: Ins | None = None, rpps: str = RPPS, **plus: Any) -> dict[str, Any]:
    qui = numero or ins(1)
    extensions: list[dict[str, Any]] = [{"url": MODE, "valueCode": mode}]
    if "code" in plus:
        extensions.append({"url": CODE, "valueString": plus.pop("code")})
    if plus.pop("informe", False):
        extensions.append({"url": INFORME, "valueBoolean": True})
    return {
        "resourceType": "Consent",
        "extension": extensions,
        "status": "active",
        "scope": {"coding": [{"system": SCOPE, "code": "patient-privacy"}]},
        "patient": {"identifier": {"system": qui.urn, "value": qui.matricule}},
        "provision": {
            "type": "permit",
            "actor": [
                {"reference": {"identifier": {"system": "urn:oid:1.2.250.1.71.4.2.1", "value": f"8{rpps}"}}}
            ],
        },
        **plus,
    }


def poster(lps: Lps, corps: object, acteur: Acteur | None = None, **plus: str) -> Any:
    return lps.client.post(
        "/fhir/Consent",
        json.dumps(corps).encode(),
        content_type=FHIR,
        headers=entetes(acteur or lps.acteur, **plus),
    )


def finir(lps: Lps, lieu: str, corps: object = None) -> Any:
    patch = corps or [{"op": "replace", "path": "/status", "value": "inactive"}]
    return lps.client.patch(
        lieu[lieu.index("/fhir/") :],
        json.dumps(patch).encode(),
        content_type="application/json-patch+json",
        headers=entetes(lps.acteur),
    )


def refuse(reponse: Any, statut: int, code: str) -> None:
    assert (reponse.status_code, codes_refus(reponse)) == (statut, [code])


@pytest.mark.rule("FHR-52", "FHR-55", "ACC-11")
def test_added_then_ended(medecin: Lps, dossier_id: uuid.UUID) -> None:
    assert codes_refus(medecin.chercher(ins(1))) == ["dicah-c"]
    fait = poster(medecin, consent())
    assert fait.status_code == 201, fait.content
    lu = json.loads(fait.content)
    assert (lu["status"], lu["patient"]["reference"]) == ("active", f"Patient/{dossier_id}")
    assert fait["Location"].endswith(f"/Consent/{lu['id']}")
    assert lu["provision"]["period"]["end"] > lu["dateTime"]
    assert medecin.chercher(ins(1)).status_code == 200
    autre = Lps(medecin.client, professionnel("99000000002", structure="1990000002"))
    refuse(finir(autre, fait["Location"]), 404, "introuvable")
    refuse(finir(medecin, fait["Location"], [{"op": "remove", "path": "/provision"}]), 422, "patch-consent")
    assert medecin.chercher(ins(1)).status_code == 200
    fini = finir(medecin, fait["Location"])
    assert (fini.status_code, json.loads(fini.content)["status"]) == (200, "inactive")
    assert finir(medecin, fait["Location"]).status_code == 200
    assert codes_refus(medecin.chercher(ins(1))) == ["dicah-c"]
    with portee(dossier_id):
        traces = list(
            Trace.objects.filter(dossier_id=dossier_id, action__contains="consentement").order_by("id")
        )
    assert [(t.action, t.resultat, t.porte) for t in traces] == [
        ("consentement", "fait", "fhir"),
        ("retrait_consentement", "refus", "fhir"),
        ("retrait_consentement", "fait", "fhir"),
    ]


@pytest.mark.rule("FHR-53", "ACC-24", "ACC-25", "ACC-28")
def test_the_holder_s_code_with_the_ins(medecin: Lps, dossier_id: uuid.UUID) -> None:
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        chiffres, _ = codes.creer(espace)
    fait = poster(medecin, consent("code_acces", code=chiffres))
    assert fait.status_code == 201, fait.content
    assert chiffres not in fait.content.decode()
    assert json.loads(fait.content)["extension"] == [{"url": MODE, "valueCode": "code_acces"}]
    assert medecin.chercher(ins(1)).status_code == 200
    # Once only, and with that INS only.
    refuse(poster(medecin, consent("code_acces", code=chiffres)), 403, "code-acces-refuse")
    refuse(poster(medecin, consent("code_acces", numero=ins(9), code=chiffres)), 403, "code-acces-refuse")


@pytest.mark.rule("FHR-53", "ACC-27")
def test_five_wrong_codes_stop_the_entry(medecin: Lps, dossier_id: uuid.UUID) -> None:
    for essai in range(5):
        refuse(poster(medecin, consent("code_acces", code=f"0000000{essai}")), 403, "code-acces-refuse")
    bloque = poster(medecin, consent("code_acces", code="00000009"))
    refuse(bloque, 429, "code-acces-bloque")
    assert bloque["Retry-After"]
    with portee(dossier_id):
        assert Trace.objects.filter(dossier_id=dossier_id, action="code_acces", resultat="refus").count() == 5
        assert not Consentement.objects.filter(dossier_id=dossier_id).exists()


@pytest.mark.rule("FHR-54", "ACC-50", "EMG-13")
def test_who_may_not(medecin: Lps, dossier_id: uuid.UUID) -> None:
    refuse(poster(medecin, consent(rpps="99000000002")), 403, "autorisation-interdite")
    structure = replace(medecin.acteur, genre=GenreActeur.STRUCTURE, rpps="")
    refuse(poster(medecin, consent(), structure), 403, "autorisation-interdite")
    urgence = replace(medecin.acteur, finalite=ModeAcces.BRIS_DE_GLACE)
    refuse(poster(medecin, consent(), urgence), 403, "autorisation-interdite")
    sans = replace(medecin.acteur, portees=frozenset({"ITI-67"}))
    refuse(poster(medecin, consent(), sans), 403, "insufficient_scope")
    refuse(poster(medecin, consent(numero=ins(9))), 403, "dicah-d")
    refuse(poster(medecin, consent(), **{"X-MES-Identite": "PROV"}), 403, "dicah-i")
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        controle.bloquer(espace, "professionnel", RPPS)
    refuse(poster(medecin, consent()), 403, "professionnel_bloque")
    with portee(dossier_id):
        assert not Consentement.objects.filter(dossier_id=dossier_id).exists()


@pytest.mark.rule("FHR-52", "FHR-07", "FHR-40")
@pytest.mark.parametrize(
    ("faute", "code"),
    [
        ({"status": "draft"}, "valeur-fixe"),
        ({"scope": {"coding": [{"system": SCOPE, "code": "treatment"}]}}, "valeur-fixe"),
        ({"patient": {"display": "Lou"}}, "patient-forme"),
        ({"provision": {"type": "permit"}}, "beneficiaire"),
        ({"provision": {"type": "deny", "actor": [{"reference": {"reference": f"CareTeam/{uuid.uuid4()}"}}]}},
         "valeur-fixe"),
        ({"extension": [{"url": MODE, "valueCode": "telepathie"}]}, "mode-recueil"),
        ({"extension": [{"url": MODE, "valueCode": "code_acces"}]}, "code-acces-forme"),
        ({"extension": [{"url": MODE, "valueCode": "oral"}, {"url": "urn:x", "valueCode": "y"}]}, "element-inconnu"),
        ({"inconnu": 1}, "element-inconnu"),
    ],
)  # fmt: skip
def test_badly_formed(
    medecin: Lps, dossier_id: uuid.UUID, faute: dict[str, Any], code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    traces: list[Any] = []
    monkeypatch.setattr(consentements, "noter_refus", lambda *args, **_: traces.append(args[1:]))
    refuse(poster(medecin, consent(**faute)), 400, code)
    assert traces == [("consentement", code)]
