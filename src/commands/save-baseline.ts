import { access, rename, rm, writeFile } from 'node:fs/promises';
import { stringify } from 'yaml';
import { checkBaseline } from '../baselines/check-baseline.ts';
import { documentTables } from '../baselines/document-tables.ts';
import type { BaselineFigures } from '../baselines/expect-profile.ts';
import { measuredBaseline } from '../baselines/measured-baseline.ts';
import type { ProfileComparison } from '../bench/compare-with-baseline.ts';
import { pathText } from '../config/raw-settings.ts';
import { failureText } from '../model/failure-text.ts';
import { measuredProfiles } from './measured-profiles.ts';

/** What came of writing a baseline: what was kept and why, or why nothing was written. */
export type SavedBaseline =
  | { readonly ok: true; readonly remarks: readonly string[] }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Whether something stands at a path. */
export async function isThere(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}

/** Why a baseline is not to be written to a path that is taken. */
export const takenText = (path: string): string =>
  `--save-baseline ${path}: want a file that is not there yet, got one; --force overwrites it`;

function head(
  comparisons: readonly ProfileComparison[],
  version: string,
  remarks: readonly string[],
): string {
  const runs = comparisons.flatMap((each) => [...each.runs]);
  const [first] = runs;
  if (first === undefined) return '';
  const { machine, target } = first;
  return [
    `Measured by mcp-vitals bench ${version} at ${first.startedAt}: ${comparisons.map(({ profile }) => profile).join(', ')}.`,
    `Server: ${target.address}${target.server === undefined ? '' : ` (${target.server})`}.`,
    `Driven from: ${machine.cpus} × ${machine.cpuModel}, ${machine.platform}.`,
    'Name this file by baseline.file. What is not in it stays what the benchmark document says.',
    ...remarks,
  ]
    .map((text) => `# ${text}\n`)
    .join('');
}

/**
 * Writes what runs measured as a baseline file that `baseline.file` takes: whole or not at all.
 * @param force whether a file that is there is overwritten.
 */
export async function saveBaseline(
  path: string,
  { force, version }: { readonly force: boolean; readonly version: string },
  inForce: BaselineFigures,
  comparisons: readonly ProfileComparison[],
): Promise<SavedBaseline> {
  const runs = comparisons.flatMap((each) => [...each.runs]);
  const partial = runs.filter(({ end }) => end.how !== 'complete').length;
  if (partial > 0 || runs.length === 0) {
    return {
      ok: false,
      problems: [`--save-baseline ${path}: want complete runs, got ${partial} partial; not written`],
    };
  }
  const date = (runs[0]?.startedAt ?? '').slice(0, 10);
  const {
    own,
    remarks,
    problems: unfit,
  } = measuredBaseline(inForce, measuredProfiles(comparisons), `mcp-vitals bench ${date}`);
  if (unfit.length > 0) {
    return { ok: false, problems: unfit.map((text) => `--save-baseline ${path}: ${text}; not written`) };
  }
  const checked = checkBaseline(documentTables, own);
  if (!checked.ok) {
    const problems = checked.problems.map(
      (each) =>
        `--save-baseline ${path}: ${pathText(each.path)}: want ${each.wanted ?? 'no such figure'}; not written`,
    );
    return { ok: false, problems };
  }
  const text = `${head(comparisons, version, remarks)}${stringify(own, { lineWidth: 100, singleQuote: true })}`;
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    if (force) {
      await writeFile(temporary, text);
      await rename(temporary, path);
    } else await writeFile(path, text, { flag: 'wx' });
  } catch (error) {
    await rm(temporary, { force: true });
    const isTaken = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    return {
      ok: false,
      problems: [
        isTaken ? takenText(path) : `--save-baseline ${path}: want it written, got: ${failureText(error)}`,
      ],
    };
  }
  return { ok: true, remarks };
}
