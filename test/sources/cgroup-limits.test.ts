import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readCgroupLimits } from '../../src/sources/cgroup-limits.ts';
import { createSyntheticProc } from './process-synthetic.ts';
import type { SyntheticProc } from './process-synthetic.ts';

const MIB = 1024 * 1024;
const PID = 42;

/** Texts by path; `ROOT` in them stands for the synthetic machine. */
type Files = Readonly<Record<string, string>>;

const v2Mount = 'self/mountinfo';
const own = (root: string) =>
  `30 23 0:26 ${root} ROOT/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n`;
const v1Mounts = [
  '31 23 0:28 / ROOT/cgroup rw - tmpfs tmpfs rw,mode=755',
  '32 31 0:29 / ROOT/cgroup/cpu,cpuacct rw shared:1 master:2 - cgroup cgroup rw,cpu,cpuacct',
  '35 31 0:32 / ROOT/cgroup/memory rw - cgroup cgroup rw,memory',
  '41 31 0:38 / ROOT/cgroup/unified rw - cgroup2 cgroup2 rw\n',
].join('\n');

describe('limits of the cgroups', () => {
  let proc: SyntheticProc;
  beforeEach(() => {
    proc = createSyntheticProc();
  });
  afterEach(() => proc.remove());

  const limitsOf = (files: Files) => {
    for (const [path, text] of Object.entries(files)) proc.write(path, text.replaceAll('ROOT', proc.root));
    return readCgroupLimits(proc.root, `${proc.root}/cgroup`, PID);
  };

  it.each<[string, Files, ReturnType<typeof readCgroupLimits>]>([
    [
      'version 2',
      {
        [v2Mount]: own('/'),
        '42/cgroup': '0::/system.slice/mcp.service\n',
        'cgroup/system.slice/mcp.service/cpu.max': '150000 100000\n',
        'cgroup/system.slice/mcp.service/memory.max': `${512 * MIB}\n`,
      },
      { cpuCores: 1.5, memoryBytes: 512 * MIB },
    ],
    [
      'version 2 with the least further up',
      {
        [v2Mount]: own('/'),
        '42/cgroup': '0::/pod/server\n',
        'cgroup/pod/cpu.max': '50000 100000\n',
        'cgroup/pod/memory.max': `${256 * MIB}\n`,
        'cgroup/pod/server/cpu.max': '400000 100000\n',
        'cgroup/pod/server/memory.max': `${512 * MIB}\n`,
      },
      { cpuCores: 0.5, memoryBytes: 256 * MIB },
    ],
    [
      'version 2, in a cgroup namespace of its own',
      {
        [v2Mount]: own('/'),
        '42/cgroup': '0::/\n',
        'cgroup/cpu.max': '200000 100000\n',
        'cgroup/memory.max': 'max\n',
      },
      { cpuCores: 2 },
    ],
    [
      'version 2 with "max" everywhere',
      {
        [v2Mount]: own('/'),
        '42/cgroup': '0::/a\n',
        'cgroup/a/cpu.max': 'max 100000\n',
        'cgroup/a/memory.max': 'max\n',
      },
      {},
    ],
    [
      'version 1',
      {
        [v2Mount]: v1Mounts,
        '42/cgroup': '9:memory:/docker/4a1f\n3:cpu,cpuacct:/docker/4a1f\n0::/docker/4a1f\n',
        'cgroup/cpu,cpuacct/docker/4a1f/cpu.cfs_quota_us': '75000\n',
        'cgroup/cpu,cpuacct/docker/4a1f/cpu.cfs_period_us': '50000\n',
        'cgroup/cpu,cpuacct/docker/cpu.cfs_quota_us': '-1\n',
        'cgroup/cpu,cpuacct/docker/cpu.cfs_period_us': '100000\n',
        'cgroup/memory/docker/4a1f/memory.limit_in_bytes': '9223372036854771712\n',
        'cgroup/memory/docker/memory.limit_in_bytes': `${300 * MIB}\n`,
      },
      { cpuCores: 1.5, memoryBytes: 300 * MIB },
    ],
    [
      'version 1 without limits',
      {
        [v2Mount]: v1Mounts,
        '42/cgroup': '9:memory:/\n3:cpu,cpuacct:/\n',
        'cgroup/cpu,cpuacct/cpu.cfs_quota_us': '-1\n',
        'cgroup/cpu,cpuacct/cpu.cfs_period_us': '100000\n',
        'cgroup/memory/memory.limit_in_bytes': '9223372036854771712\n',
      },
      {},
    ],
    [
      'version 1 inside a container that sees the path of the machine',
      {
        [v2Mount]: '35 31 0:32 /docker/4a1f ROOT/cgroup/memory ro - cgroup cgroup rw,memory\n',
        '42/cgroup': '9:memory:/docker/4a1f\n',
        'cgroup/memory/memory.limit_in_bytes': `${64 * MIB}\n`,
      },
      { memoryBytes: 64 * MIB },
    ],
    [
      'both versions at once: memory by 1, CPU by 2',
      {
        [v2Mount]: v1Mounts,
        '42/cgroup': '9:memory:/a\n0::/b\n',
        'cgroup/memory/a/memory.limit_in_bytes': `${32 * MIB}\n`,
        'cgroup/unified/b/cpu.max': '25000 100000\n',
      },
      { cpuCores: 0.25, memoryBytes: 32 * MIB },
    ],
    [
      'another container, through its own files',
      {
        [v2Mount]: own('/'),
        'cgroup/memory.max': `${1 * MIB}\n`,
        '42/cgroup': '0::/../b1f2/app\n',
        '42/mountinfo': '30 23 0:26 /../b1f2 /sys/fs/cgroup ro - cgroup2 cgroup rw\n',
        '42/root/sys/fs/cgroup/app/cpu.max': 'max 100000\n',
        '42/root/sys/fs/cgroup/cpu.max': '300000 100000\n',
        '42/root/sys/fs/cgroup/memory.max': `${128 * MIB}\n`,
      },
      { cpuCores: 3, memoryBytes: 128 * MIB },
    ],
    [
      'another container whose files are not shown',
      { [v2Mount]: own('/'), 'cgroup/memory.max': `${1 * MIB}\n`, '42/cgroup': '0::/../b1f2\n' },
      {},
    ],
    [
      'a mount point with a blank',
      {
        [v2Mount]: '30 23 0:26 / ROOT/cgroup/with\\040blank rw - cgroup2 cgroup2 rw\n',
        '42/cgroup': '0::/\n',
        'cgroup/with blank/memory.max': `${5 * MIB}\n`,
      },
      { memoryBytes: 5 * MIB },
    ],
    [
      'two mounts of one hierarchy: the one that shows more',
      {
        [v2Mount]: own('/pod/server').replace('ROOT/cgroup', 'ROOT/cgroup/part') + own('/'),
        '42/cgroup': '0::/pod/server\n',
        'cgroup/part/memory.max': `${9 * MIB}\n`,
        'cgroup/pod/memory.max': `${3 * MIB}\n`,
        'cgroup/pod/server/memory.max': `${9 * MIB}\n`,
      },
      { memoryBytes: 3 * MIB },
    ],
    ['no cgroups at all', {}, {}],
  ])('%s', (_, files, limits) => {
    expect(limitsOf(files)).toEqual(limits);
  });
});
