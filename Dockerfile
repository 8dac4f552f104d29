# One image for web, worker and migrate: the command tells which.
FROM node:24-slim
WORKDIR /instap
ENV NODE_ENV=production
COPY package.json package-lock.json ./
# Every native part ships prebuilt inside its package: no install script is needed.
RUN npm ci --omit=dev --ignore-scripts
COPY . .
USER node
CMD ["node", "web/server.ts"]
