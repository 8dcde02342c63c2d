import http from 'node:http';

/** One event of a stream. */
export interface ReadEvent {
  readonly name: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A client of server-sent events that reads when it is told to. */
export interface EventReader {
  /** Resolves with the status once the head is there. */
  readonly status: Promise<number>;
  readonly events: readonly ReadEvent[];
  /** All that came, comments included. */
  readonly text: () => string;
  readonly isEnded: () => boolean;
  /** Takes nothing more from the connection. */
  readonly pause: () => void;
  readonly resume: () => void;
  readonly close: () => void;
}

/** Listens to a stream of events. Only what was kept: a test of long streams may keep none. */
export function readEvents(
  url: string,
  headers: Readonly<Record<string, string>> = {},
  keeps = true,
): EventReader {
  const events: ReadEvent[] = [];
  let [pending, all, ended] = ['', '', false];
  let response: http.IncomingMessage | undefined;
  const { promise: status, resolve } = Promise.withResolvers<number>();
  const request = http.get(url, { headers, agent: false }, (answer) => {
    response = answer;
    resolve(answer.statusCode ?? 0);
    answer.setEncoding('utf8');
    answer.on('data', (part: string) => {
      if (!keeps) return;
      all += part;
      pending += part;
      for (let end = pending.indexOf('\n\n'); end !== -1; end = pending.indexOf('\n\n')) {
        const block = pending.slice(0, end);
        pending = pending.slice(end + 2);
        const [, name] = /^event: (.+)$/m.exec(block) ?? [];
        const [, data] = /^data: (.+)$/m.exec(block) ?? [];
        // The test looks at what it is.
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion
        if (name !== undefined && data !== undefined)
          events.push({ name, data: JSON.parse(data) as ReadEvent['data'] });
      }
    });
    answer.on('close', () => (ended = true));
  });
  request.on('error', () => {
    ended = true;
    resolve(0);
  });
  return {
    status,
    events,
    text: () => all,
    isEnded: () => ended,
    pause: () => void response?.pause(),
    resume: () => void response?.resume(),
    close: () => request.destroy(),
  };
}
