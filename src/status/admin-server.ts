import http from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type ErrorRequestHandler, type IRouter, type RequestHandler } from 'express';
import { listenOn } from '../model/listen-on.ts';
import type { Log } from '../model/log.ts';
import { requireToken } from './bearer-token.ts';

/** Whether the sidecar can do its work, and why not. */
export type Readiness = { readonly ready: true } | { readonly ready: false; readonly reason: string };

/** Routes of another part of the sidecar. */
export interface AdminRoutes {
  /** What is said of them where a path is unknown. */
  readonly paths: readonly string[];
  /** @param guard lets only those through who know the token; to be put before each handler. */
  readonly add: (app: IRouter, guard: RequestHandler) => void;
}

/** Routes that answer in JSON, by their path, e.g. `/api/v1/detectors`. */
export const jsonRoutes = (answers: Readonly<Record<string, () => object>>): AdminRoutes => ({
  paths: Object.keys(answers),
  add: (app, guard) => {
    for (const [path, answer] of Object.entries(answers)) {
      app.get(path, guard, (_request, response) => {
        response.json(answer());
      });
    }
  },
});

/** What the admin server shows. */
export interface AdminSources {
  /** @param accept the request's Accept header, which may ask for another format. */
  readonly metrics: (
    accept: string | undefined,
  ) => Promise<{ readonly contentType: string; readonly body: string }>;
  readonly readiness: () => Promise<Readiness>;
  /** Answer of `/api/v1/status`. */
  readonly status: () => object;
  /** Asked for each request; undefined: no token is needed. */
  readonly token: () => string | undefined;
  /** What other parts of the sidecar show. */
  readonly routes?: readonly AdminRoutes[];
}

/** A running admin server. */
export interface AdminServer {
  readonly address: AddressInfo;
  /** Stops it at once: what it serves can be asked for again. */
  readonly stop: () => Promise<void>;
}

const PLAIN = 'text/plain; charset=utf-8';

/**
 * Starts the server of /metrics, /healthz, /readyz, /api/v1/status and further routes. Health
 * and readiness need no token, so that an orchestrator can ask.
 * @throws Error `listen 127.0.0.1:9464: address already in use` and the like.
 */
export async function startAdminServer(
  listen: { readonly host: string; readonly port: number },
  sources: AdminSources,
  log: Log,
): Promise<AdminServer> {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.get('/healthz', (_request, response) => {
    response.type(PLAIN).send('ok\n');
  });
  app.get('/readyz', async (_request, response) => {
    const readiness = await sources.readiness();
    response
      .status(readiness.ready ? 200 : 503)
      .type(PLAIN)
      .send(readiness.ready ? 'ready\n' : `not ready: ${readiness.reason}\n`);
  });
  const guard = requireToken(sources.token);
  app.get('/metrics', guard, async (request, response) => {
    const { contentType, body } = await sources.metrics(request.headers.accept);
    // Not send(): it would put its own charset into the type.
    response.set({ 'Content-Type': contentType, Vary: 'Accept' }).end(body);
  });
  app.get('/api/v1/status', guard, (_request, response) => {
    response.json(sources.status());
  });
  const { routes = [] } = sources;
  for (const { add } of routes) add(app, guard);
  const known = [
    '/metrics',
    '/healthz',
    '/readyz',
    '/api/v1/status',
    ...routes.flatMap(({ paths }) => paths),
  ].join(', ');
  app.use((request, response) => {
    response.status(404).json({ error: `want one of ${known}, got ${request.method} ${request.path}` });
  });
  const onError: ErrorRequestHandler = (error: unknown, request, response, _next) => {
    const reason = error instanceof Error ? error.message : String(error);
    log('error', `admin ${request.path}: ${reason}`);
    response.status(500).json({ error: 'the sidecar could not answer; its log says why' });
  };
  app.use(onError);

  const server = http.createServer(app);
  const address = await listenOn(server, listen);
  return {
    address,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
