ARG BASE=docker.io/library/node:24-bookworm-slim

# Node with what it links to.
FROM ${BASE} AS build
COPY services/images/assemble.sh /usr/local/bin/
RUN sh /usr/local/bin/assemble.sh /runtime - node

# With it all images of this file begin, so that they share its layer.
FROM scratch AS runtime
COPY --from=build /runtime /
ENV PATH=/usr/local/bin:/usr/bin:/bin
WORKDIR /app
ENTRYPOINT ["node", "--disable-warning=ExperimentalWarning"]

FROM runtime AS labelled
ARG VERSION=dev
ARG REVISION=unknown
LABEL org.opencontainers.image.vendor="Platen" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"

FROM ${BASE} AS bundles
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY monitor/package.json monitor/
COPY operator/package.json operator/
COPY services/api/package.json services/api/
COPY services/database/package.json services/database/
COPY services/edge/package.json services/edge/
COPY services/images/package.json services/images/
COPY services/ingest/package.json services/ingest/
COPY services/ledger/package.json services/ledger/
COPY services/pace/package.json services/pace/
COPY services/protocol/package.json services/protocol/
COPY services/telemetry/package.json services/telemetry/
# Secrets of the build, if there are any: `npmrc` for a registry of one's own, `ca` for its authority.
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc --mount=type=secret,id=ca \
    --mount=type=cache,target=/root/.npm \
    NODE_EXTRA_CA_CERTS=/run/secrets/ca npm ci --omit=dev --ignore-scripts \
    --workspace monitor --workspace operator --workspace services/api --workspace services/database \
    --workspace services/edge --workspace services/images --workspace services/ingest --workspace services/ledger \
    --workspace services/pace --workspace services/protocol --workspace services/telemetry
COPY monitor monitor/
COPY operator operator/
COPY services services/
COPY test/fleet test/fleet/
RUN node services/images/bundle/main.ts /bundles

# The edge's pod starts HAProxy through a shell, and ends it with one.
FROM build AS haproxy
RUN apt-get update && apt-get install --yes --no-install-recommends haproxy
RUN sh /usr/local/bin/assemble.sh /haproxy /runtime haproxy sh sleep touch /usr/lib/ssl/openssl.cnf

FROM labelled AS operator
COPY --from=bundles /bundles/operator ./
CMD ["operator.mjs"]
LABEL org.opencontainers.image.title="platen-operator" \
      org.opencontainers.image.description="Turns Region and Tenant resources into isolated, verified stacks"
USER 10001:10001

FROM labelled AS api
COPY --from=bundles /bundles/api ./
CMD ["api.mjs"]
LABEL org.opencontainers.image.title="platen-api" \
      org.opencontainers.image.description="A tenant's data by GraphQL, and the preparation of its database"
USER 10001:10001

FROM labelled AS ingest
COPY --from=bundles /bundles/ingest ./
CMD ["ingest.mjs"]
LABEL org.opencontainers.image.title="platen-ingest" \
      org.opencontainers.image.description="From the XMPP server to the tenant's database"
USER 10001:10001

FROM labelled AS edge
COPY --from=haproxy /haproxy /
# Debian has HAProxy among what only root calls.
ENV PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin
COPY --from=bundles /bundles/edge ./
CMD ["edge.mjs"]
LABEL org.opencontainers.image.title="platen-edge" \
      org.opencontainers.image.description="A region's way in: HAProxy, and the agent that brings it the routes"
USER 10001:10001

FROM labelled AS monitor
COPY --from=bundles /bundles/monitor ./
CMD ["monitor.mjs"]
LABEL org.opencontainers.image.title="platen-monitor" \
      org.opencontainers.image.description="Finds and reads a site's printers, and reports by XMPP"
USER 10001:10001

FROM labelled AS printers
COPY --from=bundles /bundles/printers ./
CMD ["printers.mjs"]
LABEL org.opencontainers.image.title="platen-printers" \
      org.opencontainers.image.description="Simulated printers, for tests"
USER 10001:10001
