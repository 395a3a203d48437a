# Yizhan with what a server needs. `compose.yaml` runs it beside PostGIS and nginx;
# docs/operator.md says how a city is set up in it.
FROM python:3.11-slim-bookworm AS build
WORKDIR /src
RUN python -m venv /opt/yizhan
COPY requirements.lock ./
RUN /opt/yizhan/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY geo geo
COPY data data
COPY planning planning
COPY web web
RUN /opt/yizhan/bin/pip install --no-cache-dir --no-build-isolation --no-deps '.[h3,nation,postgres,raster,s3,serve]'

FROM python:3.11-slim-bookworm
# Debian keeps only the newest build of a package, so that a pinned one cannot be had later.
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install -y --no-install-recommends fonts-noto-cjk \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --create-home --uid 10001 yizhan \
 && install -d -o yizhan -g yizhan /srv/yizhan /run/yizhan /home/yizhan/.cache
COPY --from=build /opt/yizhan /opt/yizhan
# Compiled loops and the font list are kept in one folder, which may be a volume.
ENV PATH=/opt/yizhan/bin:$PATH \
    NUMBA_CACHE_DIR=/home/yizhan/.cache/numba \
    MPLCONFIGDIR=/home/yizhan/.cache/matplotlib
USER 10001
WORKDIR /srv/yizhan
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import http.client, socket; ask = http.client.HTTPConnection('yizhan'); ask.sock = socket.socket(socket.AF_UNIX); ask.sock.connect('/run/yizhan/gunicorn.sock'); ask.request('GET', '/healthz'); raise SystemExit(ask.getresponse().status != 200)"]
CMD ["gunicorn", "--no-control-socket", "--workers", "2", "--threads", "4", "--bind", "unix:/run/yizhan/gunicorn.sock", "web.app:create_app('/srv/yizhan/city')"]
