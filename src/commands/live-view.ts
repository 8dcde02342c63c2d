import type { LiveSnapshot } from '../model/live-snapshot.ts';
import { renderLine, renderView } from './terminal-view.ts';

/** A terminal, or whatever stands in its place. */
export type ViewStream = NodeJS.WritableStream & {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
};

/** Options of {@link startLiveView}. */
export interface LiveViewOptions {
  readonly stdout: ViewStream;
  readonly env: NodeJS.ProcessEnv;
  readonly snapshot: () => LiveSnapshot;
  /** Between two refreshes of a terminal (1 s). */
  readonly refreshMs?: number;
  /** Between two lines without a terminal (5 s). */
  readonly lineMs?: number;
}

const enter = '\u001B[?1049h\u001B[?25l';
const leave = '\u001B[?25h\u001B[?1049l';
/** Synchronised output: terminals that know it show a frame as a whole, others ignore it. */
const [frameStart, frameEnd] = ['\u001B[?2026h', '\u001B[?2026l'];

/** Whether to write colour codes: FORCE_COLOR, then NO_COLOR (no-color.org), then whether it is a terminal. */
export function wantsColor(stream: ViewStream, env: NodeJS.ProcessEnv): boolean {
  const force = env['FORCE_COLOR'];
  if (force !== undefined) return force !== '0' && force !== 'false';
  if ((env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb') return false;
  return stream.isTTY === true;
}

/** Whether a view can be refreshed in place. */
export function isScreen(stream: ViewStream, env: NodeJS.ProcessEnv): boolean {
  return stream.isTTY === true && env['TERM'] !== 'dumb';
}

/**
 * Shows snapshots until stopped: refreshed in place on a terminal (on its
 * alternate screen, so that the user's own lines come back afterwards), as a
 * line every few seconds elsewhere.
 */
export function startLiveView(options: LiveViewOptions): { readonly stop: () => void } {
  const { stdout, env, snapshot, refreshMs = 1000, lineMs = 5000 } = options;
  if (!isScreen(stdout, env)) {
    const timer = setInterval(() => stdout.write(`${renderLine(snapshot())}\n`), lineMs);
    return {
      stop: () => {
        clearInterval(timer);
      },
    };
  }

  const color = wantsColor(stdout, env);
  const rateHistory: number[] = [];
  const draw = (): void => {
    const view = renderView(snapshot(), stdout.columns ?? 80, { color, rateHistory });
    const lines = view.split('\n').slice(0, Math.max(1, (stdout.rows ?? 24) - 1));
    // Each line clears what is left of the old one: nothing is blanked first, so nothing flickers.
    stdout.write(
      `${frameStart}\u001B[H${lines.map((line) => `${line}\u001B[K\r\n`).join('')}\u001B[J${frameEnd}`,
    );
  };
  const refresh = (): void => {
    rateHistory.push(snapshot().requestsPerSecond);
    if (rateHistory.length > 60) rateHistory.shift();
    draw();
  };
  const restore = (): void => {
    stdout.write(leave);
  };
  // However the process ends, the user gets the cursor back.
  process.once('exit', restore);
  stdout.on('resize', draw);
  stdout.write(enter);
  refresh();
  const timer = setInterval(refresh, refreshMs);
  return {
    stop: () => {
      clearInterval(timer);
      stdout.off('resize', draw);
      process.off('exit', restore);
      restore();
    },
  };
}
