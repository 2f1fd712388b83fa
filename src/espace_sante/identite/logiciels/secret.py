"""A software known by its secret, where secrets prove anything: never in production (rule OID-12)."""

from __future__ import annotations

from django.contrib.auth.hashers import check_password, make_password

from espace_sante.identite.models import Logiciel


def par_secret(client_id: str, secret: str) -> Logiciel | None:
    """The active software that this secret proves; None for every reason, at the same cost."""
    logiciel = Logiciel.objects.select_related("structure").filter(client_id=client_id).first()
    if logiciel is None or not logiciel.secret_hache:
        make_password(secret)  # the same cost, so that time does not tell which clients exist
    elif check_password(secret, logiciel.secret_hache) and logiciel.actif:
        return logiciel
    return None
