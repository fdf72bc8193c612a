"""Where a WSGI server finds Citas: `gunicorn citas.wsgi` (gunicorn.conf.py is read by itself)."""

import os
import sys

from citas.environment import ConfigurationError

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "citas.settings")
os.environ["CITAS_PROCESS"] = "web"  # pools and deadlines are for these processes only

try:
    from citas import handler

    application = handler.application()
except ConfigurationError as error:
    sys.exit(f"citas: {error}")
