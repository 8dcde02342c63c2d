import { HEALTHY_CONNECTION_CLASSES } from './healthy-connection-classes.ts';
import { HEALTHY_EVENT_CLASSES } from './healthy-event-classes.ts';
import { HEALTHY_LEVEL_CLASSES } from './healthy-level-classes.ts';
import { HEALTHY_MEMORY_CLASSES } from './healthy-memory-classes.ts';
import { HEALTHY_TRAFFIC_CLASSES } from './healthy-traffic-classes.ts';
import { LEAKING_EVENT_CLASSES } from './leaking-event-classes.ts';
import { LEAKING_SHAPED_CLASSES } from './leaking-shaped-classes.ts';
import { LEAKING_STEADY_CLASSES } from './leaking-steady-classes.ts';
import type { Kind } from './series-id.ts';
import type { SeriesClass } from './series-plan.ts';

const HEALTHY = [
  ...HEALTHY_LEVEL_CLASSES,
  ...HEALTHY_TRAFFIC_CLASSES,
  ...HEALTHY_EVENT_CLASSES,
  ...HEALTHY_MEMORY_CLASSES,
  ...HEALTHY_CONNECTION_CLASSES,
];
const LEAKING = [...LEAKING_STEADY_CLASSES, ...LEAKING_SHAPED_CLASSES, ...LEAKING_EVENT_CLASSES];

/** A class, and whether it leaks. */
export interface ListedClass extends SeriesClass {
  readonly leaks: boolean;
}

/** Every class of a kind, healthy ones first. */
export function classesOf(kind: Kind): readonly ListedClass[] {
  return [
    ...HEALTHY.map((one) => ({ ...one, leaks: false })),
    ...LEAKING.map((one) => ({ ...one, leaks: true })),
  ].filter(({ kinds }) => kinds.includes(kind));
}

/**
 * The class of a name.
 * @throws Error `class …: want one of …`
 */
export function findClass(kind: Kind, name: string): ListedClass {
  const classes = classesOf(kind);
  const found = classes.find((one) => one.name === name);
  if (found !== undefined) return found;
  throw new Error(`class ${name}: want one of ${classes.map((one) => one.name).join(', ')}`);
}
