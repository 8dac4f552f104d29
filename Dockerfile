# One image for web, worker, migrate and the command line: the command tells which.
FROM node:24-slim AS build
WORKDIR /instap
COPY package.json package-lock.json ./
# Every native part ships prebuilt inside its package: no install script is needed.
RUN npm ci --omit=dev --ignore-scripts
COPY . .
RUN node processes/bundle.ts /instap/workflow-bundle.js

FROM node:24-slim
WORKDIR /instap
ENV NODE_ENV=production WORKFLOW_BUNDLE=/instap/workflow-bundle.js
COPY --from=build /instap ./
# Owned by root: the process cannot change its own code.
USER node
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.PORT || 3000) + '/healthz').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "processes/web.ts"]
