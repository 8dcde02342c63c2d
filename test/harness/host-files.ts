import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, readdirSync, readlinkSync, realpathSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** A path whose folders are no links: on Debian /bin and /lib are links into /usr. */
const inRealFolder = (path: string): string =>
  join(realpathSync(dirname(path)), path.slice(dirname(path).length));

/** A path and, if it is a link, all that it leads to. */
function linkChain(path: string): string[] {
  const real = inRealFolder(path);
  if (!lstatSync(real).isSymbolicLink()) return [real];
  return [real, ...linkChain(resolve(dirname(real), readlinkSync(real)))];
}

/** Shared libraries of a program or library, the loader included. */
function libraries(path: string): string[] {
  try {
    const printed = execFileSync('ldd', [path], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    return printed.match(/\/[^\s()]+/g)?.filter((each) => existsSync(each)) ?? [];
  } catch {
    // A script, or a program that needs none.
    return [];
  }
}

/** Programs and libraries of this machine with all that they need to run, as paths for `tar`. */
export function closureOf(paths: readonly string[]): string[] {
  const needed = paths.flatMap((path) => [path, ...libraries(path)]);
  return [...new Set(needed.flatMap(linkChain))];
}

/** Everything below a folder, itself included, without what Python compiled; as paths for `tar`. */
export function treeOf(folder: string): string[] {
  const below = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return [folder, ...below.filter((name) => !name.includes('__pycache__')).map((name) => join(folder, name))];
}
