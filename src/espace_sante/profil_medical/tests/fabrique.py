"""Small makers of measures, for the tests of this room and of those above."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from espace_sante.acces.appairages.porte import ouvrir_par_appairage
from espace_sante.acces.mon_espace import ouvrir_mon_espace
from espace_sante.acces.tests.fabrique import CONTEXTE, titulaire
from espace_sante.identite.acteurs import Acteur
from espace_sante.profil_medical.carnet import du_service, du_titulaire
from espace_sante.profil_medical.ecriture import Fait, ajouter
from espace_sante.profil_medical.genres import genres
from espace_sante.profil_medical.nouvelle import NouvelAppareil, NouvelleMesure
from espace_sante.profil_medical.regles import CodeDonne, MesureDonnee

BALANCE = NouvelAppareil(
    systeme="urn:oid:1.2.3",
    valeur="42",
    ressource={
        "resourceType": "Device",
        "identifier": [{"system": "urn:oid:1.2.3", "value": "42"}],
        "deviceName": [{"name": "Ma balance", "type": "user-friendly-name"}],
    },
)


def donnee(genre: str, quand: datetime, *valeurs: str, moment: str = "", jours: str = "") -> MesureDonnee:
    """A measure of that kind, in its own unit."""
    g = genres()[genre]
    codes = [c.code for c in g.composants] or [""]
    return MesureDonnee(
        genre=g,
        quand=quand,
        valeurs={c: Decimal(v) for c, v in zip(codes, valeurs, strict=False)},
        moment=CodeDonne(moment) if moment else None,
        jours=CodeDonne(jours) if jours else None,
    )


def nouvelle(d: MesureDonnee, appareil: NouvelAppareil | None = None) -> NouvelleMesure:
    return NouvelleMesure(
        donnee=d,
        ecrites={c: str(v) for c, v in d.valeurs.items()},
        quand_ecrit=d.quand.isoformat(timespec="seconds"),
        appareil=appareil,
    )


def mesurer(dossier_id: UUID, d: MesureDonnee, maintenant: datetime) -> Fait:
    """As its holder types it."""
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        return ajouter(du_titulaire(espace), nouvelle(d), maintenant=maintenant)


def mesurer_par_un_service(acteur: Acteur, kilos: str, quand: datetime) -> Fait:
    """A weight from scales, by that paired service."""
    with ouvrir_par_appairage(acteur, None, contexte=CONTEXTE) as espace:
        return ajouter(du_service(espace), nouvelle(donnee("poids", quand, kilos), BALANCE), maintenant=quand)
