"""A document taken away as a message of MSSanté, from the portal (XDM-10 to XDM-12, XDM-15)."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from espace_sante.acces import matrice
from espace_sante.documents.ecriture import changer_masque
from espace_sante.documents.xdm.lecture import Reglages
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.models import BoiteMss
from espace_sante.kernel.ins import OID_TEST, Ins
from espace_sante.messagerie.lecture import lire_message
from espace_sante.platform.postgres.rls import portee
from espace_sante.web.pro.tests import atelier

pytestmark = pytest.mark.django_db
_TYPES = ("11502-2", "18748-4", "57833-6", "34133-9")
_BOITE = "anne.morel@medecin.mssante.fr"


def _qui(code: str = "10") -> Acteur:
    return atelier.acteur(atelier.professionnel(code)[0])


def _adresse(cle: str, document: UUID) -> str:
    return f"/pro/patient/{cle}/documents/{document}/message/"


@pytest.mark.rule("XDM-10", "XDM-12", "AUD-01", "REG-12")
def test_the_message_carries_the_document_and_is_traced() -> None:
    dossier_id, numero = atelier.creer_dossier()
    qui = _qui()
    document = atelier.deposer(dossier_id, _qui(), "11502-2", "Analyse de sang")
    BoiteMss.objects.create(
        id=uuid4(), adresse=_BOITE, genre="PER", rpps=qui.rpps, vu_le="2026-03-02T10:00:00Z"
    )
    client = atelier.averti(qui)
    cle = atelier.ouvrir(client, numero)
    assert "message/" in client.get(f"/pro/patient/{cle}/documents/{document}/").content.decode()
    reponse = client.get(_adresse(cle, document))
    assert reponse.status_code == 200
    assert reponse["Content-Type"] == "message/rfc822"
    assert reponse["Cache-Control"] == "no-store"
    assert "Analyse" not in reponse["Content-Disposition"]
    recu = lire_message(reponse.content, Reglages(production=False, attendu=Ins(numero, OID_TEST)))
    assert recu.version == "1.0"
    assert recu.sujet.startswith("Analyse de sang ")
    assert recu.de == _BOITE
    assert recu.archive is not None
    assert not recu.archive.retenue
    assert [d.contenu for d in recu.archive.documents] == [atelier.PDF]
    # It is no CDA: nothing is said of one.
    assert set(recu.annonces) == {"X-MSS-NIL"}
    assert b"X-Unsent: 1" in reponse.content
    assert ("telechargement", [document]) in [(t.action, t.document_ids) for t in atelier.traces(dossier_id)]


@pytest.mark.rule("XDM-15")
def test_what_the_holder_masked_does_not_leave_even_for_its_author() -> None:
    dossier_id, numero = atelier.creer_dossier()
    auteur = _qui()
    document = atelier.deposer(dossier_id, auteur, "11502-2", "Analyse de sang")
    with portee(dossier_id):
        changer_masque(dossier_id, document, masque=True, par="titulaire")
    client = atelier.averti(auteur)
    cle = atelier.ouvrir(client, numero)
    assert "message/" not in client.get(f"/pro/patient/{cle}/documents/{document}/").content.decode()
    reponse = client.get(_adresse(cle, document))
    assert reponse.status_code == 409
    assert b"IHE_XDM" not in reponse.content


@pytest.mark.rule("ACC-34", "ACC-01")
def test_who_may_not_read_a_document_gets_no_message_of_it() -> None:
    dossier_id, numero = atelier.creer_dossier()
    edition = matrice.en_vigueur()
    assert edition is not None
    cachee = next(t for t in _TYPES if t not in matrice.ligne(edition.numero, "TRE_G15", "26", ""))
    document = atelier.deposer(dossier_id, _qui(), cachee, "Analyse")
    interdit = atelier.averti(_qui("26"))
    cle = atelier.ouvrir(interdit, numero)
    assert interdit.get(_adresse(cle, document)).status_code == 404
    assert atelier.averti(_qui()).get(_adresse(cle, document)).status_code == 404
    medecin = atelier.averti(_qui())
    assert medecin.get(_adresse(atelier.ouvrir(medecin, numero), uuid4())).status_code == 404
