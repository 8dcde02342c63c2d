import type { MaintenanceWindow } from '../model/probe.ts';
import { cronSlots } from './cron-slots.ts';

/** Whether a probe rests at a moment (Unix time in milliseconds). */
export type IsInMaintenance = (probe: string, wallMs: number) => boolean;

function windowTest(window: MaintenanceWindow): (wallMs: number) => boolean {
  if (!('cron' in window)) return (wallMs) => wallMs >= window.fromMs && wallMs < window.toMs;
  const slots = cronSlots(window.cron, window.timeZone);
  const asked = { second: Number.NaN, isIn: false };
  return (wallMs) => {
    // Slots are at full seconds, and many probes ask within one.
    const second = Math.floor(wallMs / 1000);
    if (second !== asked.second) {
      asked.second = second;
      // It is in the window if one began within its length.
      asked.isIn = slots.next(second * 1000 - window.durationMs, window.durationMs) !== undefined;
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
