import express, { type IRouter, type Request, type Response } from 'express';
import type { Clock } from '../model/clock.ts';
import { renderLoginPage } from '../page/login-page.ts';
import type { AdminRoutes } from './admin-server.ts';
import type { BrowserSessions } from './browser-sessions.ts';
import { cookieOf, FORM_COOKIE, SESSION_COOKIE, setCookie } from './cookies.ts';
import { createFailureLimit } from './failure-limit.ts';
import { isSameOrigin } from './same-origin.ts';
import { isSameText } from './same-text.ts';
import { sendHtml } from './send-html.ts';
import { stillParts } from './still-parts.ts';

/** What came of an attempt to log in; value of the label `result`. */
export type LoginResult = 'success' | 'failure' | 'limited';

/** What the login is given. */
export interface LoginParts {
  readonly clock: Clock;
  readonly token: () => string | undefined;
  readonly sessions: BrowserSessions;
  readonly lifetimeMs: () => number;
  readonly onLogin: (result: LoginResult) => void;
}

/** Wrong tokens in five minutes, from one address and from all. */
const LIMIT = { ofOne: 10, ofAll: 100, windowMs: 5 * 60_000 };
const MOST_BYTES = 16 * 1024;
const FORM_SECONDS = 3600;

/** A path below the page, never one that leads to another host or upwards. */
const PLAIN_PATH = /^(?!\.)[\w%~-][\w.%~-]*(?:\/(?!\.)[\w%~-][\w.%~-]*)*$/;

const nextOf = (value: unknown): string =>
  typeof value === 'string' && value.length <= 300 && PLAIN_PATH.test(value) ? value : '';

function fieldOf(request: Request, name: string): unknown {
  const body: unknown = request.body;
  return typeof body === 'object' && body !== null
    ? Object.entries(body).find(([key]) => key === name)?.[1]
    : undefined;
}

const goTo = (response: Response, location: string): void => {
  response.status(303).set({ Location: location, 'Cache-Control': 'no-store' }).end();
};

/** Routes of the login in a browser: `/login` and `/logout`. */
export function loginRoutes(parts: LoginParts): AdminRoutes {
  const { clock, token, sessions, lifetimeMs, onLogin } = parts;
  const limit = createFailureLimit(clock, LIMIT);

  const show = async (
    request: Request,
    response: Response,
    status: number,
    problem: string | undefined,
    next: string,
  ): Promise<void> => {
    response.append('Set-Cookie', setCookie(request, FORM_COOKIE, '1', FORM_SECONDS));
    sendHtml(response.status(status), renderLoginPage(await stillParts(request), { problem, next }));
  };

  const logIn = async (request: Request, response: Response): Promise<void> => {
    const wanted = token();
    const next = nextOf(fieldOf(request, 'next'));
    if (wanted === undefined) {
      goTo(response, './');
      return;
    }
    if (!isSameOrigin(request)) {
      await show(request, response, 403, 'The form did not come from this page. Try again from here.', next);
      return;
    }
    const who = request.socket.remoteAddress ?? '';
    const waitMs = limit.waitMs(who);
    if (waitMs > 0) {
      onLogin('limited');
      const seconds = Math.ceil(waitMs / 1000);
      response.set('Retry-After', String(seconds));
      await show(request, response, 429, `Too many wrong tokens. Try again in ${seconds} seconds.`, next);
      return;
    }
    const given = fieldOf(request, 'token');
    if (typeof given !== 'string' || !isSameText(given.trim(), wanted)) {
      limit.failed(who);
      onLogin('failure');
      await show(request, response, 401, 'This is not the token.', next);
      return;
    }
    onLogin('success');
    const id = sessions.begin(wanted);
    response.append('Set-Cookie', setCookie(request, SESSION_COOKIE, id, lifetimeMs() / 1000));
    response.append('Set-Cookie', setCookie(request, FORM_COOKIE, '1', lifetimeMs() / 1000));
    goTo(response, next === '' ? './' : next);
  };

  const logOut = (request: Request, response: Response): void => {
    if (!isSameOrigin(request)) {
      response.status(403).json({ error: 'Origin: want a page of this server, got another' });
      return;
    }
    const id = cookieOf(request, SESSION_COOKIE);
    if (id !== undefined) sessions.end(id);
    response.append('Set-Cookie', setCookie(request, SESSION_COOKIE, '', 0));
    goTo(response, 'login');
  };

  return {
    paths: ['/login', '/logout'],
    add: (app: IRouter) => {
      app.get('/login', async (request, response) => {
        if (token() === undefined) goTo(response, './');
        else await show(request, response, 200, undefined, nextOf(request.query['next']));
      });
      app.post('/login', express.urlencoded({ extended: false, limit: MOST_BYTES }), logIn);
      app.post('/logout', logOut);
    },
  };
}
