"""A record with a row in each of its tables, for the contracts that walk them all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.kernel.codes import EtatProfil, GenreActeur
from espace_sante.kernel.ids import uuid7
from espace_sante.kernel.ins import OID_TEST, Ins, cle
from espace_sante.kernel.traits import Traits
from espace_sante.platform.postgres.rls import portee


def remplir_un_dossier() -> UUID:
    """A record with at least one row in each of its tables."""
    from espace_sante.acces.alimentation import alimenter
    from espace_sante.acces.indexation_texte import indexer_dossiers
    from espace_sante.acces.models import Consentement
    from espace_sante.documents.models import Document, Suppression
    from espace_sante.dossier.services import NouveauDossier, creer
    from tests.contrat.exemples import lot

    dossier_id, maintenant = uuid7(), datetime.now(UTC)
    ins = Ins("2850375000011" + cle("2850375000011"), OID_TEST)
    creer(
        NouveauDossier(
            dossier_id=dossier_id,
            ins=ins,
            traits=Traits("EXEMPLE", "Paule", "1985-03-01", "F", "75056"),
            etat=EtatProfil.ACTIVE,
            etat_depuis=maintenant,
        )
    )
    structure = Acteur(GenreActeur.STRUCTURE, nom="Laboratoire", structure_id="1750000001", client_id="labo")
    alimenter(structure, dossier_id, lot(structure.structure_id), contexte=Contexte("fhir"))
    with portee(dossier_id):
        Consentement.objects.create(
            dossier_id=dossier_id, id=uuid7(), genre="ponctuel", rpps="10000000001", recueilli_le=maintenant,
            expire_le=maintenant + timedelta(hours=1), recueilli_par="10000000001", recueilli_par_nom="Anne Morel",
        )  # fmt: skip
        Suppression.objects.bulk_create(
            Suppression(
                dossier_id=dossier_id, document_id=d.id, etat="annulee", statut_avant="current", par="titulaire",
                demandee_le=maintenant,
            )
            for d in Document.objects.filter(dossier_id=dossier_id)
        )  # fmt: skip
    _changer_de_matricule(dossier_id, maintenant)
    _decider(dossier_id, maintenant)
    _demander_une_copie(dossier_id, maintenant)
    _signaler_et_avertir(dossier_id, maintenant)
    indexer_dossiers([dossier_id])
    _ranger_et_epingler(dossier_id, maintenant)
    _mesurer(dossier_id, maintenant)
    _proposer_et_transmettre(dossier_id, maintenant)
    _prendre_rendez_vous(dossier_id)
    _sceller_et_effacer(dossier_id, maintenant)
    return dossier_id


def _changer_de_matricule(dossier_id: UUID, quand: datetime) -> None:
    """A number that the holder had before."""
    from espace_sante.identite.models import AncienMatricule

    with portee(dossier_id):
        AncienMatricule.objects.create(
            dossier_id=dossier_id, oid=OID_TEST, matricule="785037500001104", fin=quand.date()
        )


def _decider(dossier_id: UUID, quand: datetime) -> None:
    """A block, a role, a member left out, an access code, an emergency."""
    from espace_sante.acces.models import (
        Appairage,
        Blocage,
        CodeAcces,
        Exclusion,
        Partage,
        Referent,
        SessionAppairage,
        Urgence,
    )

    cle, qui = {"dossier_id": dossier_id}, {"rpps": "10000000001", "nom": "Anne Morel"}
    with portee(dossier_id):
        Blocage.objects.create(
            **cle,
            id=uuid7(),
            genre="professionnel",
            cle="10000000002",
            nom="X",
            pose_le=quand,
            pose_par="titulaire",
        )
        Referent.objects.create(
            **cle, **qui, id=uuid7(), role="medecin_traitant", depuis=quand, par="titulaire"
        )
        Partage.objects.create(**cle, **qui, id=uuid7(), document_id=uuid7(), cree_le=quand, expire_le=quand)
        appairage = Appairage.objects.create(
            **cle, id=uuid7(), client_id="carnet", nom="Carnet de tension", lignes=["soins mesures.poids:lire"],
            cree_le=quand,
        )  # fmt: skip
        SessionAppairage.objects.create(
            **cle, id=uuid7(), appairage_id=appairage.id, cree_le=quand, code=bytes(32), code_expire_le=quand,
            defi="x", retour="https://carnet.test/", nonce="n", connecte_le=quand,
        )  # fmt: skip
        Exclusion.objects.create(**cle, **qui, id=uuid7(), consentement_id=uuid7(), depuis=quand)
        CodeAcces.objects.create(**cle, id=uuid7(), empreinte=bytes(32), cree_le=quand, expire_le=quand)
        Urgence.objects.create(
            **cle, **qui, id=uuid7(), mode="bris_de_glace", motif="essai", ouverte_le=quand, expire_le=quand
        )


def _proposer_et_transmettre(dossier_id: UUID, quand: datetime) -> None:
    """A subscription of a software, a member proposed, the choices that an establishment collected."""
    from espace_sante.acces.models import Abonnement, ChoixEtablissement, PropositionCercle

    cle = {"dossier_id": dossier_id}
    with portee(dossier_id):
        Abonnement.objects.create(
            **cle, id=uuid7(), rpps="10000000001", situation_id="s", mode_authentification="DIRECTE", client_id="lps",
            demande_scellee=b"x", etat="active", fin=quand, cree_le=quand, maj_le=quand,
        )  # fmt: skip
        PropositionCercle.objects.create(
            **cle, id=uuid7(), groupe_id=uuid7(), rpps="10000000003", nom="Luc Petit", propose_par="10000000001",
            propose_par_nom="Anne Morel", client_id="lps", propose_le=quand, etat="proposee",
        )  # fmt: skip
        ChoixEtablissement.objects.create(
            **cle, structure_id="1990000001", alimentation="IO", alimentation_le=quand, recu_le=quand
        )


def _mesurer(dossier_id: UUID, quand: datetime) -> None:
    """A weight that a service sent, with the scales that took it."""
    from espace_sante.acces.tests.fabrique_appairage import service_appaire
    from espace_sante.profil_medical.tests.fabrique import mesurer_par_un_service

    mesurer_par_un_service(service_appaire(dossier_id, ["mesures.poids:ecrire"])[0], "71.5", quand)


def _prendre_rendez_vous(dossier_id: UUID) -> None:
    """An appointment that its source changed, and that the holder noted."""
    from espace_sante.agenda.tests.fabrique import remplir

    remplir(dossier_id)


def _sceller_et_effacer(dossier_id: UUID, quand: datetime) -> None:
    """A leaf of the sealed log and the destruction of a trace, as the owner of the tables writes them."""
    from espace_sante.traces.models import Effacement, Feuille

    with portee(dossier_id):
        Feuille.objects.create(
            dossier_id=dossier_id,
            trace_id=uuid7(),
            genre="trace",
            version=1,
            shard=0,
            rang=0,
            empreinte=bytes(32),
        )
        Effacement.objects.create(dossier_id=dossier_id, id=uuid7(), quand=quand, motif="essai", nombre=1)


def _ranger_et_epingler(dossier_id: UUID, quand: datetime) -> None:
    """A folder of the holder, with a document in it that he pinned."""
    from espace_sante.documents.models import Classement, DepotPrepare, Document, DossierPerso, Epingle

    with portee(dossier_id):
        DepotPrepare.objects.create(
            dossier_id=dossier_id, id=uuid7(), par="10000000001", cree_le=quand, saisie=b"x", fichier=b"x"
        )
        dossier = DossierPerso.objects.create(
            dossier_id=dossier_id, id=uuid7(), nom="Analyses", nom_plie="analyses", cree_le=quand
        )
        for d in Document.objects.filter(dossier_id=dossier_id):
            Classement.objects.create(dossier_id=dossier_id, document_id=d.id, dossier_perso_id=dossier.id)
            Epingle.objects.create(dossier_id=dossier_id, document_id=d.id, posee_le=quand)


def _demander_une_copie(dossier_id: UUID, quand: datetime) -> None:
    """A copy with its first piece, and a choice about automatic reading."""
    from espace_sante.dossier.models import AccordExtraction, Export, MorceauExport

    with portee(dossier_id):
        export = Export.objects.create(dossier_id=dossier_id, id=uuid7(), demande_le=quand)
        MorceauExport.objects.create(dossier_id=dossier_id, export_id=export.id, rang=0, scelle=b"x")
        AccordExtraction.objects.create(dossier_id=dossier_id, depuis=quand)


def _signaler_et_avertir(dossier_id: UUID, quand: datetime) -> None:
    """A report with its first step, a notice and a preference."""
    from espace_sante.acces.mon_espace import ouvrir_mon_espace
    from espace_sante.acces.signalements import demander_rectification
    from espace_sante.notifications.services import choisir, premier_acces

    lui = Acteur(GenreActeur.TITULAIRE, nom="Paule", dossier_id=dossier_id)
    with ouvrir_mon_espace(lui, contexte=Contexte("cli")) as espace:
        demander_rectification(espace, "Une information est fausse.")
        premier_acces(dossier_id, Acteur(GenreActeur.PROFESSIONNEL, rpps="10000000001"), quand)
        choisir(dossier_id, "documents", courriel=False)
