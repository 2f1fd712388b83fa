"""TD0.3: an authorisation added, or ended, by the professional whom it serves (FHR-52 to FHR-55)."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.http import HttpResponse

from espace_sante.acces import autorisations
from espace_sante.acces.consentements import ConsentementVu
from espace_sante.acces.constats import noter_refus
from espace_sante.acces.errors import CodeRefuse, ConsentementRefuse
from espace_sante.interop import reponses
from espace_sante.interop.fhir.consentement import lire_consent, rendre
from espace_sante.interop.fhir.constats import RefusFhir
from espace_sante.interop.fhir.erreurs import Erreur
from espace_sante.interop.fhir.identifiants import composer, decomposer
from espace_sante.interop.fhir.patch import MAX_PATCH, json_patch
from espace_sante.interop.requete import Appel, base, lire_corps, lire_patch
from espace_sante.interop.views.enveloppe import vue_fhir
from espace_sante.kernel.codes import GenreActeur, ModeAcces
from espace_sante.traces.ecriture import Action

_PORTEES = ("user/Consent.c",)
# Refusals of the gate → our findings. What says nothing of the record stays so.
_REFUS: dict[str, Erreur] = {
    "consentement_interdit": Erreur.AUTORISATION_INTERDITE,
    "professionnel_bloque": Erreur.PROFESSIONNEL_BLOQUE,
    "dossier_indisponible": Erreur.DICAH_D,
    "equipe_inconnue": Erreur.AUTORISATION_INTERDITE,
    "equipe_interdite": Erreur.AUTORISATION_INTERDITE,
    "equipe_seule": Erreur.AUTORISATION_INTERDITE,
    "information_absente": Erreur.INFORMATION_ABSENTE,
    "consentement_inconnu": Erreur.INTROUVABLE,
    "code_refuse": Erreur.CODE_ACCES_REFUSE,
    "trop_d_essais": Erreur.CODE_ACCES_BLOQUE,
}


@vue_fhir(*_PORTEES)
def ajouter(appel: Appel) -> HttpResponse:
    """POST [base]/Consent: 201 and the authorisation, or the gate's refusal."""
    try:
        demande = lire_consent(lire_corps(appel.requete), fictifs=settings.ES_INSTANCE != "production")
        acteur = appel.acteur
        urgence = acteur.finalite is not ModeAcces.NORMAL
        autrui = acteur.genre is not GenreActeur.PROFESSIONNEL or demande.pour not in ("", f"8{acteur.rpps}")
        if urgence or autrui:
            # Nobody adds an authorisation for somebody else (FHR-54), and no emergency becomes one (EMG-13).
            raise RefusFhir([Erreur.AUTORISATION_INTERDITE.constat("Consent.provision.actor")])
        cible = demande.patient.ins or demande.patient.dossier_id
        assert cible is not None  # noqa: S101 - a patient that was read names one
        if not appel.identite_non_contredite:
            raise RefusFhir([Erreur.DICAH_I.constat()])
    except RefusFhir as refus:
        motif = next((c.code for c in refus.constats if c.refuse), "")
        noter_refus(appel.acteur, Action.CONSENTEMENT, motif[:40], contexte=appel.contexte)
        raise
    try:
        dossier_id, fait = autorisations.ajouter(
            acteur,
            cible,
            contexte=appel.contexte,
            mode=demande.mode,
            equipe_id=demande.equipe_id,
            code=demande.code,
            informe=demande.informe,
        )
    except (ConsentementRefuse, CodeRefuse) as refus:
        raise RefusFhir([_REFUS.get(refus.code, Erreur.AUTORISATION_INTERDITE).constat()]) from None
    pour = f"CareTeam/{demande.equipe_id}" if demande.equipe_id else f"8{acteur.rpps}"
    reponse = _reponse(dossier_id, fait, pour, 201)
    reponse["Location"] = f"{base()}/Consent/{composer(dossier_id, fait.id)}"
    return reponse


@vue_fhir(*_PORTEES)
def retirer(appel: Appel, fil: str) -> HttpResponse:
    """PATCH [base]/Consent/<id> to `inactive`, by whom it serves: nothing else can change (FHR-55)."""
    _, corps = lire_patch(appel.requete, (json_patch.MEDIA,), MAX_PATCH)
    voulu = json_patch.lire_json(corps)
    if not isinstance(voulu, list):
        raise RefusFhir([Erreur.PATCH_ILLISIBLE.constat()])
    if [(o.get("op"), o.get("path"), o.get("value")) for o in voulu if isinstance(o, dict)] != [
        ("replace", "/status", "inactive")
    ]:
        raise RefusFhir([Erreur.PATCH_CONSENT.constat("Consent")])
    ids = decomposer(fil)
    if ids is None:
        raise RefusFhir([Erreur.INTROUVABLE.constat()])
    try:
        fait = autorisations.retirer_la_sienne(appel.acteur, ids[0], ids[1], contexte=appel.contexte)
    except ConsentementRefuse as refus:
        raise RefusFhir([_REFUS[refus.code].constat()]) from None
    return _reponse(ids[0], fait, f"8{appel.acteur.rpps}", 200)


def _reponse(dossier_id: UUID, fait: ConsentementVu, pour: str, statut: int) -> HttpResponse:
    actif = fait.retire_le is None
    corps = rendre(
        composer(dossier_id, fait.id), dossier_id, pour, fait.mode_recueil, fait.recueilli_le, fait.expire_le,
        actif=actif,
    )  # fmt: skip
    reponse = reponses.json(corps, statut)
    return reponses.etiqueter(reponse, 1 if actif else 2, fait.retire_le or fait.recueilli_le)
