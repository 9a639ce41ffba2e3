# A small image: ordinary user, nothing written outside /data, so the root may be read-only:
#
#   docker build -t hotpapers .
#   docker run --rm -it -v hotpapers:/data hotpapers init
#   docker run -d --name hotpapers --read-only --tmpfs /tmp -v hotpapers:/data --restart unless-stopped hotpapers

FROM python:3.12-slim AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE hotpapers.py ./
COPY .ci/constraints.txt .ci/constraints.txt
COPY bot bot
COPY cogs cogs
ENV PIP_CONSTRAINT=/src/.ci/constraints.txt \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/hotpapers \
    && /opt/hotpapers/bin/pip install . \
    && /opt/hotpapers/bin/pip uninstall --yes pip

FROM python:3.12-slim
RUN groupadd --gid 10001 hotpapers \
    && useradd --uid 10001 --gid hotpapers --home-dir /data --no-create-home \
        --shell /usr/sbin/nologin hotpapers \
    && install --directory --owner hotpapers --group hotpapers --mode 0700 /data
COPY --from=build /opt/hotpapers /opt/hotpapers
# Two heaps of glibc's instead of one for every thread: a tenth less memory.
ENV PATH=/opt/hotpapers/bin:$PATH \
    MALLOC_ARENA_MAX=2 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
USER 10001:10001
# config.toml, hotpapers.env and the archive lie here, and nothing anywhere else.
WORKDIR /data
VOLUME /data
# docker stop: the bot lets messages under way finish and needs less than ten seconds for that.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=60s --timeout=15s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:9464/healthz', timeout=12)"]
ENTRYPOINT ["hotpapers"]
CMD ["run"]
