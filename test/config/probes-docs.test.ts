import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { loadConfig } from '../../src/config/load-config.ts';
import { PROBE_KINDS } from '../../src/model/probe.ts';
import { FAILURE_REASONS, PROBE_PHASES } from '../../src/model/probe-result.ts';

const text = readFileSync('docs/probes.md', 'utf8');
const blocks = [...text.matchAll(/```yaml\n([^]*?)```/g)].map(([, block = '']) => block);
const recipes = blocks.filter((block) => !block.startsWith('# Prometheus'));

const folder = mkdtempSync(join(tmpdir(), 'mcp-vitals-docs-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A block of the page as a whole configuration. */
function configurationOf(block: string): object {
  const read = parse(block) as object;
  if (Array.isArray(read)) return { upstream: 'http://127.0.0.1:8000', probes: { list: read } };
  const probes = 'probes' in read ? read.probes : {};
  const list = [{ name: 'report', kind: 'tools', url: 'http://h/mcp' }];
  return { ...read, probes: { list, ...(probes as object) } };
}

describe('docs/probes.md', () => {
  it.each(recipes.map((block) => [block.split('\n').find((line) => !line.startsWith('#')) ?? '', block]))(
    'has a recipe that is valid: %s',
    (_, block) => {
      const file = join(folder, 'a.yaml');
      writeFileSync(file, stringify(configurationOf(block)));
      const loaded = loadConfig({ file, env: {}, flags: [] });
      // Secrets of a recipe are on nobody's disk.
      const problems = loaded.ok
        ? []
        : loaded.problems.filter((each) => !/want (a readable file|the variable)/.test(each));
      expect(problems).toEqual([]);
    },
  );

  it('has one for each kind', () => {
    expect([...text.matchAll(/kind: (\w+)/g)].map(([, kind]) => kind)).toEqual(
      expect.arrayContaining([...PROBE_KINDS]),
    );
  });

  it.each([...FAILURE_REASONS, ...PROBE_PHASES])('says what %s is', (word) => {
    expect(text).toMatch(new RegExp(String.raw`^\|.*\x60${word}\x60.*\|`, 'm'));
  });

  it('has a configuration of Prometheus', () => {
    const [prometheus] = blocks.filter((block) => block.startsWith('# Prometheus'));
    expect(parse(prometheus ?? '')).toMatchObject({ scrape_configs: [{ metrics_path: '/probe' }] });
  });
});

it('examples/probes.yaml is valid', () => {
  expect(loadConfig({ file: 'examples/probes.yaml', env: {}, flags: [] }).ok).toBe(true);
});
