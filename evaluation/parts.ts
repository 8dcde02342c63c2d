// Parts of healthy series that follow a formula of time, age or traffic.
import type { PartSource } from './moment.ts';

/** Always the same. */
export function level(share: number): PartSource {
  return () => () => share;
}

/** What requests under way need. */
export function byTraffic(share: number): PartSource {
  return () => (at) => share * at.traffic;
}

/** What stays for hours after the traffic that made it: sessions with a time to live, keep-alive connections. */
export function byPastTraffic(share: number, hoursToLive: number): PartSource {
  return () => {
    let past = Number.NaN;
    return ({ traffic, stepHours }) => {
      if (Number.isNaN(past)) past = traffic;
      past += (traffic - past) * (1 - Math.exp(-stepHours / hoursToLive));
      return share * past;
    };
  };
}

/** Warm-up: fast at first, ever slower, after each start. */
export function saturating(share: number, tauHours: number): PartSource {
  return () => (at) => share * (1 - Math.exp(-at.age / tauHours));
}

/** A cache that fills at a steady pace and then is full. */
export function filling(share: number, hours: number): PartSource {
  return () => (at) => share * Math.min(1, at.age / hours);
}

/** A heap that fragments: logarithmic, then settled. */
export function fragmenting(share: number, tauHours: number, settledHours: number): PartSource {
  const whole = Math.log1p(settledHours / tauHours);
  return () => (at) => (share * Math.log1p(Math.min(at.age, settledHours) / tauHours)) / whole;
}

/** Grows by the hour of the series, for ever. */
export function rising(sharePerHour: number): PartSource {
  return () => (at) => sharePerHour * at.hour;
}

/** Grows by the day and is given back at an hour of it: a log's page cache, half-open connections until a reaper. */
export function fallingDaily(share: number, dayHour: number): PartSource {
  return () => (at) => (share * ((at.dayHour - dayHour + 24) % 24)) / 24;
}

/** Once up, kept for a while, and down again. */
export interface Pulse {
  readonly share: number;
  readonly startHour: number;
  readonly riseHours: number;
  readonly holdHours: number;
  readonly fallHours: number;
}

/** One job that takes memory and gives it back, or a failover and its return. */
export function pulse({ share, startHour, riseHours, holdHours, fallHours }: Pulse): PartSource {
  const fallAt = startHour + riseHours + holdHours;
  return () => (at) => {
    const risen = Math.min(1, Math.max(0, (at.hour - startHour) / riseHours));
    const fallen = Math.min(1, Math.max(0, (at.hour - fallAt) / fallHours));
    return share * (risen - fallen);
  };
}

/** Jumps at given hours, up or down, and stays there. */
export function steps(hours: readonly number[], shares: readonly number[]): PartSource {
  return () => (at) =>
    hours.reduce((sum, hour, index) => sum + (at.hour >= hour ? (shares[index] ?? 0) : 0), 0);
}

/** Another level for every process: a release needs more or less than the one before. */
export function byLife(shares: readonly number[]): PartSource {
  return () => (at) => shares[Math.min(at.life, shares.length - 1)] ?? 0;
}
