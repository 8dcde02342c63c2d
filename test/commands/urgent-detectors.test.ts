import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { findServerPid } from '../../src/commands/find-server-pid.ts';
import { createObservation } from '../../src/commands/observation.ts';
import { startEvidence } from '../../src/commands/start-evidence.ts';
import { remarkOnSessions } from '../../src/commands/watch-sessions.ts';
import type { SessionDiagnosis, SessionInsight } from '../../src/detectors/session-insight.ts';
import { systemClock } from '../../src/model/clock.ts';
import { parseExposition, total } from '../harness/exposition.ts';
import { createStopStack } from '../harness/stop-stack.ts';
import {
  configOf,
  createHandClock,
  GIB,
  HOUR_MS,
  MIB,
  processSamples,
  startStage,
} from './detector-stage.ts';

const stack = createStopStack();
afterEach(stack.stopAll);

describe('a detector that becomes urgent', () => {
  it('asks for evidence once, and shows it with what else is known', async () => {
    const asked: string[] = [];
    const stage = stack.use(
      await startStage(configOf(), createHandClock(), undefined, {
        remark: (detector) => (detector === 'memory' ? 'sessions: nobody closes them' : undefined),
        onUrgent: (detector) => {
          asked.push(detector);
          return Promise.resolve('/evidence/1.txt');
        },
      }),
    );
    const startSeconds = stage.clock.wallMs() / 1000;
    await stage.play(24 * HOUR_MS, (elapsedMs) =>
      processSamples(
        300 * MIB + (66 * MIB * elapsedMs) / HOUR_MS + 2 * MIB * Math.sin(elapsedMs),
        startSeconds,
        3 * GIB,
      ),
    );
    expect(asked).toEqual(['memory']);
    expect(stage.lines.at(-1)).toMatch(
      /^warn detector memory: (urgent|page): .*; sessions: nobody closes them$/,
    );
    expect(stage.snapshot().verdicts[0]?.text).toMatch(/; sessions: nobody closes them$/);
    const { series } = JSON.parse(JSON.stringify(stage.report())) as {
      series: { detector: string; capture?: string; text: string }[];
    };
    expect(series.map(({ detector, capture }) => [detector, capture]).slice(0, 2)).toEqual([
      ['memory', '/evidence/1.txt'],
      ['sessions', undefined],
    ]);
    // Of a series that is well there is nothing to remark.
    expect(series[1]?.text).not.toContain('; ');
  });
});

describe('what sessions have to do with a detector', () => {
  const insight = (diagnosis: SessionDiagnosis) => () => ({ diagnosis, text: 'a text' }) as SessionInsight;

  it.each<[string, SessionDiagnosis, string | undefined]>([
    ['sessions', 'unclear', 'a text'],
    ['memory', 'clients_send_no_delete', 'sessions: a text'],
    ['memory', 'sessions_are_closed', undefined],
    ['bytes_per_session', 'server_keeps_sessions_after_delete', 'sessions: a text'],
    ['open_files', 'clients_send_no_delete', undefined],
  ])('of %s where %s', (detector, diagnosis, remark) => {
    expect(remarkOnSessions(detector, insight(diagnosis))).toBe(remark);
  });
});

describe('evidence as configured', () => {
  it('is captured, logged and counted', async () => {
    const directory = join(mkdtempSync(join(tmpdir(), 'evidence-')), 'captures');
    stack.defer(async () => rmSync(join(directory, '..'), { recursive: true, force: true }));
    const evidence = (...command: string[]) =>
      configOf(
        '--detectors.evidence.kind=command',
        `--detectors.evidence.directory=${directory}`,
        `--detectors.evidence.command=${JSON.stringify(command)}`,
      );
    let config = configOf();
    const lines: string[] = [];
    const log = (level: string, message: string): void => void lines.push(`${level} ${message}`);
    const observation = createObservation(() => config, systemClock, log);
    stack.defer(observation.stop);
    const running = stack.use(
      startEvidence(() => config, { observation, clock: systemClock, log, child: () => process.pid }),
    );
    expect(await running.onUrgent('memory')).toBeUndefined();
    config = evidence('echo', '{pid}');
    const path = await running.onUrgent('memory');
    expect(readFileSync(path ?? '', 'utf8')).toBe(`${process.pid}\n`);
    expect(await running.onUrgent('memory')).toBeUndefined();
    config = evidence('false');
    expect(await running.onUrgent('sessions')).toBeUndefined();
    expect(lines).toEqual([
      `info evidence for detector memory: ${path}`,
      'debug evidence for detector memory: none captured, the last one for memory is less than 21600 s old',
      'warn evidence for detector sessions: false: want exit code 0, got 1',
    ]);
    const page = parseExposition((await observation.metrics()).body);
    const counts = ['captured', 'cut', 'failed', 'skipped'].map((result) =>
      total(page, 'mcp_vitals_evidence_captures_total', { kind: 'command', result }),
    );
    expect(counts).toEqual([1, 0, 1, 1]);
  });
});

describe('the process of the server', () => {
  it.each<[string, string[], number | undefined]>([
    ['by its pid', ['--sources.process.pid', String(process.ppid)], process.ppid],
    ['as a child', [], process.pid],
    ['that is gone', ['--sources.process.pid', String(2 ** 22 - 1)], undefined],
  ])('is found %s', async (_, flags, pid) => {
    const { sources } = configOf(...flags);
    expect(await findServerPid(sources.process, () => process.pid, systemClock)).toBe(pid);
  });
});
