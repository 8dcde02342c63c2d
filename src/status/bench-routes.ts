import express, { type ErrorRequestHandler, type Request, type RequestHandler } from 'express';
import type { BenchPush } from '../model/bench-summary.ts';
import type { AdminRoutes } from './admin-server.ts';

/** Longest body that is read: 20 profiles come to 12 KB. */
const MOST_BYTES = 64 * 1024;

/** What was read of a body, or every problem with it, one line each. */
export type ReadPush =
  | { readonly ok: true; readonly value: BenchPush }
  | { readonly ok: false; readonly problems: readonly string[] };

/** The load tests that a sidecar keeps, as routes need them. */
export interface BenchStore {
  /** The last of each profile, in the order of their names. */
  readonly last: () => BenchPush;
  /** Checks a body that was parsed. */
  readonly read: (body: unknown) => ReadPush;
  /** Takes new ones in place of the last ones of the same profiles. */
  readonly take: (push: BenchPush) => void;
}

const LOOPBACK = /^(?:127\.|::1$|::ffff:127\.)/;
/** Headers of proxies: who is behind one may be anywhere. */
const FORWARDING = ['forwarded', 'x-forwarded-for', 'via'];

/**
 * Without a token only the machine itself may push, nobody by way of a proxy on it, and no page in a browser on it:
 * those name their origin in every POST (Fetch, "append a request Origin header").
 */
function fromHereOrWithToken(token: () => string | undefined): RequestHandler {
  return (request, response, next) => {
    const isHere =
      LOOPBACK.test(request.socket.remoteAddress ?? '') &&
      ['origin', ...FORWARDING].every((name) => request.headers[name] === undefined);
    if (token() !== undefined || isHere) {
      next();
      return;
    }
    response
      .status(403)
      .json({ error: 'want a token configured (admin.tokenFile) or a program on this machine, got neither' });
  };
}

/** Refuses a body of another type: a form in a browser can send those without asking first. */
const onlyJson: RequestHandler = (request, response, next) => {
  if (request.is('application/json') === 'application/json') next();
  else
    response.status(415).json({
      error: `want Content-Type application/json, got ${request.headers['content-type'] ?? 'none'}`,
    });
};

const statusOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'status' in error ? error.status : undefined;

/** What is wrong with a body before anyone looks at what it says. */
const onUnreadable: ErrorRequestHandler = (error: unknown, _request: Request, response, next) => {
  const status = statusOf(error);
  if (status === 413) response.status(413).json({ error: `want at most ${MOST_BYTES} bytes, got more` });
  else if (status === 400) response.status(400).json({ error: 'want a body of JSON, got none' });
  else if (status === 415) response.status(415).json({ error: 'want UTF-8, plain or in gzip, got another' });
  else next(error);
};

/**
 * `POST /api/v1/bench` takes what `bench --push` sends, `GET` gives the last of each profile; 400 with every problem.
 * @param token the configured token, asked for each request.
 */
export function benchRoutes(store: BenchStore, token: () => string | undefined): AdminRoutes {
  const path = '/api/v1/bench';
  const take: RequestHandler = (request, response) => {
    const read = store.read(request.body);
    if (!read.ok) {
      response.status(400).json({ error: read.problems.join('; '), problems: read.problems });
      return;
    }
    store.take(read.value);
    response.json(store.last());
  };
  return {
    paths: [path],
    add: (app, guard) => {
      app.get(path, guard, (_request, response) => {
        response.json(store.last());
      });
      const body = express.json({ limit: MOST_BYTES, strict: false });
      app.post(path, guard, fromHereOrWithToken(token), onlyJson, body, take, onUnreadable);
    },
  };
}
