"""From a life story to dated documents: who wrote each, where, under which number."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from uuid import UUID

from espace_sante.kernel.codes import EtatProfil
from espace_sante.simulateurs.population import recits, structures
from espace_sante.simulateurs.population.actes import Acte
from espace_sante.simulateurs.population.foyers import MAJORITE, age
from espace_sante.simulateurs.population.hasard import Hasard, jour_ouvre
from espace_sante.simulateurs.population.modeles import ProfessionnelFictif, StructureFictive, TitulaireFictif
from espace_sante.simulateurs.population.professionnels import Annuaire
from espace_sante.simulateurs.population.recits.vie import Vie
from espace_sante.simulateurs.population.redaction.administratif import ASSURANCE_MALADIE, TITULAIRE
from espace_sante.simulateurs.population.vitrine import RETOUCHES

# How far back the record of an adult goes.
_MEMOIRE_MIN, _MEMOIRE_MAX = 1100, 2700
_PART_CORRIGEE = 0.03
_PART_MASQUEE = 0.025


@dataclass(frozen=True, slots=True)
class Prevu:
    """A document that will be written: its number, moment, author and place."""

    id: UUID
    entree: UUID
    rang: int
    moment: datetime
    acte: Acte
    auteur: ProfessionnelFictif | None
    structure: StructureFictive
    en_pdf: bool
    masque_ps: bool
    remplace: UUID | None = None

    @property
    def oid(self) -> str:
        """The uniqueId under the branch of UUIDs (2.25): an OID that anyone may make."""
        return f"2.25.{self.id.int}"


class Planificateur:
    """Makes the plan of a holder; the same holder always gets the same plan."""

    def __init__(self, graine: int, annuaire: Annuaire, aujourd_hui: date) -> None:
        self._graine = graine
        self._annuaire = annuaire
        self._aujourd_hui = aujourd_hui
        # Documents, consents and visits of one holder are asked for one after the other.
        self.prevus = lru_cache(maxsize=8)(self._prevus)

    def _prevus(self, titulaire: TitulaireFictif) -> tuple[Prevu, ...]:
        """The documents to come, in order of deposit."""
        if not titulaire.a_un_dossier:
            return ()
        vie = self._vie(titulaire)
        actes = recits.raconter(vie)
        retouche = RETOUCHES.get(titulaire.rang)
        if retouche:
            actes = sorted(retouche(vie, actes), key=lambda acte: acte.jour)
        hasard = Hasard(self._graine, "plan", titulaire.rang)
        cercle: dict[str, ProfessionnelFictif] = {
            "generaliste": self._annuaire.par_rpps[titulaire.medecin_traitant]
        }
        prevus: list[Prevu] = []
        for acte in actes:
            prevu = self._prevu(titulaire, acte, len(prevus), hasard, cercle)
            prevus.append(prevu)
            if (
                len(actes) < recits.MAXIMUM - 3
                and retouche is None
                and acte.type_code == "11502-2"
                and hasard.chance(_PART_CORRIGEE)
            ):
                correction = self._correction(prevu, len(prevus), hasard, vie.fin)
                if correction:
                    prevus.append(correction)
        prevus.sort(key=lambda p: p.moment)
        return tuple(prevus)

    def _vie(self, t: TitulaireFictif) -> Vie:
        hasard = Hasard(self._graine, "vie", t.rang)
        fin = self._aujourd_hui
        if t.etat in (EtatProfil.CLOTURE, EtatProfil.SUSPENDU):
            fin = min(fin, t.etat_depuis.date())
        debut = t.naissance
        if age(t.naissance, fin) >= MAJORITE:
            debut = max(debut, fin - timedelta(days=hasard.randint(_MEMOIRE_MIN, _MEMOIRE_MAX)))
        actif = t.etat is not EtatProfil.CREE_AUTO
        return Vie(
            t.naissance, t.traits.sexe, debut, max(fin, debut + timedelta(days=2)), hasard, t.parcours, actif
        )

    def _prevu(
        self,
        titulaire: TitulaireFictif,
        acte: Acte,
        rang: int,
        hasard: Hasard,
        cercle: dict[str, ProfessionnelFictif],
    ) -> Prevu:
        moment = hasard.instant(acte.jour)
        auteur, structure = self._auteur(acte.metier, hasard, cercle)
        a_lui = acte.metier != TITULAIRE and titulaire.etat is EtatProfil.ACTIVE
        return Prevu(
            id=hasard.uuid7(moment),
            entree=hasard.uuid7(moment),
            rang=rang,
            moment=moment,
            acte=acte,
            auteur=auteur,
            structure=structure,
            en_pdf=hasard.chance(acte.pdf),
            masque_ps=acte.masque_ps
            or (a_lui and titulaire.rang not in RETOUCHES and hasard.chance(_PART_MASQUEE)),
        )

    def _correction(self, p: Prevu, rang: int, hasard: Hasard, fin: date) -> Prevu | None:
        """A second version of a laboratory report, some days later."""
        jour = jour_ouvre(p.moment.date() + timedelta(days=hasard.randint(1, 4)))
        if jour >= fin:
            return None
        moment = hasard.instant(jour)
        return replace(
            p,
            id=hasard.uuid7(moment),
            entree=hasard.uuid7(moment),
            rang=rang,
            moment=moment,
            acte=replace(p.acte, titre=f"{p.acte.titre} (version corrigée)"),
            remplace=p.id,
        )

    def _auteur(
        self, metier: str, hasard: Hasard, cercle: dict[str, ProfessionnelFictif]
    ) -> tuple[ProfessionnelFictif | None, StructureFictive]:
        if metier == TITULAIRE:
            return None, structures.SERVICE
        if metier == ASSURANCE_MALADIE:
            return None, structures.ASSURANCE_MALADIE
        auteur = cercle.get(metier)
        if auteur is None:
            auteur = cercle[metier] = self._annuaire.choisir(metier, hasard)
        situation = hasard.choice(auteur.situations)
        return auteur, situation.structure or structures.MAISON_DE_SANTE
