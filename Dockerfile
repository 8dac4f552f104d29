# One image for web, worker and migrate: the command tells which.
FROM node:24-slim
WORKDIR /instap
ENV NODE_ENV=production
COPY package.json package-lock.json ./
# Every native part ships prebuilt inside its package: no install script is needed.
RUN npm ci --omit=dev --ignore-scripts
COPY . .
ENV WORKFLOW_BUNDLE=/instap/workflow-bundle.js
RUN node activities/bundle.ts $WORKFLOW_BUNDLE
USER node
CMD ["node", "web/server.ts"]
