import type { PageModel } from '../model/page-model.ts';

/** What a page is told. */
export type StreamNews =
  /** All that is known, `ageMs` after it came. */
  | { readonly kind: 'model'; readonly model: PageModel; readonly ageMs: number }
  /** Why nothing comes: the server is not reached, wants a login, or has too many listeners. */
  | { readonly kind: 'lost'; readonly why: 'unreachable' | 'login' | 'full' };

/** A connection to the server's events. */
export interface EventStream {
  /** Gives what is known to a listener that came later. */
  readonly catchUp: (tell: (news: StreamNews) => void) => void;
  readonly stop: () => void;
}

/** The server sends something every few seconds: a connection that is silent for so long is dead, whatever TCP says. */
const SILENCE_MS = 20_000;
/** Before another attempt where the browser has given up by itself. */
const RETRY_MS = 3000;
const WATCH_MS = 1000;

/** Asks why the stream was refused, which EventSource does not tell. */
async function askWhy(root: URL): Promise<'unreachable' | 'login' | 'full'> {
  try {
    const answer = await fetch(new URL('api/v1/server', root), { signal: AbortSignal.timeout(5000) });
    if (answer.status === 401 || answer.status === 403) return 'login';
    return answer.ok ? 'full' : 'unreachable';
  } catch {
    // Whatever the reason is, nobody answers.
    return 'unreachable';
  }
}

/**
 * Follows the server's events and puts each update into the model; connects again, without end.
 * @param root of the page, e.g. `https://host/vitals/`.
 */
export function startEventStream(root: URL, tell: (news: StreamNews) => void): EventStream {
  let model: PageModel | undefined;
  let heardAt = performance.now();
  let source: EventSource | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let isStopped = false;

  const heard = (next: PageModel): void => {
    model = next;
    heardAt = performance.now();
    tell({ kind: 'model', model: next, ageMs: 0 });
  };
  const tellWhy = async (): Promise<void> => {
    const why = await askWhy(root);
    if (!isStopped) tell({ kind: 'lost', why });
  };
  const later = (): void => {
    source?.close();
    clearTimeout(retry);
    if (!isStopped) retry = setTimeout(connect, RETRY_MS);
  };
  const connect = (): void => {
    heardAt = performance.now();
    const opened = new EventSource(new URL('api/v1/events', root));
    source = opened;
    opened.addEventListener('snapshot', ({ data }: MessageEvent<string>) => {
      const whole: PageModel = JSON.parse(data);
      heard(whole);
    });
    opened.addEventListener('update', ({ data }: MessageEvent<string>) => {
      // A `PageUpdate`: sections are there as a whole or not at all.
      const changed: Pick<PageModel, 'atMs'> = JSON.parse(data);
      if (model !== undefined) heard({ ...model, ...changed });
    });
    opened.addEventListener('error', () => {
      if (opened.readyState !== EventSource.CLOSED) {
        tell({ kind: 'lost', why: 'unreachable' });
        return;
      }
      void tellWhy();
      later();
    });
  };
  const watch = setInterval(() => {
    if (performance.now() - heardAt < SILENCE_MS) return;
    heardAt = performance.now();
    later();
  }, WATCH_MS);
  connect();

  return {
    catchUp: (tellOne) => {
      if (model !== undefined) tellOne({ kind: 'model', model, ageMs: performance.now() - heardAt });
    },
    stop: () => {
      isStopped = true;
      clearInterval(watch);
      clearTimeout(retry);
      source?.close();
    },
  };
}
