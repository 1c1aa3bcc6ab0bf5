# Builds the image of asura: docker build -t asura . (docs/containers.md says how it is run).
#
# The image holds asura as a Python package and not as the one-file executable: that one unpacks itself at each start,
# also at each health check, which needs a temporary folder that may be executed from and memory for what it holds.
# And whoever scans images for vulnerable libraries finds them by name.
#
# The base is named by tag, so that a build takes the present security updates of Debian. To build the same twice, put
# the digest behind it: debian:trixie-slim@sha256:... (docker buildx imagetools inspect debian:trixie-slim).

FROM debian:trixie-slim AS build

# The versions are those of the base's own release.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends binutils ca-certificates python3 python3-venv \
    && rm -rf /var/lib/apt/lists/*

# One environment for asura, without pip, at the path that it has in the image; one for pip.
RUN python3 -m venv --without-pip /opt/asura && python3 -m venv /opt/pip
ENV PIP_PYTHON=/opt/asura/bin/python PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
ENV PIP_CACHE_DIR=/var/cache/pip npm_config_cache=/var/cache/npm

# The libraries first: they change less often than asura does.
WORKDIR /src
COPY pyproject.toml ./
RUN --mount=type=cache,target=/var/cache/pip \
    python3 -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["dependencies"], sep="\n")' \
        >requirements.txt \
    && /opt/pip/bin/pip install --requirement requirements.txt

# Building the package builds the dashboard too, with a Node.js that is installed for that moment.
COPY . .
RUN --mount=type=cache,target=/var/cache/pip --mount=type=cache,target=/var/cache/npm \
    /opt/pip/bin/pip install --no-deps .
# Without what only debuggers read, the libraries take a third less; the self-test loads each of them.
WORKDIR /
RUN find /opt/asura \( -name '*.so' -o -name '*.so.*' \) -type f -exec strip --strip-unneeded {} + \
    && /opt/asura/bin/asura selftest


FROM debian:trixie-slim

# The workflow of a release says what these are; a build by hand need not.
ARG VERSION=unreleased
ARG REVISION=unknown
ARG CREATED=1970-01-01T00:00:00Z
ARG SOURCE=""
LABEL org.opencontainers.image.title="asura" \
      org.opencontainers.image.description="A self-hosted monitor: it watches, believes failures carefully, and tells people." \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.created="${CREATED}" \
      org.opencontainers.image.source="${SOURCE}" \
      org.opencontainers.image.base.name="docker.io/library/debian:trixie-slim"

# A user of a fixed number, so that Kubernetes sees that it is not root and a folder of the host can be given to it.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends python3 \
    && rm -rf /var/lib/apt/lists/* /var/cache/* /var/log/* \
    && groupadd --gid 10001 asura \
    && useradd --uid 10001 --gid 10001 --no-log-init --no-create-home --home-dir /data --shell /usr/sbin/nologin asura \
    && install --directory --mode=0700 --owner=10001 --group=10001 /data

COPY --from=build /opt/asura /opt/asura

# Every interface of the container, IPv6 too: what of it is reached from outside is said where it is started.
ENV PATH=/opt/asura/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    PYTHONDONTWRITEBYTECODE=1 \
    ASURA_DATA=/data \
    ASURA_LISTEN=:8090

VOLUME ["/data"]
EXPOSE 8090
USER 10001:10001
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=120s --retries=3 CMD ["asura", "health"]
ENTRYPOINT ["asura"]
