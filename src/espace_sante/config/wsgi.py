"""WSGI entry point, served by granian."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "espace_sante.config.settings")
application = get_wsgi_application()

# What is loaded now stays until the end: collections have no need to walk it each time.
gc.collect()
gc.freeze()
