"""The stream of holders: ten composed ones, then household after household."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from uuid import UUID

from espace_sante.kernel.codes import EtatProfil
from espace_sante.kernel.traits import Traits, plier
from espace_sante.simulateurs.population import comptes, etats, lieux
from espace_sante.simulateurs.population.dossiers import Fabrique
from espace_sante.simulateurs.population.foyers import MAJORITE, Personne, age, foyer
from espace_sante.simulateurs.population.hasard import PARIS, Hasard
from espace_sante.simulateurs.population.lieux import LIEU_DE, Lieu
from espace_sante.simulateurs.population.matricules import Matricules, ins_fictif
from espace_sante.simulateurs.population.modeles import Adresse, TitulaireFictif
from espace_sante.simulateurs.population.professionnels import Annuaire
from espace_sante.simulateurs.population.recits import parcours_de_vie
from espace_sante.simulateurs.population.vitrine import ORDRE, Fiche, fiches

_IMPORT_DU_FICHIER = datetime(2021, 11, 15, 6, 0, tzinfo=PARIS)
# Someone born abroad long ago may have an incomplete birth date (rule IDN-11).
_PART_DATE_PARTIELLE = 0.06


class Flux:
    """Makes the holders one after the other and keeps none of them."""

    def __init__(self, graine: int, annuaire: Annuaire, aujourd_hui: date) -> None:
        self._graine = graine
        self._annuaire = annuaire
        self._aujourd_hui = aujourd_hui
        self._matricules = Matricules(graine)
        self._roue = etats.Roue(graine)
        self._fabrique = Fabrique(graine, annuaire, aujourd_hui)

    def tous(self) -> Iterator[TitulaireFictif]:
        """Holders without end: the caller stops where he wants."""
        composees = fiches(self._aujourd_hui)
        for rang, fiche in enumerate(composees):
            yield self._compose(rang, fiche)
        rang, numero = len(composees), 100
        while True:
            hasard = Hasard(self._graine, "foyer", numero)
            membres = foyer(hasard, self._aujourd_hui)
            adresse = lieux.adresse(hasard)
            # The representative is the first adult of the household (rule PRX-01).
            parent = (self._dossier_id(rang, membres[0].naissance),)
            for personne in membres:
                mineur = age(personne.naissance, self._aujourd_hui) < MAJORITE
                yield self._titulaire(rang, numero, personne, adresse, parent if mineur else ())
                rang += 1
            numero += 1

    def _compose(self, rang: int, fiche: Fiche) -> TitulaireFictif:
        depuis = self._aujourd_hui - timedelta(days=fiche.jours_dans_l_etat)
        naissances = [f.personne.naissance for f in fiches(self._aujourd_hui)]
        return self._construire(
            rang=rang,
            foyer=fiche.foyer,
            personne=fiche.personne,
            adresse=lieux.adresse(Hasard(self._graine, "vitrine", fiche.foyer)),
            representants=tuple(self._dossier_id(r, naissances[r]) for r in fiche.representants),
            lieu=LIEU_DE[fiche.cog],
            ordre=ORDRE + rang,
            mois_connu=fiche.mois_connu,
            etat=fiche.etat,
            depuis=datetime.combine(depuis, time(10, 30), PARIS),
            motif=fiche.motif,
            parcours=fiche.personne.parcours,
            presentation=fiche.presentation,
        )

    def _titulaire(
        self, rang: int, numero: int, personne: Personne, adresse: Adresse, representants: tuple[UUID, ...]
    ) -> TitulaireFictif:
        hasard = Hasard(self._graine, "titulaire", rang)
        etat = self._roue.etat(rang)
        lieu = self._matricules.lieu(rang)
        ans = age(personne.naissance, self._aujourd_hui)
        partielle = lieu.a_l_etranger and ans > 30 and hasard.chance(_PART_DATE_PARTIELLE)
        return self._construire(
            rang=rang,
            foyer=numero,
            personne=personne,
            adresse=adresse,
            representants=representants,
            lieu=lieu,
            ordre=self._matricules.ordre(rang),
            mois_connu=not partielle,
            etat=etat,
            depuis=etats.depuis(hasard, etat, personne.naissance, self._aujourd_hui),
            motif=etats.motif(hasard, etat, ans),
            parcours=personne.parcours + parcours_de_vie(hasard, personne.sexe, ans),
            presentation="",
        )

    def _construire(
        self,
        *,
        rang: int,
        foyer: int,
        personne: Personne,
        adresse: Adresse,
        representants: tuple[UUID, ...],
        lieu: Lieu,
        ordre: int,
        mois_connu: bool,
        etat: EtatProfil,
        depuis: datetime,
        motif: str,
        parcours: tuple[str, ...],
        presentation: str,
    ) -> TitulaireFictif:
        hasard = Hasard(self._graine, "compte", rang)
        prenom, naissance = personne.prenoms[0], personne.naissance
        majeur = age(naissance, self._aujourd_hui) >= MAJORITE
        # Before its majority a profile is managed from its representative's account (PRX-01, PRX-16).
        compte = majeur and etat is EtatProfil.ACTIVE
        joignable = majeur and (compte or hasard.chance(0.5))
        return TitulaireFictif(
            rang=rang,
            dossier_id=self._dossier_id(rang, naissance),
            ins=ins_fictif(personne.sexe, naissance, lieu, ordre, mois_connu=mois_connu),
            traits=Traits(
                nom_naissance=_etat_civil(personne.nom_naissance),
                prenoms=" ".join(_etat_civil(p) for p in personne.prenoms),
                date_naissance=naissance.isoformat() if mois_connu else str(naissance.year),
                sexe="F" if personne.sexe == "F" else "M",
                lieu_naissance=lieu.cog,
            ),
            nom_utilise=personne.nom_utilise,
            prenom_utilise=prenom,
            naissance=naissance,
            etat=etat,
            etat_depuis=depuis,
            motif=motif,
            adresse=adresse,
            telephone=lieux.telephone_mobile(hasard),
            courriel=comptes.courriel(prenom, personne.nom_utilise, rang) if joignable else "",
            identifiant=comptes.identifiant(prenom, personne.nom_utilise, rang) if compte else "",
            mot_de_passe=comptes.mot_de_passe(hasard) if compte else "",
            foyer=foyer,
            role=personne.role,
            representants=representants,
            medecin_traitant=self._annuaire.choisir("generaliste", hasard).rpps,
            parcours=parcours,
            presentation=presentation,
            fabrique=self._fabrique,
        )

    def _dossier_id(self, rang: int, naissance: date) -> UUID:
        """The record's id: its time is the import of the fund's file, or the days after birth."""
        moment = max(_IMPORT_DU_FICHIER, datetime.combine(naissance + timedelta(days=5), time(6), PARIS))
        return Hasard(self._graine, "dossier", rang).uuid7(moment)


def _etat_civil(nom: str) -> str:
    """A name as the reference service writes it: capitals without accents, hyphens kept."""
    return "-".join(plier(partie) for partie in nom.replace("'", "-").split("-"))
