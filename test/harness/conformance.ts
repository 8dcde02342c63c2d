import { existsSync } from 'node:fs';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { inRepository } from './repository.ts';
import { runProcess } from './start-process.ts';

/** Releases of the conformance suite, by the name they are installed under. */
export type ConformanceRelease = 'conformance-stable' | 'conformance-alpha';

/** One check without its time stamp and without texts that carry ports, ids or times. */
export interface ConformanceCheck {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly error: string | undefined;
}

/** Checks by scenario. */
export type ConformanceResult = Readonly<Record<string, readonly ConformanceCheck[]>>;

const rawChecks = z.array(
  z.object({ id: z.string(), name: z.string(), status: z.string(), errorMessage: z.string().optional() }),
);

const FOLDER = /^server-(.+)-\d{4}-\d\d-\d\dT[\d-]+Z$/;

/** The suite's own line for each scenario, also for one that threw. */
const SUMMARY = /^[✓✗] (\S+): (\d+) passed, (\d+) failed/gm;

/** Replaces what differs between two runs of the same server: origins, ids, times. */
function withoutVolatile(text: string): string {
  return text
    .replace(/(127\.0\.0\.1|localhost):\d+/g, 'HOST')
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi, 'UUID')
    .replace(/\d+(\.\d+)? ?ms\b/g, 'N ms')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME');
}

/** A scenario that threw leaves a folder without the file: no checks, but a line in the summary. */
async function readChecks(path: string): Promise<ConformanceCheck[]> {
  if (!existsSync(path)) return [];
  return rawChecks.parse(JSON.parse(await readFile(path, 'utf8'))).map((check) => ({
    id: check.id,
    name: check.name,
    status: check.status,
    error: check.errorMessage === undefined ? undefined : withoutVolatile(check.errorMessage),
  }));
}

/**
 * Runs every server scenario of a release against an MCP endpoint.
 * @throws Error with the suite's output if it ran no scenario at all.
 */
export async function runConformance(release: ConformanceRelease, url: string): Promise<ConformanceResult> {
  const folder = await mkdtemp(join(tmpdir(), 'conformance-'));
  try {
    const run = await runProcess({
      command: process.execPath,
      args: [
        inRepository('node_modules', release, 'dist', 'index.js'),
        'server',
        '--url',
        url,
        '--suite',
        'all',
        '-o',
        folder,
      ],
      env: { NO_COLOR: '1' },
    });
    const scenarios = (await readdir(folder)).toSorted();
    if (scenarios.length === 0) throw new Error(`${release}: want results, got ${run.stdout}${run.stderr}`);
    const result: Record<string, ConformanceCheck[]> = {};
    for (const [, name = '', passed, failed] of run.stdout.matchAll(SUMMARY)) {
      result[name] = [
        {
          id: 'summary',
          name: `${passed} passed`,
          status: failed === '0' ? 'INFO' : 'FAILURE',
          error: undefined,
        },
      ];
    }
    for (const scenario of scenarios) {
      const name = FOLDER.exec(scenario)?.[1] ?? scenario;
      (result[name] ??= []).push(...(await readChecks(join(folder, scenario, 'checks.json'))));
    }
    return result;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Names of the scenarios that have at least one success and no failure. */
export function passedScenarios(result: ConformanceResult): string[] {
  return Object.entries(result)
    .filter(([, checks]) => checks.some(({ status }) => status === 'SUCCESS'))
    .filter(([, checks]) => checks.every(({ status }) => status !== 'FAILURE'))
    .map(([name]) => name);
}
