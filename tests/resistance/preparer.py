"""Run inside a fresh installation: schema, one professional, his token, one record for each given document's person.

JSON in: {"documents": [base64 of a CDA]}. JSON out: {"jeton", "rpps", "structure", "dossiers": [id]}.
"""

from __future__ import annotations

import base64
import json
import sys
from dataclasses import replace

import django


def principal() -> None:
    demande = json.load(sys.stdin)
    django.setup()
    from espace_sante.acces.matrice import charger_illustrative
    from espace_sante.acces.tests.fabrique import professionnel
    from espace_sante.documents.cda.entete import lire_entete, vers_metadonnees
    from espace_sante.documents.cda.lire import lire
    from espace_sante.dossier.services import NouveauDossier, creer
    from espace_sante.identite.jetons import emettre_jeton
    from espace_sante.identite.models import Logiciel
    from espace_sante.identite.portees import CONSULTATION, LPS_DEMONSTRATION
    from espace_sante.kernel.codes import EtatProfil
    from espace_sante.kernel.ids import uuid7
    from espace_sante.platform.postgres.schema import migrer

    migrer()
    charger_illustrative()
    pro = professionnel(base="proprietaire")
    Logiciel.objects.using("proprietaire").create(client_id=LPS_DEMONSTRATION, nom="LPS")
    dossiers = []
    for texte in demande["documents"]:
        contenu = base64.b64decode(texte)
        entete = lire_entete(lire(contenu))
        assert entete.ins is not None
        assert entete.traits is not None
        dossiers.append(uuid7())
        creer(
            NouveauDossier(
                dossier_id=dossiers[-1],
                ins=entete.ins,
                traits=entete.traits,
                etat=EtatProfil.ACTIVE,
                etat_depuis=vers_metadonnees(entete, contenu).creation,
            )
        )
    jeton = emettre_jeton(replace(pro, client_id=LPS_DEMONSTRATION, portees=CONSULTATION))
    json.dump(
        {
            "jeton": jeton,
            "rpps": pro.rpps,
            "structure": pro.structure_id,
            "dossiers": [str(d) for d in dossiers],
        },
        sys.stdout,
    )


if __name__ == "__main__":
    principal()
