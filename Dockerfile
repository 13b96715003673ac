FROM node:22-slim
WORKDIR /app
COPY . .
RUN npm ci --omit=dev && node bin/regulars.js build && mkdir /data && chown -R node /app /data
USER node
ENV HOST=0.0.0.0 PORT=8080 REGULARS_DATA=/data NODE_OPTIONS=--max-semi-space-size=32
EXPOSE 8080
# DATABASE_URL names the PostgreSQL; migrations are applied before serving
CMD ["sh", "-c", "node bin/regulars.js migrate && node bin/regulars.js serve"]
