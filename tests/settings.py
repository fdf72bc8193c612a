"""The settings of tests: the demo's, on embedded servers of their own, whose data may be lost with the machine."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

if os.environ.get("CITAS_THROWAWAY") != "1":  # the workers of xdist find it said
    os.environ["CITAS_THROWAWAY"] = "1"
    # Never the developer's own data: a folder inside.
    os.environ["CITAS_DATA"] = str(Path(os.environ.get("CITAS_DATA") or ROOT / ".data") / "test")
    os.environ["CITAS_ENV"] = "demo"

from citas.settings import *  # noqa: E402, F403

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Each worker of xdist counts its own: clearing the cache between tests empties nobody else's.
CACHES["default"]["LOCATION"] += f"?db={os.environ.get('PYTEST_XDIST_WORKER', 'gw14').removeprefix('gw')}"  # noqa: F405
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = True
