import type { Request, RequestHandler, Response } from 'express';
import type { ProbeDetail, ProbeSummary } from '../model/probe-history.ts';
import { renderErrorPage } from '../page/error-page.ts';
import { renderProbeList, renderProbePage } from '../page/probe-pages.ts';
import type { AdminRoutes } from './admin-server.ts';
import { sendHtml } from './send-html.ts';
import { stillParts } from './still-parts.ts';

/** A question to `/probe`, in the manner of Prometheus' blackbox exporter. */
export interface TargetQuestion {
  readonly target: string;
  readonly module: string;
  readonly debug: boolean;
  /** What Prometheus says how long it waits, in milliseconds. */
  readonly scrapeTimeoutMs: number | undefined;
}

/** The answer to it: a page, or why there is none. */
export type TargetAnswer =
  | { readonly status: 200; readonly contentType: string; readonly body: string }
  | { readonly status: 400 | 403 | 404 | 503; readonly error: string };

/** The probes, as routes need them. */
export interface ProbeDirectory {
  readonly list: () => readonly ProbeSummary[];
  readonly detail: (name: string) => ProbeDetail | undefined;
  /** False if there is no probe of the name. */
  readonly setEnabled: (name: string, enabled: boolean) => boolean;
  /** Records the list of tools that was seen last; false if there is none. */
  readonly acceptTools: (name: string) => boolean;
  readonly probeTarget: (question: TargetQuestion) => Promise<TargetAnswer>;
}

const nameOf = (request: Request): string => {
  const { name } = request.params;
  return typeof name === 'string' ? name : '';
};

const unknown = (response: Response, name: string): void => {
  response.status(404).json({ error: `want the name of a probe, got ${JSON.stringify(name)}` });
};

/** A parameter that is given once. */
const single = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** `X-Prometheus-Scrape-Timeout-Seconds`, in milliseconds. */
function scrapeTimeoutMs(request: Request): number | undefined {
  const seconds = Number(request.get('X-Prometheus-Scrape-Timeout-Seconds'));
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : undefined;
}

/**
 * Refuses changes where no token is configured: a page in a browser of the same
 * machine could make them otherwise.
 */
function needsToken(token: () => string | undefined): RequestHandler {
  return (_request, response, next) => {
    if (token() !== undefined) {
      next();
      return;
    }
    response
      .status(403)
      .json({ error: 'want a token configured (admin.tokenFile) before anything is changed, got none' });
  };
}

/**
 * Routes of the probes: `/probes`, `/probes/<name>`, the same as JSON below
 * `/api/v1`, POST `…/enable`, `…/disable` and `…/accept`, and `/probe?target=…`.
 * @param token the configured token, asked for each request.
 */
export function probeRoutes(directory: ProbeDirectory, token: () => string | undefined): AdminRoutes {
  const change =
    (act: (name: string) => boolean, problem: string): RequestHandler =>
    (request, response) => {
      const name = nameOf(request);
      if (directory.detail(name) === undefined) unknown(response, name);
      else if (act(name)) response.json(directory.detail(name));
      else response.status(409).json({ error: problem });
    };
  return {
    paths: ['/probes', '/probes/<name>', '/api/v1/probes', '/api/v1/probes/<name>', '/probe'],
    add: (app, guard, pageGuard) => {
      app.get('/probes', pageGuard, async (request, response) => {
        sendHtml(response, renderProbeList(directory.list(), await stillParts(request)));
      });
      app.get('/probes/:name', pageGuard, async (request, response) => {
        const name = nameOf(request);
        const probe = directory.detail(name);
        const parts = await stillParts(request);
        if (probe !== undefined) sendHtml(response, renderProbePage(probe, parts));
        else {
          const text = `There is no probe of the name ${JSON.stringify(name)}. It may have been renamed or removed.`;
          sendHtml(response.status(404), renderErrorPage(parts, { title: 'No such probe', text }));
        }
      });
      app.get('/api/v1/probes', guard, (_request, response) => {
        response.json({ probes: directory.list() });
      });
      app.get('/api/v1/probes/:name', guard, (request, response) => {
        const probe = directory.detail(nameOf(request));
        if (probe === undefined) unknown(response, nameOf(request));
        else response.json(probe);
      });
      const changing = [guard, needsToken(token)];
      const path = '/api/v1/probes/:name';
      app.post(
        `${path}/enable`,
        changing,
        change((name) => directory.setEnabled(name, true), ''),
      );
      app.post(
        `${path}/disable`,
        changing,
        change((name) => directory.setEnabled(name, false), ''),
      );
      app.post(
        `${path}/accept`,
        changing,
        change(
          directory.acceptTools,
          'want a probe of kind tools that has seen a list and has no snapshotFile, got another',
        ),
      );
      app.get('/probe', guard, async (request, response) => {
        const target = single(request.query['target']);
        if (target === undefined) {
          response.status(400).json({ error: 'target: want one URL, got none or several' });
          return;
        }
        const answer = await directory.probeTarget({
          target,
          module: single(request.query['module']) ?? 'handshake',
          debug: single(request.query['debug']) === 'true',
          scrapeTimeoutMs: scrapeTimeoutMs(request),
        });
        if (answer.status === 200) response.set('Content-Type', answer.contentType).end(answer.body);
        else response.status(answer.status).json({ error: answer.error });
      });
    },
  };
}
