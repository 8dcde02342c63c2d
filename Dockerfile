# The sidecar as an image. In a container's own network say where to listen, e.g.
#   docker run --read-only -p 8080:8080 -p 9464:9464 \
#     -e MCP_VITALS_UPSTREAM=http://mcp-server:8000 \
#     -e MCP_VITALS_LISTEN=0.0.0.0:8080 -e MCP_VITALS_ADMIN=0.0.0.0:9464 mcp-vitals
# The image sets neither: a variable here would override a configuration file that is mounted.
# docker-compose.yml builds and runs it with everything around it.

# Where images come from a registry of one's own: --build-arg NODE_IMAGE=registry.example.com/node:24-bookworm-slim
ARG NODE_IMAGE=node:24-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
RUN npm run build

FROM ${NODE_IMAGE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts

FROM ${NODE_IMAGE}
ENV NODE_ENV=production
WORKDIR /app
COPY package.json LICENSE ./
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
# A volume that is mounted here for `state.directory` takes over this owner.
RUN mkdir -p /var/lib/mcp-vitals && chown 1000:1000 /var/lib/mcp-vitals && chmod 700 /var/lib/mcp-vitals
# By number, so that Kubernetes can see that it is not root. Nothing is written but to `state.directory`,
# if that is set: the root file system may be read-only.
USER 1000:1000
EXPOSE 8080 9464
# Where the configuration file moves the admin server, set MCP_VITALS_ADMIN as well or replace this check.
HEALTHCHECK --interval=10s --timeout=10s --start-period=2m --retries=3 \
  CMD ["node", "-e", "const at = (process.env.MCP_VITALS_ADMIN || '127.0.0.1:9464').replace(/^(0\\.0\\.0\\.0|\\[::\\]):/, '127.0.0.1:'); fetch('http://' + at + '/healthz').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/app/dist/main.js"]
CMD ["serve"]
