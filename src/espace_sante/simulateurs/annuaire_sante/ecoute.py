"""The simulated directory on a port of its own, for the tests over real HTTP and for trying another installation."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from espace_sante.simulateurs.annuaire_sante.ressources import Ressources
from espace_sante.simulateurs.annuaire_sante.serveur import ServeurAnnuaire

CHEMIN = "/simulateurs/annuaire/fhir/v2"


@contextlib.contextmanager
def ecouter(
    lues: Ressources, *, par_seconde: int = 1_000, lenteur_s: float = 3.0
) -> Iterator[ServeurAnnuaire]:
    """A directory that answers on 127.0.0.1 until the end of the block; `serveur.base` is its address."""
    serveur = ServeurAnnuaire(lambda: lues, "", par_seconde=par_seconde, lenteur_s=lenteur_s)

    class Guichet(BaseHTTPRequestHandler):
        def _servir(self) -> None:
            lue = urlsplit(self.path)
            corps = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            parametres = parse_qsl(lue.query, keep_blank_values=True)
            if self.command == "POST":
                parametres += parse_qsl(corps.decode(), keep_blank_values=True)
            entetes = {nom.lower(): valeur for nom, valeur in self.headers.items()}
            reponse = serveur.repondre(
                self.command, lue.path.removeprefix(f"{CHEMIN}/"), parametres, entetes, corps
            )
            time.sleep(reponse.attente_s)
            # Whoever tires of waiting hangs up.
            with contextlib.suppress(OSError):
                self.send_response(reponse.statut)
                for nom, valeur in reponse.entetes.items():
                    self.send_header(nom, valeur)
                self.send_header("Content-Length", str(len(reponse.corps)))
                self.end_headers()
                moitie = len(reponse.corps) // 2
                self.wfile.write(reponse.corps[:moitie])
                time.sleep(reponse.attente_s)
                self.wfile.write(reponse.corps[moitie:])

        do_GET = do_POST = do_PATCH = _servir

        def log_message(self, *_: object) -> None:
            """Nothing is written down."""

    http = ThreadingHTTPServer(("127.0.0.1", 0), Guichet)
    serveur.base = f"http://127.0.0.1:{http.server_port}{CHEMIN}"
    fil = threading.Thread(target=http.serve_forever, args=(0.05,), daemon=True)
    fil.start()
    try:
        yield serveur
    finally:
        http.shutdown()
        http.server_close()
