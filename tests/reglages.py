"""Settings of the test run: the product's own, on a data folder made for the run and shared by its workers."""

import os
import tempfile
from pathlib import Path

_RACINE = Path(os.environ.setdefault("ES_TEST_DATA", tempfile.mkdtemp(prefix="es-test-")))
_RACINE.chmod(0o755)
# Keys and simulators' files are each worker's own; only the database server is shared.
_DONNEES = _RACINE / os.environ.get("PYTEST_XDIST_WORKER", "seul")
(_DONNEES / "statique").mkdir(parents=True, exist_ok=True)
VECTEURS = Path(os.environ.get("ES_VECTORS", Path(__file__).resolve().parents[2] / "shared" / "vectors"))
for _nom, _valeur in {
    "ES_INSTANCE": "test",
    "ES_DATA": str(_DONNEES),
    "ES_SIMULATEURS": "oui",
    "ES_BASE_URL": "http://testserver",
    # A run makes thousands of calls; what speaks of the quota asks for one.
    "ES_FHIR_QUOTA": "0",
    "ES_ALLOWED_HOSTS": "testserver,localhost,127.0.0.1",
    "ES_CDA_XSD": str(VECTEURS / "cda/xsd/CDA_extended.xsd") if VECTEURS.is_dir() else "",
}.items():
    os.environ.setdefault(_nom, _valeur)
os.environ["ES_DATA"] = str(_DONNEES)
# The browser driver keeps an event loop in the thread of the tests; Django would refuse its own database there.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

from espace_sante.config.settings import *  # noqa: E402, F403
