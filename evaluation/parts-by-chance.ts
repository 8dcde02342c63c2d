// Parts of healthy series that chance and memory of their own shape.
import { STRAIGHT_ROOM } from './label.ts';
import type { PartSource } from './moment.ts';

/** Strolls about its mean and comes back in the time given (Ornstein–Uhlenbeck). */
export function wandering(deviation: number, tauHours: number): PartSource {
  return (random) => {
    let offset = random.normal();
    return ({ stepHours }) => {
      const kept = Math.exp(-stepHours / tauHours);
      offset = kept * offset + Math.sqrt(1 - kept * kept) * random.normal();
      return deviation * offset;
    };
  };
}

/** Short peaks of very different height. */
export interface Spikes {
  readonly perDay: number;
  readonly share: number;
  /** Of the Pareto distribution of heights: the smaller, the heavier its tail. */
  readonly shape: number;
  readonly minutes: number;
  readonly most: number;
}

/** Peaks that come at random and fade within minutes: large answers, reconnect storms. */
export function spiking({ perDay, share, shape, minutes, most }: Spikes): PartSource {
  return (random) => {
    let height = 0;
    let fadeHours = minutes / 60;
    return ({ stepHours }) => {
      height *= Math.exp(-stepHours / fadeHours);
      if (random.chance((perDay * stepHours) / 24)) {
        height = Math.max(height, Math.min(most, share * random.pareto(shape)));
        fadeHours = random.exponential(minutes / 60) + 1 / 60;
      }
      return height;
    };
  };
}

/** What a collector does. */
export interface Sawtooth {
  readonly periodHours: number;
  readonly share: number;
  /** How different the cycles are, 0 to 1. */
  readonly spread: number;
  /** Whether garbage is made by requests, not by time. */
  readonly followsTraffic: boolean;
}

/** Garbage that piles up until a major collection takes it: linear, then down at once. */
export function sawtooth({ periodHours, share, spread, followsTraffic }: Sawtooth): PartSource {
  return (random) => {
    let filled = random.next();
    let top = 1;
    let rest = 0;
    return ({ stepHours, traffic }) => {
      filled += ((followsTraffic ? traffic : 1) * stepHours) / periodHours;
      if (filled >= top) {
        rest = spread * 0.2 * random.next();
        filled = rest;
        top = 1 - spread * random.next() * 0.7;
      }
      return share * filled;
    };
  };
}

/**
 * How high a sawtooth may be: of one slower than three hours the first tooth is as straight as a leak, so that it has
 * to leave {@link STRAIGHT_ROOM} times its own room.
 */
export function mostOfSawtooth(floor: number, periodHours: number, most: number): number {
  return periodHours < 3 ? most : Math.min(most, (1 - floor) / (STRAIGHT_ROOM + 1));
}

/** Jobs that come again and again. */
export interface Batches {
  readonly periodHours: number;
  readonly firstHour: number;
  readonly hours: number;
  readonly share: number;
  /** How different the jobs are, 0 to 1. */
  readonly spread: number;
  /** How long the memory takes to come back. */
  readonly releaseHours: number;
  /** Share of a job's peak that is never given back, but serves the next job: a high-water mark. */
  readonly kept: number;
}

/** Jobs at regular times; what they keep grows only with a job larger than all before, so ever more rarely. */
export function batches(plan: Batches): PartSource {
  return (random) => {
    let job = -1;
    let size = 0;
    let mark = 0;
    let current = 0;
    let life = 0;
    return (at) => {
      if (at.life !== life) [life, mark, current] = [at.life, 0, 0];
      const sinceFirst = at.hour - plan.firstHour;
      const due = Math.floor(sinceFirst / plan.periodHours);
      if (due !== job && sinceFirst >= 0) {
        job = due;
        size = plan.share * (1 - plan.spread * (1 - random.next() ** 2));
      }
      const into = sinceFirst - job * plan.periodHours;
      const runs = sinceFirst >= 0 && into < plan.hours;
      if (runs) {
        current = Math.max(current, size * Math.min(1, into / (plan.hours / 2)));
        mark = Math.max(mark, plan.kept * current);
      } else {
        current *= Math.exp(-at.stepHours / plan.releaseHours);
      }
      return Math.max(current, mark);
    };
  };
}

/** Memory of which idle parts go back to the system in quiet hours and are taken again with traffic. */
export function reclaimed(
  share: number,
  quietTraffic: number,
  downHours: number,
  upHours: number,
): PartSource {
  return () => {
    let held = 1;
    return ({ traffic, stepHours }) => {
      const isQuiet = traffic < quietTraffic;
      const goal = isQuiet ? 0 : 1;
      held += (goal - held) * (1 - Math.exp(-stepHours / (isQuiet ? downHours : upHours)));
      return share * held;
    };
  };
}

/** Workers that are started with traffic, one at a time, and stopped after an idle time. */
export function workers(share: number, trafficPerWorker: number, idleHours: number): PartSource {
  return () => {
    let count = 1;
    let neededHour = 0;
    return ({ traffic, hour }) => {
      const needed = Math.max(1, Math.ceil(traffic / trafficPerWorker));
      if (needed >= count) neededHour = hour;
      if (needed > count) count = needed;
      else if (hour - neededHour > idleHours) [count, neededHour] = [count - 1, hour];
      return share * count;
    };
  };
}

/** A pool that opens another connection whenever all are busy, up to its size, and never closes one. */
export function pooling(share: number, busyShare: number): PartSource {
  return (random) => {
    let open = 0;
    let life = 0;
    return (at) => {
      if (at.life !== life) [life, open] = [at.life, 0];
      // How many are busy at once fluctuates far above the mean.
      const busy = busyShare * at.traffic * random.exponential(1);
      open = Math.min(share, Math.max(open, busy));
      return open;
    };
  };
}
