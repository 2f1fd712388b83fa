"""The rows and the documents of the truth table, put into a real record, for the tests of every door."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from espace_sante.acces.alimentation import alimenter
from espace_sante.acces.models import (
    Blocage,
    Consentement,
    EquipeSoins,
    Exclusion,
    MembreEquipe,
    Partage,
    Referent,
    Urgence,
)
from espace_sante.acces.tests.fabrique import CONTEXTE, document, dossier, lot, professionnel
from espace_sante.acces.tests.reference import Lignes, Piece, Situation, attendu
from espace_sante.documents import nomenclatures
from espace_sante.documents.metadonnees import Auteur
from espace_sante.dossier.models import Dossier
from espace_sante.identite.acteurs import Acteur
from espace_sante.kernel.codes import GenreActeur, ModeAcces
from espace_sante.kernel.ids import uuid7
from espace_sante.platform.postgres.rls import portee

_HEURE = timedelta(hours=1)
_FIN = {
    Blocage: "leve_le",
    Consentement: "retire_le",
    Partage: "retire_le",
    Referent: "jusqua",
    Urgence: "fermee_le",
}
_COMPTE_RENDU = "11488-4"
_ORDONNANCE = "57833-6"


class Table:
    """One record with a document of every type, masked and not; one professional who changes profession."""

    def __init__(self) -> None:
        self.dossier_id, self.ins = dossier()
        self.lui = professionnel("99000000082")
        self.pieces: dict[UUID, Piece] = {}
        self._remplir()

    def acteur(self, s: Situation) -> Acteur:
        """Him, as that situation says."""
        return replace(
            self.lui,
            profession_systeme=s.systeme,
            profession_code=s.profession,
            regulation=s.regulation,
            finalite=ModeAcces(s.mode),
        )

    def naif(self, s: Situation, lignes: Lignes) -> set[UUID]:
        """The documents that the reference gives."""
        return {i for i, p in self.pieces.items() if attendu(s, p, lignes)}

    def ecart(self, s: Situation, vus: set[UUID], lignes: Lignes) -> list[Piece]:
        """The cells on which a door and the reference differ."""
        return sorted({self.pieces[i] for i in vus ^ self.naif(s, lignes)}, key=str)

    def poser(self, s: Situation) -> Acteur:
        """Put the record in that situation, as rows. What was there is put out of force: nothing is deleted."""
        quand = datetime.now(UTC)
        acteur = self.acteur(s)
        with portee(self.dossier_id):
            for modele, champ in _FIN.items():
                # Only what is in force: a row rewritten at each situation would slow every read of this transaction.
                modele._default_manager.filter(
                    dossier_id=self.dossier_id, **{f"{champ}__isnull": True}
                ).update(**{champ: quand - _HEURE})
            Dossier.objects.filter(dossier_id=self.dossier_id).update(
                etat=s.etat, urgence_samu=s.samu, urgence_bris_de_glace=s.bris,
                urgence_documents_masques=s.masques_en_urgence, remboursements_masques=s.remboursements_masques,
                directives_masquees=s.directives_masquees, antecedents_masques=s.antecedents_masques,
            )  # fmt: skip
            self._consentir(s, quand)
            self._bloquer(s, quand)
            if s.role:
                Referent.objects.create(
                    dossier_id=self.dossier_id, id=uuid7(), rpps=acteur.rpps, nom=acteur.nom, par="titulaire",
                    role="administrateur" if s.role == "ancien" else s.role, depuis=quand - 2 * _HEURE,
                    jusqua=quand - _HEURE if s.role == "ancien" else None,
                )  # fmt: skip
            self._declarer(s, quand)
            self._partager(s, quand)
        return acteur

    def _consentir(self, s: Situation, quand: datetime) -> None:
        if s.consentement == "inexistante":
            return
        equipe = None
        if s.consentement in ("equipe", "exclu", "hors_equipe"):
            equipe = EquipeSoins.objects.create(id=uuid7(), nom="Équipe", structure_id=self.lui.structure_id)
            MembreEquipe.objects.create(
                equipe=equipe, rpps=self.lui.rpps, depuis=quand - 2 * _HEURE,
                jusqua=quand - _HEURE if s.consentement == "hors_equipe" else None,
            )  # fmt: skip
        accord = Consentement.objects.create(
            dossier_id=self.dossier_id, id=uuid7(), genre="equipe" if equipe else "ponctuel",
            rpps="" if equipe else self.lui.rpps, equipe_id=equipe.id if equipe else None,
            recueilli_le=quand - _HEURE, expire_le=quand - _HEURE if s.consentement == "expiree" else quand + _HEURE,
            retire_le=quand - _HEURE / 2 if s.consentement == "retire" else None, recueilli_par=self.lui.rpps,
            recueilli_par_nom=self.lui.nom,
        )  # fmt: skip
        if s.consentement == "exclu":
            Exclusion.objects.create(
                dossier_id=self.dossier_id, id=uuid7(), consentement_id=accord.id, rpps=self.lui.rpps,
                nom=self.lui.nom, depuis=quand - _HEURE,
            )  # fmt: skip

    def _bloquer(self, s: Situation, quand: datetime) -> None:
        if not s.blocage:
            return
        cle = {"structure": self.lui.structure_id, "autre_structure": "1999999999"}.get(
            s.blocage, self.lui.rpps
        )
        Blocage.objects.create(
            dossier_id=self.dossier_id, id=uuid7(), genre="structure" if "structure" in s.blocage else "professionnel",
            cle=cle, nom=self.lui.nom, pose_le=quand - 2 * _HEURE, pose_par="titulaire",
            leve_le=quand - _HEURE if s.blocage == "leve" else None,
        )  # fmt: skip

    def _declarer(self, s: Situation, quand: datetime) -> None:
        if s.mode == "normal" or s.fenetre == "absente":
            return
        autre = "centre_15" if s.mode == "bris_de_glace" else "bris_de_glace"
        Urgence.objects.create(
            dossier_id=self.dossier_id, id=uuid7(), mode=autre if s.fenetre == "autre_mode" else s.mode,
            rpps=self.lui.rpps, nom=self.lui.nom, motif="essai de la table", ouverte_le=quand - 2 * _HEURE,
            expire_le=quand - _HEURE if s.fenetre == "passee" else quand + _HEURE,
        )  # fmt: skip

    def _partager(self, s: Situation, quand: datetime) -> None:
        for document_id in (i for i, p in self.pieces.items() if p.partageable and s.partage):
            Partage.objects.create(
                dossier_id=self.dossier_id, id=uuid7(), document_id=document_id, rpps=self.lui.rpps, nom=self.lui.nom,
                cree_le=quand - 2 * _HEURE, expire_le=quand - _HEURE if s.partage == "passe" else quand + _HEURE,
                retire_le=quand - _HEURE if s.partage == "retire" else None,
            )  # fmt: skip

    def _remplir(self) -> None:
        """Every type in force, masked and not; some that wait to be announced; some of his own."""
        autre = professionnel("99000000081", structure="1990000081")
        self._deposer(
            autre,
            *(
                Piece(type_.code, masque=masque)
                for type_ in nomenclatures.types().values()
                if type_.statut != "proposed"
                for masque in (False, True)
            ),
            *(Piece(_COMPTE_RENDU, masque=m, invisible=True) for m in (False, True)),
            *(
                Piece(type_, masque=m, partageable=True)
                for type_ in (_COMPTE_RENDU, _ORDONNANCE, "ATTEST-RESID", "REMB")
                for m in (False, True)
            ),
        )
        self._deposer(self.lui, *(Piece(_COMPTE_RENDU, masque=m, depose_par="lui") for m in (False, True)))
        sa_structure = Acteur(GenreActeur.STRUCTURE, nom="Sienne", structure_id=self.lui.structure_id)
        self._deposer(
            sa_structure, *(Piece(_COMPTE_RENDU, masque=m, depose_par="sa_structure") for m in (False, True))
        )
        ailleurs = Acteur(GenreActeur.STRUCTURE, nom="Autre", structure_id=autre.structure_id)
        self._deposer(ailleurs, *(Piece(_COMPTE_RENDU, masque=m, depose_par="ecrit") for m in (False, True)))

    def _deposer(self, par: Acteur, *pieces: Piece) -> None:
        faits = []
        for piece in pieces:
            ecrivain = self.lui.rpps if piece.depose_par in ("lui", "ecrit") else "99000000081"
            auteur = Auteur(
                "personne", idnat=f"8{ecrivain}", nom="MOREL", prenom="Anne", structure_idnat=par.structure_id
            )
            fait = document(
                piece.type, auteurs=(auteur,), masque_ps=piece.masque, invisible_patient=piece.invisible
            )
            self.pieces[fait.id] = piece
            faits.append(fait)
        alimenter(par, self.dossier_id, lot(par, *faits), contexte=CONTEXTE)
