import { html, type Html } from './html.ts';
import { spanText } from './quantity.ts';

/** How times are written, and what counts as now. */
export interface TimeStyle {
  /** Unix time in milliseconds. */
  readonly nowMs: number;
  /** The server does not know where its reader is; the browser does. */
  readonly zone: 'utc' | 'local';
}

const formats = new Map<string, Intl.DateTimeFormat>();

function format(zone: TimeStyle['zone'], parts: 'clock' | 'day' | 'minute'): Intl.DateTimeFormat {
  const key = `${zone} ${parts}`;
  const known = formats.get(key);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-GB', {
    ...(zone === 'utc' && { timeZone: 'UTC' }),
    ...(parts === 'day'
      ? { day: 'numeric', month: 'short' }
      : {
          hour: '2-digit',
          minute: '2-digit',
          ...(parts === 'clock' && { second: '2-digit' }),
          hourCycle: 'h23',
        }),
  });
  formats.set(key, made);
  return made;
}

/** `14:05:03`, in the style's zone. */
export const clockText = (atMs: number, { zone }: TimeStyle): string => format(zone, 'clock').format(atMs);

/** `27 Nov`, in the style's zone. */
export const dayText = (atMs: number, { zone }: TimeStyle): string => format(zone, 'day').format(atMs);

/** `14:05` of today, else `26 Nov 14:05`, for an axis. */
export function axisText(atMs: number, style: TimeStyle): string {
  const day = dayText(atMs, style);
  const minute = format(style.zone, 'minute').format(atMs);
  return day === dayText(style.nowMs, style) ? minute : `${day} ${minute}`;
}

/** `2026-11-27 14:05:03 UTC`. */
export const utcText = (atMs: number): string =>
  `${new Date(atMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

/** A moment: the clock alone where it is of today, with the day otherwise; its title says it in UTC. */
export function moment(atMs: number | undefined, style: TimeStyle): Html {
  if (atMs === undefined || !Number.isFinite(atMs)) return html`–`;
  const day = dayText(atMs, style);
  const text = `${day === dayText(style.nowMs, style) ? '' : `${day} `}${clockText(atMs, style)}`;
  const zone = style.zone === 'utc' ? ' UTC' : '';
  return html`<time datetime="${new Date(atMs).toISOString()}" title="${utcText(atMs)}"
    >${text}${zone}</time
  >`;
}

/** `3 min 20 s`, the time from a moment to now. */
export const agoText = (atMs: number, { nowMs }: TimeStyle): string =>
  spanText(Math.max(0, nowMs - atMs) / 1000);
