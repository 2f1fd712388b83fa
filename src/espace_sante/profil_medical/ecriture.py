"""Writing measures: add, change, delete what one wrote (FHR-141 to FHR-153, MES-16, MES-19). Each act is traced."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import psycopg
from django.db import transaction

from espace_sante.acces.appairages.droits import Sens
from espace_sante.kernel.ids import uuid7
from espace_sante.platform.postgres.direct import lire
from espace_sante.profil_medical.carnet import Carnet
from espace_sante.profil_medical.contenu import Contenu, empreinte, empreinte_appareil, sceller_appareil
from espace_sante.profil_medical.errors import (
    MesureChangee,
    MesureDAutrui,
    MesureEnDouble,
    MesureIntrouvable,
    MesureRefusee,
)
from espace_sante.profil_medical.genres import genres
from espace_sante.profil_medical.nouvelle import NouvelleMesure
from espace_sante.profil_medical.queries import MesureVue, naissance, trouver
from espace_sante.profil_medical.regles import CodeDonne, Ecart, MesureDonnee, verifier
from espace_sante.traces.ecriture import Action


@dataclass(frozen=True, slots=True)
class Fait:
    """What was written; `nouvelle` and `nouvel_appareil` are false for what was there already (FHR-153)."""

    mesure: MesureVue
    nouvelle: bool
    appareil_id: UUID | None
    nouvel_appareil: bool


def ajouter(carnet: Carnet, nouvelle: NouvelleMesure, *, maintenant: datetime) -> Fait:
    """Keep a measure; the same one sent again is found, not added.

    Raises AppairageRefuse, MesureRefusee (every fault), MesureIntrouvable (the instrument).
    """
    _permettre(carnet, nouvelle, maintenant)
    identifiant = uuid7()
    appareil_id, nouvel_appareil = _appareil(carnet, nouvelle, maintenant)
    donnee = nouvelle.donnee
    lignes = lire(
        "INSERT INTO profil_medical_mesure (dossier_id, id, genre, quand, auteur, client_id, auteur_nom, source,"
        " appareil_id, empreinte, scelle, version, cree_le, maj_le)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 1, %s, %s)"
        " ON CONFLICT (dossier_id, empreinte) DO NOTHING RETURNING id",
        [
            carnet.dossier_id,
            identifiant,
            donnee.genre.code_genre,
            donnee.quand,
            carnet.auteur,
            carnet.client_id,
            carnet.nom[:200],
            nouvelle.source or carnet.source,
            appareil_id,
            _empreinte(carnet, donnee),
            _contenu(nouvelle).sceller(carnet.cle, identifiant),
            maintenant,
            maintenant,
        ],
    )
    if not lignes:
        ((identifiant,),) = lire(
            "SELECT id FROM profil_medical_mesure WHERE dossier_id = %s AND empreinte = %s",
            [carnet.dossier_id, _empreinte(carnet, donnee)],
        )
    carnet.noter(Action.MESURE_AJOUTEE, donnee.genre)
    return Fait(trouver(carnet, identifiant), bool(lignes), appareil_id, nouvel_appareil)


def changer(
    carnet: Carnet,
    mesure_id: UUID,
    nouvelle: NouvelleMesure,
    *,
    maintenant: datetime,
    version: int | None = None,
) -> MesureVue:
    """Replace what this author wrote; the kind stays.

    Raises AppairageRefuse, MesureIntrouvable, MesureDAutrui, MesureChangee, MesureRefusee, MesureEnDouble.
    """
    vue = _la_sienne(carnet, mesure_id, version)
    genre = nouvelle.donnee.genre
    if genre.code_genre != vue.genre:
        raise MesureRefusee([Ecart("genre_different", "code")])
    _permettre(carnet, nouvelle, maintenant)
    appareil_id, _ = _appareil(carnet, nouvelle, maintenant)
    try:
        with transaction.atomic():
            lignes = lire(
                "UPDATE profil_medical_mesure SET quand = %s, source = %s, appareil_id = %s, empreinte = %s, scelle = %s,"
                " version = version + 1, maj_le = %s WHERE dossier_id = %s AND id = %s AND version = %s RETURNING id",
                [
                    nouvelle.donnee.quand,
                    nouvelle.source or carnet.source,
                    appareil_id,
                    _empreinte(carnet, nouvelle.donnee),
                    _contenu(nouvelle).sceller(carnet.cle, mesure_id),
                    maintenant,
                    carnet.dossier_id,
                    mesure_id,
                    vue.version,
                ],
            )
    except psycopg.errors.UniqueViolation:
        raise MesureEnDouble from None
    if not lignes:
        raise MesureChangee
    carnet.noter(Action.MESURE_CHANGEE, genre)
    return trouver(carnet, mesure_id)


def supprimer(carnet: Carnet, mesure_id: UUID, *, version: int | None = None) -> MesureVue:
    """Delete what this author wrote, for ever. Raises AppairageRefuse, MesureIntrouvable, MesureDAutrui, MesureChangee."""
    vue = _la_sienne(carnet, mesure_id, version)
    if not lire(
        "DELETE FROM profil_medical_mesure WHERE dossier_id = %s AND id = %s RETURNING id",
        [carnet.dossier_id, mesure_id],
    ):
        raise MesureIntrouvable
    carnet.noter(Action.MESURE_SUPPRIMEE, genres()[vue.genre])
    return vue


def _la_sienne(carnet: Carnet, mesure_id: UUID, version: int | None) -> MesureVue:
    vue = trouver(carnet, mesure_id)
    genre = genres()[vue.genre]
    if not carnet.est_de_lui(vue.auteur, vue.client_id):
        # Who may not even read it learns nothing of it.
        carnet.exiger(genre, Sens.LIRE)
        raise MesureDAutrui
    carnet.exiger(genre, Sens.ECRIRE)
    if version is not None and version != vue.version:
        raise MesureChangee
    return vue


def _permettre(carnet: Carnet, nouvelle: NouvelleMesure, maintenant: datetime) -> None:
    donnee = nouvelle.donnee
    if donnee.genre.ecriture:
        carnet.exiger(donnee.genre, Sens.ECRIRE)
    ecarts = verifier(donnee, maintenant=maintenant, naissance=naissance(carnet.dossier_id))
    if ecarts:
        raise MesureRefusee(ecarts)


def _appareil(carnet: Carnet, nouvelle: NouvelleMesure, maintenant: datetime) -> tuple[UUID | None, bool]:
    appareil = nouvelle.appareil
    if appareil is None:
        if nouvelle.appareil_id and not lire(
            "SELECT 1 FROM profil_medical_appareil WHERE dossier_id = %s AND id = %s AND client_id = %s",
            [carnet.dossier_id, nouvelle.appareil_id, carnet.client_id],
        ):
            raise MesureIntrouvable
        return nouvelle.appareil_id, False
    identifiant = uuid7()
    cle = empreinte_appareil(carnet.cle, carnet.ecrivain, appareil.systeme, appareil.valeur)
    scelle = sceller_appareil(carnet.cle, identifiant, appareil.ressource)
    if lire(
        "INSERT INTO profil_medical_appareil (dossier_id, id, client_id, empreinte, cree_le, scelle)"
        " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (dossier_id, empreinte) DO NOTHING RETURNING id",
        [carnet.dossier_id, identifiant, carnet.client_id, cle, maintenant, scelle],
    ):
        return identifiant, True
    ((present,),) = lire(
        "SELECT id FROM profil_medical_appareil WHERE dossier_id = %s AND empreinte = %s",
        [carnet.dossier_id, cle],
    )
    return present, False


def _empreinte(carnet: Carnet, donnee: MesureDonnee) -> bytes:
    return empreinte(carnet.cle, carnet.ecrivain, donnee.genre.code_genre, donnee.quand, donnee.valeurs)


def _contenu(nouvelle: NouvelleMesure) -> Contenu:
    d = nouvelle.donnee

    def code(donne: CodeDonne | None) -> str:
        return donne.code if donne else ""

    return Contenu(
        valeurs=nouvelle.ecrites,
        quand=nouvelle.quand_ecrit,
        moment=code(d.moment),
        jours=code(d.jours),
        site=code(d.site),
        methode=code(d.methode),
        diabete=code(d.diabete),
        commentaire=nouvelle.commentaire,
        ressource=nouvelle.ressource,
        profils=nouvelle.profils,
    )
