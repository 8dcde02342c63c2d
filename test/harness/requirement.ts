import { existsSync } from 'node:fs';
import { describe } from '@jest/globals';

/**
 * describe for tests that need a program of the machine: without it they are
 * skipped with a warning, but on CI (environment variable CI) they run and fail.
 */
export function describeWith(path: string, howToGet: string): typeof describe | typeof describe.skip {
  if (existsSync(path) || process.env['CI']) return describe;
  console.warn(`skipped: want ${path}, got nothing there; ${howToGet}`);
  return describe.skip;
}
