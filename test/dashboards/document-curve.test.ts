import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { stringify } from 'yaml';
import { documentTables } from '../../src/baselines/document-tables.ts';
import { documentCurve, documentFigures } from '../../src/dashboards/document-curve.ts';
import { promtoolPath } from '../harness/prometheus.ts';
import { describeWith } from '../harness/requirement.ts';
import { runProcess } from '../harness/start-process.ts';

/** Lets promtool evaluate expressions over one series `x` with a value, and say whether each gives its number. */
async function evaluated(
  value: number,
  wanted: readonly (readonly [expr: string, value: number])[],
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mcp-vitals-curve-'));
  try {
    const test = {
      rule_files: [],
      tests: [
        {
          interval: '1m',
          input_series: [{ series: 'x{server="a"}', values: String(value) }],
          promql_expr_test: wanted.map(([expr, result]) => ({
            // Sums of slopes differ in the last places.
            expr: `round(${expr}, 0.0001)`,
            eval_time: '0m',
            exp_samples: [{ labels: '{server="a"}', value: result }],
          })),
        },
      ],
    };
    const file = join(folder, 'test.yml');
    await writeFile(file, stringify(test));
    const run = await runProcess({ command: promtoolPath, args: ['test', 'rules', file] });
    return run.code === 0 ? 'as wanted' : run.stdout + run.stderr;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const memory = documentTables.endurance.rows.map((row): [number, number] => [row.hour, row.memoryGib]);

describeWith(promtoolPath, 'apt-get install prometheus')(
  'a curve of the document, evaluated by Prometheus',
  () => {
    it.each([
      [0, 2.1],
      [1, 2.1],
      [2.5, 2.2],
      [4, 2.3],
      [10, 2.65],
      [24, 3.6],
      [100, 3.6],
    ])(
      'of the memory of the endurance test is after %s hours at %s GB',
      async (hour, gib) => {
        expect(await evaluated(hour, [[documentCurve(memory, 'x'), gib]])).toBe('as wanted');
      },
      20_000,
    );

    it('of one point, or of equal ones, is level', async () => {
      const wanted = [
        [documentCurve([[5, 7]], 'x'), 7],
        [
          documentCurve(
            [
              [0, 3],
              [9, 3],
            ],
            'x',
          ),
          3,
        ],
      ] as const;
      expect(await evaluated(42, wanted)).toBe('as wanted');
    }, 20_000);
  },
);

describe('a curve', () => {
  it.each<[[number, number][], string]>([
    [[], 'points of a curve: want at least one, got none'],
    [
      [
        [1, 1],
        [1, 2],
      ],
      'points of a curve: want ascending x, got 1 after 1',
    ],
  ])('of %j is refused', (points, problem) => {
    expect(() => documentCurve(points, 'x')).toThrow(problem);
  });
});

describe('figures of the document', () => {
  it('are series that differ in one label', () => {
    expect(
      documentFigures('phase', [
        ['spike', 1450],
        ['recovery', 96],
      ]),
    ).toBe(
      'label_replace(vector(1450), "phase", "spike", "", "") or label_replace(vector(96), "phase", "recovery", "", "")',
    );
  });
});
