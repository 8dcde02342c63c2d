import { describe, expect, it } from '@jest/globals';
import { PROFILE_DEFAULTS } from '../../src/bench/built-in-profiles.ts';
import { chooseTools } from '../../src/bench/choose-tools.ts';
import { classifyTool, isDestructive } from '../../src/bench/classify-tool.ts';
import { readTools, type DeclaredTool } from '../../src/bench/declared-tool.ts';
import type { BenchProfile } from '../../src/bench/profile.ts';

const tool = (
  name: string,
  annotations: DeclaredTool['annotations'] = {},
  needsTask = false,
): DeclaredTool => ({
  name,
  description: '',
  inputSchema: {},
  annotations,
  needsTask,
});
const profile = (own: Partial<BenchProfile> = {}): BenchProfile => ({
  ...PROFILE_DEFAULTS,
  name: 'x',
  about: '',
  load: { kind: 'closed', users: 1, requests: 1, rampUpMs: 0 },
  ...own,
});

describe('what a tool counts as', () => {
  it.each([
    ['get_user', {}, 'read', 'name'],
    ['listFiles', {}, 'read', 'name'],
    ['anything', { readOnlyHint: true }, 'read', 'annotation'],
    ['anything', { readOnlyHint: false }, 'write', 'annotation'],
    ['fetch_weather', { readOnlyHint: true, openWorldHint: true }, 'complex', 'annotation'],
    ['generate_report', { readOnlyHint: true }, 'complex', 'name'],
    ['create-order', {}, 'write', 'name'],
    ['frobnicate', {}, 'write', 'name'],
    ['process_batch', {}, 'write', 'name'],
  ] as const)('%s with %j is %s by its %s', (name, annotations, kind, by) => {
    expect(classifyTool(tool(name, annotations))).toEqual({ class: kind, by });
  });

  it.each([
    ['delete_user', {}, true],
    ['drop-table', {}, true],
    ['removeAll', { readOnlyHint: false }, true],
    ['remove_all', { destructiveHint: false }, false],
    ['purge', { readOnlyHint: true }, false],
    ['get_user', { destructiveHint: true }, true],
    ['create_user', {}, false],
  ] as const)('%s with %j is destructive: %s', (name, annotations, destructive) => {
    expect(isDestructive(tool(name, annotations))).toBe(destructive);
  });
});

describe('chooseTools', () => {
  const declared = [
    tool('get_a', { readOnlyHint: true }),
    tool('get_b', { readOnlyHint: true }),
    tool('put_c', { readOnlyHint: false, destructiveHint: false }),
    tool('delete_d', { destructiveHint: true }),
    tool('run_e', { readOnlyHint: true }, true),
  ];
  const sharesOf = (own: Partial<BenchProfile>) => {
    const mix = chooseTools(declared, profile(own));
    return mix.ok ? Object.fromEntries(mix.tools.map((each) => [each.tool.name, each.share])) : mix.problems;
  };

  it('gives the classes their shares, and those of a class without tools to the others', () => {
    const mix = chooseTools(declared, profile());
    expect(mix).toMatchObject({
      ok: true,
      notes: [
        'left out as destructive, name them to call them: delete_d',
        'left out since they run as tasks: run_e',
        'no tools of the class complex: the others have its share',
      ],
    });
    expect(sharesOf({})).toEqual({ get_a: 1 / 3, get_b: 1 / 3, put_c: 1 / 3 });
    expect(sharesOf({ shares: { read: 90, write: 10, complex: 0 } })).toEqual({
      get_a: 0.45,
      get_b: 0.45,
      put_c: 0.1,
    });
  });

  it.each<[string, Partial<BenchProfile>, unknown]>([
    [
      'weights within a class',
      { tools: [{ name: 'get_a', weight: 3 }] },
      { get_a: 0.5, get_b: 1 / 6, put_c: 1 / 3 },
    ],
    [
      'a class of its own',
      { tools: [{ name: 'get_b', class: 'complex' }] },
      { get_a: 0.6, get_b: 0.1, put_c: 0.3 },
    ],
    [
      'only those named, destructive ones too',
      { only: true, tools: [{ name: 'delete_d' }] },
      { delete_d: 1 },
    ],
    ['all but some', { exclude: ['get_b', 'put_c'] }, { get_a: 1 }],
    [
      'a name that is not there',
      { tools: [{ name: 'get_z' }] },
      ['tool get_z: want one of delete_d, get_a, get_b, put_c, run_e, got no such tool'],
    ],
    [
      'nothing left',
      { exclude: ['get_a', 'get_b', 'put_c'] },
      ['want tools to call, got none (left out as destructive: delete_d; name them to call them)'],
    ],
  ])('takes %s', (_what, own, expected) => {
    expect(sharesOf(own)).toEqual(expected);
  });

  it('reads what a server declares, and leaves out what has no name', () => {
    const result = {
      tools: [
        { name: 'a', inputSchema: { type: 'object' }, annotations: { readOnlyHint: true, title: 'A' } },
        { inputSchema: {} },
        { name: 'b', execution: { taskSupport: 'required' } },
      ],
    };
    expect(readTools(result)).toEqual([
      { ...tool('a', { readOnlyHint: true }), inputSchema: { type: 'object' } },
      tool('b', {}, true),
    ]);
  });
});
