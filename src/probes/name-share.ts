import { createHash } from 'node:crypto';

/** A share from 0 to below 1 that follows from a name: the same at every start and on every machine. */
export const nameShare = (name: string): number =>
  createHash('sha256').update(name).digest().readUInt32BE(0) / 2 ** 32;
