import type { Request, Response } from 'express';
import type { Clock } from '../model/clock.ts';
import { PAGE_SECTIONS, type PageModel, type PageSection } from '../model/page-model.ts';

/** What a hub is given. */
export interface EventHubOptions {
  readonly clock: Clock;
  /** Makes what is sent; asked only while somebody listens. */
  readonly read: () => Promise<PageModel>;
  /** Least time between two updates, asked anew each time. */
  readonly updateMs: () => number;
  readonly mostListeners: () => number;
  /** Whether one that began to listen still may: a login ends, a token changes. */
  readonly isAllowed: (request: Request) => boolean;
  /** Gets what `read` threw; must not throw itself. */
  readonly onError: (error: unknown) => void;
}

/** How its listeners fare. */
export interface HubFigures {
  readonly open: number;
  readonly skipped: number;
  readonly dropped: number;
  readonly refused: number;
}

/** Sends the page's data to all who listen. */
export interface EventHub {
  readonly listen: (request: Request, response: Response) => Promise<void>;
  /** Sends an update now instead of at its time. */
  readonly hurry: () => void;
  readonly figures: () => HubFigures;
  /** Ends every connection; waits for the update under way. */
  readonly stop: () => Promise<void>;
}

interface Listener {
  readonly request: Request;
  readonly response: Response;
  /** Updates that it could not be sent in a row, since it had not taken what was sent before. */
  missed: number;
  isBlocked: boolean;
  /** Whether it has the sections as they were sent last to the others. */
  isCurrent: boolean;
}

/** Updates in a row after which one that takes nothing is cut off; with 2 s between them half a minute. */
const MOST_MISSED = 15;
/** Without an update for so long a comment is sent. */
const HEART_BEAT_MS = 15_000;
/** When a browser may come again after its connection was cut. */
const RETRY_MS = 3000;

const event = (name: string, data: string): string => `event: ${name}\ndata: ${data}\n\n`;

/**
 * Makes a hub of server-sent events. The page's data is made and written as text once for all listeners: first the whole
 * (`snapshot`), then what changed (`update`), section by section. One who does not take what was sent is skipped until it
 * has, then gets the whole again; one who takes nothing for long is cut off. Without listeners there is no work.
 */
export function createEventHub(options: EventHubOptions): EventHub {
  const { clock, read, updateMs, mostListeners, isAllowed, onError } = options;
  const listeners = new Set<Listener>();
  /** Sections as text, as they were sent last. */
  let sent = new Map<PageSection, string>();
  let atMs = 0;
  let timer: NodeJS.Timeout | undefined;
  let round: Promise<void> | undefined;
  let isHurried = false;
  let isStopped = false;
  let lastWriteMs = 0;
  const counts = { skipped: 0, dropped: 0, refused: 0 };

  const snapshot = (): string =>
    event('snapshot', `{"atMs":${atMs},${[...sent].map(([name, text]) => `"${name}":${text}`).join(',')}}`);

  /** Takes a model and says what changed, as the text of an update; its time in any case. */
  const take = (model: PageModel): string => {
    const changed: string[] = [];
    for (const name of PAGE_SECTIONS) {
      const text = JSON.stringify(model[name]);
      if (sent.get(name) === text) continue;
      sent.set(name, text);
      changed.push(`"${name}":${text}`);
    }
    ({ atMs } = model);
    return event('update', `{${[`"atMs":${atMs}`, ...changed].join(',')}}`);
  };

  const forget = (listener: Listener): void => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearTimeout(timer);
    timer = undefined;
    // What nobody sees is not kept; the next one gets it anew.
    sent = new Map();
  };

  const cut = (listener: Listener): void => {
    forget(listener);
    listener.response.destroy();
  };

  const write = (listener: Listener, text: string): void => {
    listener.isBlocked = !listener.response.write(text);
    listener.missed = 0;
  };

  const send = (listener: Listener, update: string, whole: () => string): void => {
    if (!isAllowed(listener.request)) {
      forget(listener);
      listener.response.end();
      return;
    }
    if (listener.isBlocked) {
      counts.skipped++;
      listener.isCurrent = false;
      listener.missed++;
      if (listener.missed <= MOST_MISSED) return;
      counts.dropped++;
      cut(listener);
      return;
    }
    write(listener, listener.isCurrent ? update : whole());
    listener.isCurrent = true;
  };

  const doRound = async (): Promise<void> => {
    isHurried = false;
    const model = await read();
    if (listeners.size === 0) return;
    const update = take(model);
    let whole: string | undefined;
    for (const listener of listeners) send(listener, update, () => (whole ??= snapshot()));
    lastWriteMs = clock.nowMs();
  };

  /** Where nothing can be said, a comment keeps proxies from closing the connections. */
  const beat = (): void => {
    const nowMs = clock.nowMs();
    if (nowMs - lastWriteMs < HEART_BEAT_MS) return;
    lastWriteMs = nowMs;
    for (const listener of listeners) if (!listener.isBlocked) write(listener, ': still here\n\n');
  };

  const schedule = (): void => {
    clearTimeout(timer);
    if (isStopped || listeners.size === 0) return;
    timer = setTimeout(update, isHurried ? 0 : updateMs()).unref();
  };
  const update = (): void => {
    // Who waited for the round before may be gone by now, or all of it stopped.
    if (isStopped || listeners.size === 0) return;
    round ??= doRound()
      .catch((error: unknown) => {
        beat();
        onError(error);
      })
      .finally(() => {
        round = undefined;
        schedule();
      });
  };

  return {
    listen: async (request, response) => {
      if (isStopped || listeners.size >= mostListeners()) {
        counts.refused++;
        response
          .status(503)
          .set('Retry-After', '30')
          .json({ error: `want at most ${mostListeners()} listeners (page.maxListeners), got one more` });
        return;
      }
      const listener: Listener = { request, response, missed: 0, isBlocked: false, isCurrent: false };
      listeners.add(listener);
      response.on('drain', () => (listener.isBlocked = false));
      // Both ends: a request that is cut may never finish its response.
      for (const end of ['close', 'error'] as const) response.on(end, () => forget(listener));
      request.socket.setNoDelay(true);
      response
        .status(200)
        .set({
          'Content-Type': 'text/event-stream; charset=utf-8',
          'Cache-Control': 'no-store',
          // nginx would hold events back otherwise.
          'X-Accel-Buffering': 'no',
          'X-Content-Type-Options': 'nosniff',
        })
        .flushHeaders();
      response.write(`retry: ${RETRY_MS}\n\n`);
      isHurried = true;
      // A round under way may have been read before this one came: it is followed by another at once.
      await round;
      update();
    },
    hurry: () => {
      if (listeners.size === 0) return;
      isHurried = true;
      if (round === undefined) update();
    },
    figures: () => ({ open: listeners.size, ...counts }),
    stop: async () => {
      isStopped = true;
      clearTimeout(timer);
      for (const listener of listeners) cut(listener);
      await round;
    },
  };
}
