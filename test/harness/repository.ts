import { join } from 'node:path';

/** Absolute path of the repository's root. */
export const repositoryRoot = join(import.meta.dirname, '..', '..');

/** Absolute path of a file in the repository, e.g. of `node_modules/x/dist/index.js`. */
export function inRepository(...segments: string[]): string {
  return join(repositoryRoot, ...segments);
}
