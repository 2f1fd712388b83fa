"""The existence test, TD0.2 (rules ACC-06, ACC-07, ACC-72, FHR-41 to FHR-46)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from espace_sante.acces import etats
from espace_sante.acces.dicah import EtatConsentement, EtatLettre, Lettre, decide
from espace_sante.acces.errors import AccesRefuse
from espace_sante.acces.porte import Cible, faits_sans_dossier, resoudre
from espace_sante.acces.queries import Situation, portee_et_situation
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.identite.index import hacher
from espace_sante.identite.insi.ecriture import anciens_matricules
from espace_sante.identite.queries import Identite, identite
from espace_sante.kernel.codes import EtatProfil, GenreActeur
from espace_sante.kernel.ins import Ins
from espace_sante.traces.ecriture import Acte, Action, Resultat, tracer, tracer_hors_dossier


@dataclass(frozen=True, slots=True)
class Existence:
    """Record open, closed (date and reason) or none; how the asker stands towards it. No document data.

    `ouvert` is false for a closed record; a suspended one is `indisponible` (rule ACC-72). `espace_rattache`: a space
    of the holder goes with the record. `messages`: what becomes of a message sent to the holder (ACC-68), a code of
    `etats`; `recoit_de_lui`: whether the holder can write (ACC-69). `titulaire` is no part of the answer: it is what
    a face compares with the person, and never more (rules ACC-10, FHR-47).
    """

    dossier_id: UUID
    ouvert: bool
    active: bool
    indisponible: bool
    ferme_le: date | None
    motif_fermeture: str
    autorisation: EtatConsentement
    administrateur: bool
    medecin_traitant: bool
    espace_rattache: bool
    messages: str
    recoit_de_lui: bool
    titulaire: Identite
    maj_le: datetime
    # Numbers that he had before: they find him too (FHR-48, INS-16).
    anciens: tuple[Ins, ...] = ()


def tester_existence(acteur: Acteur, cible: Cible, *, contexte: Contexte) -> Existence | None:
    """Tell software whether a record exists. Opposed, never notified and unknown all give None. Traced.

    Raises AccesRefuse to a professional who lacks the letter A.
    """
    if acteur.genre is GenreActeur.PROFESSIONNEL:
        decision = decide(faits_sans_dossier(acteur, identite_qualifiee=True))
        if decision.etat(Lettre.A) is EtatLettre.MANQUANTE:
            # Struck off, stopped, or with one factor: told the same whether the record exists or not (ANN-06).
            motif = Acte(Action.EXISTENCE, Resultat.REFUS, motif=decision.code)
            tracer_hors_dossier(acteur, contexte, motif, hacher(cible) if isinstance(cible, Ins) else None)
            raise AccesRefuse(decision)
    dossier_id = resoudre(cible)
    trouve = None
    connu = False
    if dossier_id is not None:
        with portee_et_situation(dossier_id, acteur) as vue:
            connu = vue.etat is not None
            if etats.cas(etats.Geste.EXISTENCE, vue.etat).permis:
                trouve = _existence(dossier_id, vue)
            if connu:
                tracer(
                    dossier_id,
                    acteur,
                    contexte,
                    Acte(Action.EXISTENCE, Resultat.FAIT if trouve else Resultat.REFUS),
                )
    if not connu:
        tracer_hors_dossier(
            acteur,
            contexte,
            Acte(Action.EXISTENCE, Resultat.REFUS),
            hacher(cible) if isinstance(cible, Ins) else None,
        )
    return trouve


def _existence(dossier_id: UUID, vue: Situation) -> Existence:
    """The answer about a record that may be told of."""
    assert vue.depuis is not None  # noqa: S101 - a known record has a state date
    reponse = etats.cas(etats.Geste.EXISTENCE, vue.etat).code
    ferme = reponse == etats.FERME
    return Existence(
        dossier_id=dossier_id,
        ouvert=reponse == etats.OUVERT,
        active=vue.etat is EtatProfil.ACTIVE,
        indisponible=reponse == etats.INDISPONIBLE,
        ferme_le=vue.ferme_le if ferme else None,
        motif_fermeture=vue.motif_fermeture if ferme else "",
        autorisation=vue.consentement,
        administrateur="administrateur" in vue.roles,
        medecin_traitant="medecin_traitant" in vue.roles,
        espace_rattache=reponse == etats.OUVERT,
        messages=etats.cas(etats.Geste.ECRIRE_AU_TITULAIRE, vue.etat).code,
        recoit_de_lui=etats.cas(etats.Geste.RECEVOIR_DU_TITULAIRE, vue.etat).permis,
        titulaire=identite(dossier_id),
        maj_le=vue.depuis,
        anciens=tuple(h.ins for h in anciens_matricules(dossier_id)),
    )
