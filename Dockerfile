# One image for web, worker and beat; the command says which (docker-compose.yml).
# EXTRAS="[modeling]" adds PyTorch and its companions, for the worker that trains.
FROM python:3.11-slim-trixie AS build
ARG EXTRAS=""
WORKDIR /app
COPY pyproject.toml constraints.txt README.md ./
COPY platform ./platform
COPY collection ./collection
COPY tutorial ./tutorial
COPY qualitycontrol ./qualitycontrol
COPY modeling ./modeling
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --constraint constraints.txt ".${EXTRAS}"

FROM python:3.11-slim-trixie
# pg_dump and pg_restore, for `manage.py backup` and `restore`.
RUN apt-get update && apt-get install --yes --no-install-recommends postgresql-client && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --create-home --home-dir /home/esc esc
COPY --from=build /venv /venv
WORKDIR /app
COPY --chown=root:root . .
ENV PATH=/venv/bin:$PATH \
    PYTHONPATH=/app:/app/platform \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=escplatform.settings.production \
    ESC_VAR=/var/lib/escplatform
# Static files are part of the image; the secrets that the settings ask for are not needed to collect them.
RUN mkdir -p /var/lib/escplatform/models /var/lib/escplatform/releases /var/lib/escplatform/withdrawals \
    && ESC_SECRET_KEY=only-while-the-image-is-built-0123456789 ESC_IDENTITY_KEY=only-while-the-image-is-built-0123456789 \
       DATABASE_URL=postgresql://none@none/none REDIS_URL=redis://none:6379/0 \
       python manage.py collectstatic --noinput --verbosity 0 \
    && chown -R esc /var/lib/escplatform
USER esc
EXPOSE 8000
CMD ["python", "manage.py", "web", "--host", "0.0.0.0", "--port", "8000"]
