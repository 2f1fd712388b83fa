"""The answer to a message that carries documents (XDM-17)."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from email import message_from_bytes
from email.policy import SMTP
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from espace_sante.documents.cda.tests.exemple import INS as NUMERO
from espace_sante.documents.xdm.lecture import Reglages
from espace_sante.documents.xdm.tests.fabrique import AUTRE_INS
from espace_sante.messagerie.accuses import Erreur, Issue, accuser, issue, repond
from espace_sante.messagerie.composition import composer
from espace_sante.messagerie.lecture import lire_message
from espace_sante.messagerie.modele import Correspondant, Recu
from espace_sante.messagerie.tests.fabrique import CDA, INS, MEDECIN, QUAND, REGLAGES, entree, envoi

MOI = Correspondant(f"{NUMERO}@patient.mssante.fr")
BON = composer(envoi(accuse=True))
RECU = lire_message(BON, REGLAGES)


def _change(*changements: tuple[str, str]) -> Recu:
    """A message whose CDA is changed: what the archive says of it stays as it was."""
    contenu = CDA.decode()
    for avant, apres in changements:
        assert avant in contenu
        contenu = contenu.replace(avant, apres, 1)
    e, _ = entree()
    brut = contenu.encode()
    autre = replace(e, metadonnees=replace(e.metadonnees, taille=len(brut), sha1=_sha1(brut)))
    return lire_message(composer(envoi((autre, brut), accuse=True)), REGLAGES)


def _sha1(contenu: bytes) -> bytes:
    return hashlib.sha1(contenu, usedforsecurity=False).digest()


def _accuse(resultat: Issue, recu: Recu = RECU, retour: str = MEDECIN.adresse) -> bytes | None:
    return accuser(recu, resultat, de=MOI, retour=retour, original=BON, identifiant="77", quand=QUAND)


@pytest.mark.rule("XDM-17")
def test_what_is_taken_in_is_answered_processed() -> None:
    resultat = issue(RECU)
    assert resultat == Issue()
    brut = _accuse(resultat)
    assert brut is not None
    message: Any = message_from_bytes(brut, policy=SMTP)
    assert message.get_content_type() == "multipart/report"
    assert message.get_param("report-type") == "disposition-notification"
    assert message["To"] == MEDECIN.adresse
    assert message["Subject"].startswith("XDM/1.0/DDM+Lettre de liaison")
    genres = [p.get_content_type() for p in message.iter_parts()]
    assert genres == ["text/plain", "message/disposition-notification", "message/rfc822"]
    assert b"\r\nDisposition: automatic-action/MDN-sent-automatically; processed\r\n" in brut
    assert f"Original-Message-ID: {RECU.identifiant}".encode() in brut
    # Its own reader knows it for what it is, and answers it never.
    relu = lire_message(brut, REGLAGES)
    assert relu.est_accuse
    assert relu.archive is None
    assert not repond(relu, MOI.adresse)


@pytest.mark.rule("XDM-17")
@pytest.mark.parametrize("erreur", list(Erreur))
def test_each_error_is_told_in_its_place(erreur: Erreur) -> None:
    brut = _accuse(Issue(erreur))
    assert brut is not None
    assert f"; processed/Error: {erreur.code}^{erreur.texte}\r\n".encode() in brut
    assert message_from_bytes(brut, policy=SMTP)["Subject"].startswith(
        f"[KO Intégration système !][{erreur.code}] XDM/1.0/DDM+"
    )
    assert NUMERO not in erreur.texte


@pytest.mark.rule("XDM-17", "CDA-24", "CDA-25")
@pytest.mark.parametrize(
    ("changements", "attendu"),
    [
        ([('root="1.2.250.1.213.1.4.10"', 'root="1.2.3"')], Erreur.INS_ABSENT),
        ([(NUMERO, AUTRE_INS.matricule)], Erreur.INS_DIFFERENT),
        ([('<birthTime value="19790328"/>', "")], Erreur.INS_INCOMPLET),
        ([('<realmCode code="FR"/>', '<realmCode code="BE"/>')], Erreur.AUTRE),
    ],
)
def test_what_a_document_lacks_has_its_code(changements: list[tuple[str, str]], attendu: Erreur) -> None:
    assert issue(_change(*changements)) == Issue(attendu)


@pytest.mark.rule("XDM-17")
def test_the_other_codes() -> None:
    assert issue(replace(RECU, version="2.0")) == Issue(Erreur.VERSION)
    assert issue(RECU, patient_connu=False) == Issue(Erreur.PATIENT_INCONNU)
    ailleurs = lire_message(BON, Reglages(production=False, attendu=AUTRE_INS))
    assert issue(ailleurs) == Issue(Erreur.INS_DIFFERENT)
    assert issue(replace(RECU, archive=None, refus="xdm-illisible")) == Issue(Erreur.AUTRE)
    assert issue(replace(RECU, porte_documents=False)) is None
    assert INS.matricule == NUMERO


@pytest.mark.rule("XDM-17", "MSG-89")
@given(
    st.booleans(), st.booleans(), st.sampled_from(["", "anne.morel@medecin.mssante.fr", "autre@medecin.mssante.fr"]),
    st.sampled_from(["", "anne.morel@medecin.mssante.fr", "<Anne.Morel@medecin.mssante.fr>", "autre@medecin.mssante.fr"]),
)  # fmt: skip
def test_an_answer_goes_to_the_return_path_or_nowhere(
    accuse: bool, automatique: bool, demande: str, retour: str
) -> None:
    recu = replace(RECU, est_accuse=accuse, automatique=automatique, accuse_a=demande)
    droit = not accuse and not automatique and demande != "" and retour.strip("<>").lower() == demande
    assert repond(recu, retour) is droit
    assert (_accuse(Issue(), recu, retour) is not None) is droit


@pytest.mark.rule("XDM-17")
def test_a_message_cannot_put_a_header_into_its_answer() -> None:
    faux = BON.replace(b"Message-ID: <0192a@", b"Message-ID: <0192a\xc2\x85Disposition:x@")
    brut = _accuse(Issue(), lire_message(faux, REGLAGES))
    assert brut is not None
    champs = brut.partition(b"message/disposition-notification")[2].partition(b"--==")[0]
    assert champs.count(b"\r\nDisposition:") == 1
