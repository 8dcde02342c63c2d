import http from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type ErrorRequestHandler, type IRouter, type RequestHandler } from 'express';
import { listenOn } from '../model/listen-on.ts';
import type { Log } from '../model/log.ts';
import { visibleText } from '../model/visible-text.ts';
import type { Access } from './access.ts';
import { requireToken } from './bearer-token.ts';
import { checkHost } from './host-check.ts';
import { sendError } from './send-error.ts';

/** Whether the sidecar can do its work, and why not. */
export type Readiness = { readonly ready: true } | { readonly ready: false; readonly reason: string };

/** Routes of another part of the sidecar. */
export interface AdminRoutes {
  /** What is said of them where a path is unknown. */
  readonly paths: readonly string[];
  /**
   * @param guard lets only those through who know the token or are logged in; to be put before each handler.
   * @param pageGuard the same for pages: it sends a browser to the login.
   */
  readonly add: (app: IRouter, guard: RequestHandler, pageGuard: RequestHandler) => void;
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
  /** Who is let through; by default who has the token. */
  readonly access?: Pick<Access, 'guard' | 'pageGuard'>;
  /** Names under which it is served without a token, beside addresses and loopback names. */
  readonly hosts?: () => readonly string[];
}

/** A running admin server. */
export interface AdminServer {
  readonly address: AddressInfo;
  /** Method and path of each route, e.g. `GET /api/v1/probes/:name`. */
  readonly routes: readonly string[];
  /** Stops it at once: what it serves can be asked for again. */
  readonly stop: () => Promise<void>;
}

/** Paths that orchestrators and scrapers ask for, under whatever name. */
const OPEN = ['/metrics', '/healthz', '/readyz'];

const PLAIN = 'text/plain; charset=utf-8';
const NO_PAGE = 'There is nothing at this address.';

/** Method and path of each route that an application has. */
function routesOf(app: express.Express): readonly string[] {
  const all = app.router.stack.flatMap(({ route }) =>
    route === undefined ? [] : route.stack.map(({ method }) => `${method.toUpperCase()} ${route.path}`),
  );
  return [...new Set(all)];
}

/** What express finds wrong with a request itself, such as a path with a broken escape or a body that is too long. */
function refusalOf(thrown: unknown): { readonly status: number; readonly reason: string } | undefined {
  if (!(thrown instanceof Error) || !('status' in thrown)) return undefined;
  const { status } = thrown;
  return typeof status === 'number' && status >= 400 && status < 500
    ? { status, reason: visibleText(thrown.message) }
    : undefined;
}

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
  app.use((_request, response, next) => {
    response.set('X-Content-Type-Options', 'nosniff');
    next();
  });
  app.use(checkHost(sources.token, sources.hosts ?? (() => []), OPEN));
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
  const guard = sources.access?.guard ?? requireToken(sources.token);
  const pageGuard = sources.access?.pageGuard ?? guard;
  app.get('/metrics', guard, async (request, response) => {
    const { contentType, body } = await sources.metrics(request.headers.accept);
    // Not send(): it would put its own charset into the type.
    response.set({ 'Content-Type': contentType, Vary: 'Accept' }).end(body);
  });
  app.get('/api/v1/status', guard, (_request, response) => {
    response.json(sources.status());
  });
  const { routes = [] } = sources;
  for (const { add } of routes) add(app, guard, pageGuard);
  const known = [
    '/metrics',
    '/healthz',
    '/readyz',
    '/api/v1/status',
    ...routes.flatMap(({ paths }) => paths),
  ].join(', ');
  app.use(async (request, response) => {
    const error = `want one of ${known}, got ${request.method} ${request.path}`;
    await sendError(request, response.status(404), { title: 'No such page', text: NO_PAGE, error });
  });
  const onError: ErrorRequestHandler = async (thrown: unknown, request, response, next) => {
    const refused = refusalOf(thrown);
    if (refused !== undefined && !response.headersSent) {
      const error = `want a request that can be read, got ${refused.reason}`;
      await sendError(request, response.status(refused.status), {
        title: 'Not understood',
        text: `${error}.`,
        error,
      });
      return;
    }
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    log('error', `admin ${request.path}: ${reason}`);
    if (response.headersSent) {
      next(thrown);
      return;
    }
    const error = 'the sidecar could not answer; its log says why';
    await sendError(request, response.status(500), { title: 'No answer', text: `${error}.`, error });
  };
  app.use(onError);

  const server = http.createServer(app);
  const address = await listenOn(server, listen);
  return {
    address,
    routes: routesOf(app),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
