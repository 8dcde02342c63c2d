/** What a series measures; also the name of the detector's profile. */
export const KINDS = ['memory', 'connections'] as const;

/** One of {@link KINDS}. */
export type Kind = (typeof KINDS)[number];

/** Families of seeds that share no series: parameters are tuned on one, figures reported of the other. */
export const FAMILIES = ['tune', 'report'] as const;

/** One of {@link FAMILIES}. */
export type Family = (typeof FAMILIES)[number];

/** Names one series of the evaluation; it alone determines every value. */
export interface SeriesId {
  readonly family: Family;
  readonly seed: number;
  readonly kind: Kind;
  readonly className: string;
  readonly index: number;
}

/** As it is written in reports: `report:1/memory/linear/17`. */
export function formatSeriesId({ family, seed, kind, className, index }: SeriesId): string {
  return `${family}:${seed}/${kind}/${className}/${index}`;
}

/**
 * Reads what {@link formatSeriesId} wrote.
 * @throws Error `series id: want …, got …`
 */
export function parseSeriesId(text: string): SeriesId {
  const parts = /^(\w+):(\d+)\/(\w+)\/([\w-]+)\/(\d+)$/.exec(text);
  const family = FAMILIES.find((one) => one === parts?.[1]);
  const kind = KINDS.find((one) => one === parts?.[3]);
  const className = parts?.[4];
  if (family === undefined || kind === undefined || className === undefined) {
    throw new Error(`series id: want e.g. report:1/memory/linear/17, got ${text}`);
  }
  return { family, seed: Number(parts?.[2]), kind, className, index: Number(parts?.[5]) };
}
