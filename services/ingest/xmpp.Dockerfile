ARG BASE=docker.io/library/debian:bookworm-slim

# Prosody with the Lua that it runs on and its driver for PostgreSQL, and nothing else of the system.
FROM ${BASE} AS build
COPY services/images/assemble.sh /usr/local/bin/
RUN apt-get update \
    && apt-get install --yes --no-install-recommends prosody lua-dbi-postgresql
RUN sh /usr/local/bin/assemble.sh /runtime - env lua5.4 prosody /usr/lib/prosody /usr/share/lua/5.4 \
    /usr/lib/*-linux-gnu/lua/5.4 /usr/lib/ssl/openssl.cnf

FROM scratch
COPY --from=build /runtime /
ENV PATH=/usr/local/bin:/usr/bin:/bin
ENTRYPOINT ["prosody", "-F"]
CMD ["--config", "/etc/platen/xmpp/prosody.cfg.lua"]
ARG VERSION=dev
ARG REVISION=unknown
LABEL org.opencontainers.image.title="platen-xmpp" \
      org.opencontainers.image.description="The XMPP server to which a tenant's monitors connect" \
      org.opencontainers.image.vendor="Platen" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
USER 10001:10001
