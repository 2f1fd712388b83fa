"""Pairings over time, against a plain model: what the gate opens is what the holder last said, for that service alone."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from espace_sante.acces.appairages import accord, sessions
from espace_sante.acces.appairages.choix import Ligne
from espace_sante.acces.appairages.demandes import Demande, offres_de
from espace_sante.acces.appairages.droits import TOUS
from espace_sante.acces.appairages.porte import AppairageRefuse, ouvrir_par_appairage
from espace_sante.acces.appairages.secrets import defi_de
from espace_sante.acces.mon_espace import ouvrir_mon_espace
from espace_sante.acces.tests.fabrique import CONTEXTE, dossier, titulaire
from espace_sante.acces.tests.fabrique_appairage import service
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.jetons import JetonInvalide, lire_jeton, oublier
from espace_sante.identite.models import Logiciel

pytestmark = pytest.mark.django_db
VERIFIEUR = "v" * 43
DROITS = ["mesures.poids:lire", "mesures.poids:ecrire", "documents:lire", "identite:lire"]
LIGNES = [f"{f} {d}" for f in ("soins", "prevention") for d in DROITS]
UNE, DEUX = frozenset(LIGNES[:1]), frozenset(LIGNES[1:3])
GESTES = st.lists(
    st.tuples(
        st.sampled_from(["accorder", "accorder", "changer", "retirer", "rafraichir", "rejouer"]),
        st.sampled_from([0, 0, 0, 1]),  # which holder
        st.sampled_from([0, 0, 0, 1]),  # which service
        st.frozensets(st.sampled_from(LIGNES), min_size=1, max_size=4),
    ),
    min_size=4,
    max_size=10,
)


class Modele:
    """Two holders, two services: what each pairing holds, and the tokens that are alive."""

    def __init__(self) -> None:
        self.dossiers = [dossier(1)[0], dossier(2)[0]]
        finalites = [{"code": c, "texte": "x", "droits": DROITS} for c in ("soins", "prevention")]
        self.services = [
            service(nom, solution_oid=f"1.2.3.{rang}", finalites=finalites)
            for rang, nom in enumerate(("un", "deux"))
        ]
        self.lignes: dict[tuple[int, int], frozenset[str]] = {}
        self.vivants: dict[tuple[int, int], list[sessions.Remise]] = {}
        self.morts: list[sessions.Remise] = []

    def appliquer(self, geste: str, qui: int, quoi: int, lignes: frozenset[str]) -> None:
        dossier_id, logiciel, cle = self.dossiers[qui], self.services[quoi], (qui, quoi)
        if geste in ("accorder", "changer", "retirer"):
            with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
                vu = next(
                    (
                        a
                        for a in accord.lister(espace)
                        if a.client_id == logiciel.client_id and not a.retire_le
                    ),
                    None,
                )
                assert (vu is not None) == (cle in self.lignes)
                if geste == "accorder" and lignes:
                    demande = Demande(
                        logiciel, logiciel.retours[0], "e", "n", defi_de(VERIFIEUR), "", offres_de(logiciel)
                    )
                    code = accord.accorder(espace, demande, lignes, datetime.now(UTC))
                elif geste == "changer" and vu and lignes:
                    accord.changer(espace, vu.id, lignes)
                elif geste == "retirer" and vu:
                    assert accord.retirer(espace, vu.id)
            if geste == "accorder" and lignes:
                self.lignes[cle] = lignes
                self.vivants.setdefault(cle, []).append(
                    sessions.echanger(self.presente(logiciel), code, logiciel.retours[0], VERIFIEUR)
                )
            elif geste == "changer" and vu and lignes:
                self.lignes[cle] = lignes
            elif geste == "retirer" and vu:
                del self.lignes[cle]
                self.morts += self.vivants.pop(cle, [])
        elif self.vivants.get(cle):
            ancien = self.vivants[cle].pop(0)
            nouveau = sessions.rafraichir(self.presente(logiciel), ancien.rafraichissement)
            if geste == "rejouer":
                with pytest.raises(sessions.JetonRefuse):
                    sessions.rafraichir(self.presente(logiciel), ancien.rafraichissement)
                self.morts += [ancien, nouveau]
            else:
                self.vivants[cle].append(nouveau)

    @staticmethod
    def presente(logiciel: Logiciel) -> sessions.Presente:
        return sessions.Presente(logiciel, "", CONTEXTE)

    def verifier(self) -> None:
        for (qui, quoi), remises in self.vivants.items():
            droits = {ligne.split(" ")[1] for ligne in self.lignes[(qui, quoi)]}
            for remise in remises:
                acteur = lire_jeton(remise.acces)
                assert ouverts(acteur) == droits
                autre = self.dossiers[1 - qui]
                assert ouverts(acteur, autre) == set(), "another holder, paired with the same service or not"
        for remise in self.morts:
            with pytest.raises(JetonInvalide):
                lire_jeton(remise.acces)
            assert ouverts(remise.acteur) == set(), "even by who would skip the token's own check"


def ouverts(acteur: Acteur, cible: UUID | None = None) -> set[str]:
    """Every right that the gate gives, one by one."""
    donnes = set()
    for droit in TOUS:
        try:
            with ouvrir_par_appairage(acteur, cible, contexte=CONTEXTE) as espace:
                espace.exiger(droit)
                donnes.add(str(droit))
        except AppairageRefuse:
            continue
    return donnes


@pytest.mark.rule("OID-28", "FHR-150", "FHR-152")
@settings(
    max_examples=5, deadline=None, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@example([("accorder", 0, 0, UNE), ("retirer", 0, 0, UNE), ("accorder", 0, 0, UNE), ("accorder", 1, 0, UNE)])
@example([("accorder", 0, 0, UNE), ("rejouer", 0, 0, UNE), ("accorder", 0, 1, UNE), ("changer", 0, 1, DEUX)])
@given(GESTES)
def test_the_gate_opens_what_the_holder_last_said(
    gestes: list[tuple[str, int, int, frozenset[str]]],
) -> None:
    oublier()
    with transaction.atomic():
        modele = Modele()
        for geste in gestes:
            modele.appliquer(*geste)
        modele.verifier()
        transaction.set_rollback(True)


def test_a_line_is_one_purpose_and_one_right() -> None:
    assert str(Ligne("soins", min(TOUS))).count(" ") == 1
