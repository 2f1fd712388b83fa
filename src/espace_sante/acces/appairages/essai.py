"""A pairing made without a browser, for demonstrations and tests: as if the holder had just accepted everything."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from espace_sante.acces.appairages import accord, secrets, sessions
from espace_sante.acces.appairages.demandes import Demande, offres_de, service_ouvert
from espace_sante.acces.mon_espace import ouvrir_mon_espace
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.kernel.codes import GenreActeur
from espace_sante.kernel.errors import EspaceSanteError

_VERIFIEUR = "essai-" * 8


def appairer(client_id: str, dossier_id: UUID) -> sessions.Remise:
    """Tokens of that service for that holder. Raises EspaceSanteError (`service_inconnu`), EspaceFerme, JetonRefuse.

    Traced like any other: the holder reads it in his history and finds the service in his list.
    """
    service = service_ouvert(client_id)
    if service is None or not service.retours:
        raise EspaceSanteError("service_inconnu", "Ce service n'est pas référencé ici, ou ne l'est plus.")
    contexte = Contexte("cli")
    demande = Demande(
        service, service.retours[0], "essai", "essai", secrets.defi_de(_VERIFIEUR), "", offres_de(service)
    )
    titulaire = Acteur(GenreActeur.TITULAIRE, dossier_id=dossier_id, deux_facteurs=True)
    with ouvrir_mon_espace(titulaire, contexte=contexte) as espace:
        lignes = [str(ligne) for ligne in demande.lignes]
        code = accord.accorder(espace, demande, lignes, datetime.now(UTC))
    qui = sessions.Presente(service, "", contexte)
    return sessions.echanger(qui, code, demande.retour, _VERIFIEUR)
