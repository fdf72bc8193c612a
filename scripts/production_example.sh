# Settings like those of a production, for `check --deploy` in `make lint`. None of these is a secret of anybody.
export CITAS_ENV=production
export SECRET_KEY=only-for-the-check-of-production-settings-0123456789-abcdefghij
export SITE_URL=https://citas.example.com
export ALLOWED_HOSTS=citas.example.com
export CACHE_URL=redis://127.0.0.1:6379/0
