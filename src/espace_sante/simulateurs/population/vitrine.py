"""The first ten holders, composed by hand, to show every situation at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from espace_sante.kernel.codes import EtatProfil
from espace_sante.simulateurs.population.actes import Acte
from espace_sante.simulateurs.population.foyers import Personne
from espace_sante.simulateurs.population.recits.vie import Vie
from espace_sante.simulateurs.population.redaction import biologie as bio
from espace_sante.simulateurs.population.redaction import consultations as cs
from espace_sante.simulateurs.population.redaction import hopital, soins

# Order numbers that the stream of other holders never reaches.
ORDRE = 981


@dataclass(frozen=True, slots=True)
class Fiche:
    """A composed holder: the person, the birth place, the state and why it is shown."""

    personne: Personne
    cog: str
    foyer: int
    etat: EtatProfil
    jours_dans_l_etat: int
    presentation: str
    motif: str = ""
    representants: tuple[int, ...] = ()
    mois_connu: bool = True


def fiches(aujourd_hui: date) -> tuple[Fiche, ...]:
    """The ten composed holders, as old on that day as their presentation says."""
    malo = aujourd_hui - timedelta(days=75)
    return (
        Fiche(
            _personne("F", _ne(aujourd_hui, 47, 3, 14), "Delaunay", "Vasseur", "Sophie Jeanne Marie", "parent",
                      "asthme", "thyroide", "fracture"),
            "14118", 1, EtatProfil.ACTIVE, 900,
            "Mère de 47 ans, quarante documents, un masqué, un en attente d'annonce",
        ),
        Fiche(
            _personne("F", _ne(aujourd_hui, 16, 5, 2), "Vasseur", "Vasseur", "Inès Camille", "enfant", "vue", "orthophonie"),
            "14118", 1, EtatProfil.ACTIVE, 800,
            "Adolescente de 16 ans, un document caché à ses représentants", representants=(0,),
        ),
        Fiche(
            _personne("M", malo, "Kerneur", "Kerneur", "Malo", "enfant"),
            "29232", 2, EtatProfil.CREE_AUTO, 28, "Nourrisson de deux mois, espace créé automatiquement", representants=(7,),
        ),
        Fiche(
            _personne("F", _ne(aujourd_hui, 92, 1, 30), "Guérin", "Besnard", "Marguerite Yvonne", "seul",
                      "ehpad", "sejour", "hypertension", "chutes"),
            "72181", 3, EtatProfil.ACTIVE, 1100, "Dame de 92 ans en EHPAD, dossier très fourni",
        ),
        Fiche(
            _personne("M", _ne(aujourd_hui, 38, 9, 9), "Haddad", "Haddad", "Karim", "seul"),
            "69383", 4, EtatProfil.OPPOSE, 400, "S'est opposé à la création : aucun document",
        ),
        Fiche(
            _personne("M", _ne(aujourd_hui, 58, 6, 21), "Faucher", "Faucher", "Jean-Baptiste Louis", "seul", "lombalgie"),
            "33063", 5, EtatProfil.CLOTURE, 120, "A fermé son espace il y a quatre mois", motif="demande_titulaire",
        ),
        Fiche(
            _personne("M", _ne(aujourd_hui, 71, 2, 3), "Lemoine", "Lemoine", "Gérard André", "seul",
                      "diabete", "hypertension", "infarctus"),
            "80021", 6, EtatProfil.CREE_AUTO, 1300, "Homme de 71 ans, espace créé sans jamais être activé",
        ),
        Fiche(
            _personne("F", _ne(aujourd_hui, 31, 8, 17), "Kerneur", "Kerneur", "Maëlle Anne", "parent",
                      f"grossesse:{malo.isoformat()}"),
            "29232", 2, EtatProfil.ACTIVE, 600, "Jeune mère de 31 ans, toute la grossesse dans le dossier",
        ),
        Fiche(
            _personne("M", _ne(aujourd_hui, 48, 4, 25), "Casanova-Santoni de La Rochebrune-Montferrand",
                      "Casanova-Santoni de La Rochebrune-Montferrand", "Ange-Toussaint Jean-Baptiste François-Xavier",
                      "seul", "diabete"),
            "2B033", 7, EtatProfil.ACTIVE, 700, "Né en Corse, nom très long, diabète suivi depuis des années",
        ),
        Fiche(
            _personne("F", date(aujourd_hui.year - 45, 1, 1), "Traoré", "Traoré", "Aïssatou", "seul", "hypertension"),
            "99335", 8, EtatProfil.SUSPENDU, 12, "Née à l'étranger, jour et mois de naissance inconnus, espace suspendu",
            motif="suspicion_de_fraude", mois_connu=False,
        ),
    )  # fmt: skip


def _personne(
    sexe: str, ne: date, naissance: str, usage: str, prenoms: str, role: str, *parcours: str
) -> Personne:
    return Personne(sexe, ne, naissance, usage, tuple(prenoms.split()), role, parcours)


def _ne(aujourd_hui: date, ans: int, mois: int, jour: int) -> date:
    """The birth day, that month and day, of someone who is `ans` years old today."""
    passe = (mois, jour) <= (aujourd_hui.month, aujourd_hui.day)
    return date(aujourd_hui.year - ans - (not passe), mois, jour)


Retouche = Callable[[Vie, list[Acte]], list[Acte]]
_QUARANTE = 40


def _sophie(vie: Vie, actes: list[Acte]) -> list[Acte]:
    """Exactly forty documents, one hidden from professionals, one not told to her yet."""
    masque = soins.psychologue(vie.fin - timedelta(days=240)).masque()
    annonce = hopital.anatomopathologie(
        vie.fin - timedelta(days=6),
        "Lésion cutanée de l'épaule",
        (
            "Lésion pigmentée de 6 mm, exérèse complète.",
            "Mélanome superficiel, épaisseur 0,4 mm, non ulcéré.",
        ),
        "Mélanome superficiel au stade précoce, exérèse en marges saines. À annoncer en consultation.",
    ).avant_annonce()
    gardes = sorted((a for a in actes if not a.masque_ps), key=lambda a: (a.essentiel, a.jour))
    while len(gardes) < _QUARANTE - 2:
        jour = vie.hasard.jour(vie.debut, vie.fin - timedelta(days=60))
        gardes.insert(0, vie.hasard.choice((cs.consultation(jour, cs.BILAN), bio.bilan_annuel(jour))))
    return [*gardes[len(gardes) - (_QUARANTE - 2) :], masque, annonce]


# Rank of a composed holder whose plan is reworked by hand.
RETOUCHES: dict[int, Retouche] = {0: _sophie}
