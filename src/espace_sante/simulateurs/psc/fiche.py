"""The userinfo of Pro Santé Connect, with its real claim names (rules OID-04, OID-05, OID-07)."""

from __future__ import annotations

import uuid
from typing import Any

from espace_sante.simulateurs import donnees
from espace_sante.simulateurs.openid.fournisseur import racine

_ESPACE = uuid.UUID("7f0c2a53-2b0f-5c5e-9d4c-0d2d5f6a8a10")


def personne(rpps: str) -> donnees.Professionnel | None:
    """The bearer of that number in the simulator's own directory."""
    return next((p for p in donnees.professionnels(racine()) if p.rpps == rpps), None)


def reclamations(rpps: str) -> dict[str, Any] | None:
    """What the userinfo says of a person; None when the simulator does not know him."""
    p = personne(rpps)
    if p is None:
        return None
    idnat = f"8{p.rpps}"
    activites = [a for e in p.exercices for a in e.activites]
    premiere = activites[0] if activites else donnees.Activite()
    return {
        "sub": f"f:{uuid.uuid5(_ESPACE, 'pro-sante-connect')}:{idnat}",
        "preferred_username": idnat,
        "given_name": p.prenom,
        "family_name": p.nom,
        "email_verified": False,
        "SubjectNameID": idnat,
        "SubjectRole": [f"{e.profession}^{e.profession_oid}" for e in p.exercices],
        "SubjectOrganization": premiere.raison_sociale,
        "SubjectOrganizationID": f"1{premiere.finess}" if premiere.finess else "",
        "Secteur_Activite": f"{premiere.secteur}^1.2.250.1.71.4.2.4" if premiere.secteur else "",
        "Acces_Regulation_Medicale": "VRAI" if p.regulation else "FAUX",
        "Mode_Acces_Raison": "",
        "Palier_Authentification": "APPPRIP3^1.2.250.1.213.1.5.1.1.1",
        "PSI_Locale": "1.2.250.1.213.1.3.1.1",
        "UITVersion": "1.0",
        "otherIds": [{"identifiant": idnat, "origine": "RPPS", "qualite": 1}],
        "SubjectRefPro": {
            "codeCivilite": p.civilite,
            "exercices": [_exercice(p, e) for e in p.exercices],
        },
    }


def _exercice(p: donnees.Professionnel, e: donnees.Exercice) -> dict[str, Any]:
    return {
        "codeProfession": e.profession,
        "codeCategorieProfessionnelle": e.categorie,
        "codeCiviliteDexercice": "DR" if e.profession in {"10", "40"} else "",
        "nomDexercice": p.nom,
        "prenomDexercice": p.prenom,
        "codeTypeSavoirFaire": e.type_savoir_faire,
        "codeSavoirFaire": e.savoir_faire,
        "activities": [
            {
                "codeModeExercice": a.mode,
                "codeSecteurDactivite": a.secteur,
                "codeSectionPharmacien": "",
                "codeRole": a.role,
                "codeGenreActivite": "GENR01",
                "numeroSiretSite": a.siret,
                "numeroSirenSite": a.siret[:9],
                "numeroFinessSite": a.finess,
                "numeroFinessetablissementJuridique": "",
                "identifiantTechniqueDeLaStructure": f"F{a.finess}" if a.finess else "",
                "raisonSocialeSite": a.raison_sociale,
                "enseigneCommercialeSite": "",
                "codePostal": a.code_postal,
            }
            for a in e.activites
        ],
    }
