import { systemClock } from '../../src/model/clock.ts';
import type { PageModel } from '../../src/model/page-model.ts';
import { createAccess } from '../../src/status/access.ts';
import { startAdminServer, type AdminRoutes } from '../../src/status/admin-server.ts';
import { createBrowserSessions } from '../../src/status/browser-sessions.ts';
import { createEventHub } from '../../src/status/event-hub.ts';
import { loginRoutes } from '../../src/status/login-routes.ts';
import { pageRoutes } from '../../src/status/page-routes.ts';
import { seriesAnswer } from '../page/page-models.ts';

/** What a page server shows; all of it may be changed while it runs. */
export interface PageState {
  model: PageModel;
  /** Least time between two updates. */
  updateMs: number;
  /** False: requests below /api are refused as if the sidecar were in trouble. */
  answers: boolean;
}

/** A status page without a sidecar behind it. */
export interface PageServer {
  /** With a slash at its end. */
  readonly url: string;
  readonly state: PageState;
  /** Shows another model at once. */
  readonly push: (model: PageModel) => void;
  /** Listeners to its events. */
  readonly listeners: () => number;
  readonly stop: () => Promise<void>;
}

/** Starts the admin server with the real page, login and events, over a model that the test holds in its hands. */
export async function startPageServer(model: PageModel, token?: string): Promise<PageServer> {
  const state: PageState = { model, updateMs: 100, answers: true };
  const startedAtMs = performance.now();
  const sessions = createBrowserSessions(systemClock, () => 3_600_000);
  const access = createAccess(() => token, sessions);
  const readPage = async (): Promise<PageModel> => {
    const uptimeSeconds = (performance.now() - startedAtMs) / 1000;
    return { ...state.model, server: { ...state.model.server, uptimeSeconds } };
  };
  const hub = createEventHub({
    clock: systemClock,
    read: readPage,
    updateMs: () => state.updateMs,
    mostListeners: () => 50,
    isAllowed: access.isAllowed,
    onError: (error) => {
      throw error;
    },
  });
  const api: AdminRoutes = {
    paths: [],
    add: (app, guard) => {
      app.use('/api', (_request, response, next) => {
        if (state.answers) next();
        else response.status(500).end();
      });
      app.get('/api/v1/events', guard, (request, response) => hub.listen(request, response));
      app.get('/api/v1/server', guard, async (_request, response) => {
        response.json((await readPage()).server);
      });
      app.get('/api/v1/series', guard, (request, response) => {
        response.json(
          seriesAnswer(new URL(request.originalUrl, 'http://h').searchParams.get('names')?.split(',') ?? []),
        );
      });
    },
  };
  const server = await startAdminServer(
    { host: '127.0.0.1', port: 0 },
    {
      metrics: async () => ({ contentType: 'text/plain', body: '' }),
      readiness: async () => ({ ready: true }),
      status: () => ({}),
      token: () => token,
      access,
      routes: [
        api,
        loginRoutes({
          clock: systemClock,
          token: () => token,
          sessions,
          lifetimeMs: () => 3_600_000,
          onLogin: () => undefined,
        }),
        pageRoutes({ readPage, readSeries: async ({ names }) => seriesAnswer(names) }),
      ],
    },
    () => undefined,
  );
  return {
    url: `http://127.0.0.1:${server.address.port}/`,
    state,
    push: (next) => {
      state.model = next;
      hub.hurry();
    },
    listeners: () => hub.figures().open,
    stop: async () => {
      await hub.stop();
      await server.stop();
    },
  };
}
