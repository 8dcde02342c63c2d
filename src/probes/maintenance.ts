import type { MaintenanceWindow } from '../model/probe.ts';
import { cronSlots } from './cron-slots.ts';

/** Whether a probe rests at a moment (Unix time in milliseconds). */
export type IsInMaintenance = (probe: string, wallMs: number) => boolean;

/** How long an answer about a window that recurs may be used again. */
const REUSE_MS = 1000;

function windowTest(window: MaintenanceWindow): (wallMs: number) => boolean {
  if (!('cron' in window)) return (wallMs) => wallMs >= window.fromMs && wallMs < window.toMs;
  const slots = cronSlots(window.cron, window.timeZone);
  let asked = { atMs: Number.NEGATIVE_INFINITY, isIn: false };
  return (wallMs) => {
    if (Math.abs(wallMs - asked.atMs) > REUSE_MS) {
      // It is in the window if one began within its length.
      const beginsAfterMs = wallMs - window.durationMs;
      asked = { atMs: wallMs, isIn: slots.next(beginsAfterMs, window.durationMs) !== undefined };
    }
    return asked.isIn;
  };
}

/**
 * Reads maintenance windows.
 * @throws Error if a cron expression or a time zone is none.
 */
export function readMaintenance(windows: readonly MaintenanceWindow[]): IsInMaintenance {
  const tests = windows.map((window) => ({ probes: window.probes, isIn: windowTest(window) }));
  return (probe, wallMs) =>
    tests.some(({ probes, isIn }) => (probes.length === 0 || probes.includes(probe)) && isIn(wallMs));
}
