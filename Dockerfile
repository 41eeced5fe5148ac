# The portal's image: web, workers, beat and migrations are the same image with other commands.

FROM node:22-bookworm-slim AS front-end
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY static static
RUN npm run build

FROM python:3.11-slim-bookworm AS packages
COPY requirements.in requirements.lock ./
# Only what runs in production, in exactly the versions of the lock.
RUN python -m venv /opt/venv \
    && sed '/laptop, tests and checks/,$d' requirements.in > runtime.in \
    && /opt/venv/bin/pip install --no-cache-dir -r runtime.in -c requirements.lock \
    && /opt/venv/bin/pip check

FROM python:3.11-slim-bookworm
# Characters beyond the BMP are not in the wheel's font; pg_dump and pg_restore of the server's own
# version are for the service `backup`.
RUN apt-get update \
    && apt-get install -y --no-install-recommends fonts-noto-cjk postgresql-common ca-certificates \
    && /usr/share/postgresql-common/pgdg/apt.postgresql.org.sh -y \
    && apt-get install -y --no-install-recommends postgresql-client-17 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin msw \
    && install -d -o msw -g msw /var/lib/msw/media /var/lib/msw/anchors /var/lib/msw/backups
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    MPLCONFIGDIR=/tmp/matplotlib \
    MSW_STATIC_ROOT=/var/lib/msw/static \
    MSW_MEDIA=/var/lib/msw/media \
    MSW_ANCHORS=/var/lib/msw/anchors/anchors.jsonl \
    MSW_BACKUPS=/var/lib/msw/backups
WORKDIR /app
COPY --from=packages /opt/venv /opt/venv
COPY . .
COPY --from=front-end /build/static/dist static/dist
# Names that reach nothing: collecting files asks no server, but the settings refuse to load without them.
RUN python -c "import glob, polib; [polib.pofile(p).save_as_mofile(p[:-2] + 'mo') for p in glob.glob('locale/*/LC_MESSAGES/*.po')]" \
    && DATABASE_URL=postgres://build@build/build REDIS_URL=redis://build ALLOWED_HOSTS=build MSW_KEYS=/dev/null \
       SECRET_KEY="$(python -c 'import secrets; print(secrets.token_hex(32))')" \
       python manage.py collectstatic --noinput -v0
USER msw
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s CMD ["python", "deploy/healthy.py", "/livez"]
CMD ["gunicorn", "--config", "deploy/gunicorn.py", "msw_portal.wsgi"]
