import { createHash, timingSafeEqual } from 'node:crypto';

/** Digest of a text; all have one length, which hides the text's. */
export const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Whether two texts are the same, in a time that does not tell where they differ. */
export const isSameText = (given: string, wanted: string): boolean =>
  timingSafeEqual(digestOf(given), digestOf(wanted));
