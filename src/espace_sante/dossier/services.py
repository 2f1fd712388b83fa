"""Opening records. The full life of a space comes with its own issue; this makes one record, whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from espace_sante.dossier.models import Dossier
from espace_sante.identite.index import hacher
from espace_sante.identite.insi.ecriture import deja_attribue
from espace_sante.identite.models import IndexIns, Titulaire
from espace_sante.kernel.codes import EtatProfil
from espace_sante.kernel.errors import EspaceSanteError
from espace_sante.kernel.ins import Ins, InsInvalide
from espace_sante.kernel.traits import Traits
from espace_sante.platform.crypto import CleDossier, cle_maitre
from espace_sante.platform.postgres.rls import portee


@dataclass(frozen=True, slots=True, kw_only=True)
class NouveauDossier:
    """An insured person and the state of his profile."""

    dossier_id: UUID
    ins: Ins
    traits: Traits
    etat: EtatProfil
    etat_depuis: datetime
    nom_utilise: str = ""
    prenom_utilise: str = ""
    courriel: str = ""
    ferme_le: date | None = None
    motif_fermeture: str = ""


class DonneesRefusees(EspaceSanteError):
    """The identity is not of the kind that this instance may hold.

    Codes `donnees_reelles`, `donnees_fictives`, `numero_provisoire` (INS-18: a setting admits them).
    """


# Before it is opened a profile has no content and so no key; a destroyed one has lost it (LIF-33).
_SANS_CLE = frozenset({EtatProfil.NON_NOTIFIE, EtatProfil.NOTIFIE, EtatProfil.OPPOSE, EtatProfil.SUPPRIME})


def creer(nouveau: NouveauDossier) -> CleDossier | None:
    """Make the profile of one person: identity, lookup, record and its fresh data key; all or nothing.

    Raises InsDejaAttribue: a second profile for the same INS (LIF-01, INS-17); InsInvalide: a wrong key (INS-03);
    DonneesRefusees: real people never enter a demonstration (REG-17), nor made-up ones a production (IDN-02).
    Somebody under a provisional number is not qualified, whatever was asked (INS-18).
    """
    production = settings.ES_INSTANCE == "production"
    if settings.ES_INS_CLE_CREATION == "refuse" and not nouveau.ins.cle_valide:
        raise InsInvalide(
            "cle_invalide", "La clé du matricule INS est fausse : vérifiez les chiffres saisis."
        )
    if nouveau.ins.provisoire and not settings.ES_NUMEROS_PROVISOIRES:
        raise DonneesRefusees("numero_provisoire", "Cette instance n'admet pas de numéro provisoire.")
    # The public samples bear ordinary numbers: a test instance takes them for test persons (CDA-28).
    if not nouveau.ins.provisoire and nouveau.ins.fictif == production and settings.ES_INSTANCE != "test":
        raise DonneesRefusees(
            "donnees_fictives" if production else "donnees_reelles",
            "Cette identité n'est pas admise sur une instance de cette nature.",
        )
    cle, scellee = None, None
    if nouveau.etat not in _SANS_CLE:
        cle, scellee = CleDossier.nouvelle(nouveau.dossier_id.bytes)
    with transaction.atomic():
        _indexer(nouveau)
        with portee(nouveau.dossier_id):
            Titulaire.objects.create(
                dossier_id=nouveau.dossier_id,
                matricule=nouveau.ins.matricule,
                oid=nouveau.ins.oid,
                nom_naissance=nouveau.traits.nom_naissance,
                prenoms=nouveau.traits.prenoms,
                nom_utilise=nouveau.nom_utilise,
                prenom_utilise=nouveau.prenom_utilise,
                date_naissance=nouveau.traits.date_naissance,
                sexe=nouveau.traits.sexe,
                lieu_naissance=nouveau.traits.lieu_naissance,
                statut_identite="PROVISOIRE" if nouveau.ins.provisoire else "QUALIFIEE",
                courriel=nouveau.courriel,
            )
            Dossier.objects.create(
                dossier_id=nouveau.dossier_id,
                etat=nouveau.etat.value,
                etat_depuis=nouveau.etat_depuis,
                ferme_le=nouveau.ferme_le,
                motif_fermeture=nouveau.motif_fermeture,
                cle_scellee=scellee,
                cle_maitre=cle_maitre().nom if scellee else "",
            )
    return cle


def _indexer(nouveau: NouveauDossier) -> None:
    """The number finds this record. Raises InsDejaAttribue: it is that of another one, now or before (INS-17)."""
    try:
        with transaction.atomic():
            IndexIns.objects.create(ins_hache=hacher(nouveau.ins), dossier_id=nouveau.dossier_id)
    except IntegrityError:
        raise deja_attribue(None) from None
