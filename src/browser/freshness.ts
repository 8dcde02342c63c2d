import { clockText } from '../page/times.ts';

/** How old what is shown may be before the page says so. */
export const STALE_AFTER_MS = 12_000;

/** Where the page stands with its server. */
export interface Freshness {
  /** When what is shown came, by `performance.now()`; undefined: nothing came yet. */
  readonly heardAt: number | undefined;
  /** The server's own time of it. */
  readonly atMs: number | undefined;
  /** What was heard since of why nothing comes. */
  readonly lost: 'unreachable' | 'login' | 'full' | undefined;
}

const WHY = {
  unreachable: 'the sidecar does not answer',
  login: 'your session has ended',
  full: 'too many pages are open',
} as const;

/** What the page says of its own age, and whether its figures may pass for live. */
export function describeFreshness(
  { heardAt, atMs, lost }: Freshness,
  startedAt: number,
  now: number,
): { readonly state: 'live' | 'waiting' | 'stale'; readonly text: string } {
  const silentMs = now - (heardAt ?? startedAt);
  const clock = atMs === undefined ? '' : ` ${clockText(atMs, { nowMs: atMs, zone: 'local' })}`;
  if (silentMs >= STALE_AFTER_MS || lost === 'login') {
    const why = lost === undefined ? '' : `: ${WHY[lost]}`;
    return { state: 'stale', text: `no update for ${Math.floor(silentMs / 1000)} s${why}` };
  }
  if (heardAt === undefined) return { state: 'waiting', text: 'connecting …' };
  return { state: 'live', text: `live${clock}` };
}
