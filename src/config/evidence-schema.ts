import { z } from 'zod';
import { EVIDENCE_KINDS } from '../model/evidence.ts';
import { setting } from './setting-meta.ts';
import { section } from './tls-section.ts';
import * as value from './value-types.ts';

const inspector = section({
  address: setting(value.peerAddress().prefault('127.0.0.1:9229'), {
    kind: 'address',
    about:
      'Where the inspector of the Node server listens (`node --inspect`). Whoever reaches it can run code in the server: keep it on loopback.',
    example: '127.0.0.1:9230',
  }),
  sampling: setting(value.duration().prefault('30s'), {
    kind: 'duration',
    about: 'How long it is sampled who allocates what stays.',
    example: '10s',
  }),
  snapshot: setting(value.toggle().prefault(false), {
    kind: 'boolean',
    about:
      'Whether the whole heap is captured as well. The server stands still for it, and needs as much memory again for a while.',
    example: true,
  }),
});

const pySpy = section({
  program: setting(value.filePath().prefault('py-spy'), {
    kind: 'file',
    about: 'The program py-spy, by its path or its name in PATH. It needs CAP_SYS_PTRACE, or to run as root.',
    example: '/opt/venv/bin/py-spy',
  }),
  record: setting(value.durationOrOff().prefault('off'), {
    kind: 'duration',
    about:
      'How long it is sampled which stacks run, in place of one look at the stacks of all threads (`off`).',
    example: '30s',
  }),
});

/** Settings of evidence that is captured when a detector is urgent. */
export const evidenceSchema = section({
  kind: setting(value.choice(['off', ...EVIDENCE_KINDS]).prefault('off'), {
    kind: 'choice',
    about:
      'How evidence is captured when a detector becomes urgent: `inspector` (of a Node server), `py-spy` (of a Python server), `command`, or `off`. What is captured may hold data of users.',
    example: 'inspector',
  }),
  directory: setting(value.filePath('the path of a directory').optional(), {
    kind: 'file',
    about:
      'Directory for what is captured, of the user of the sidecar alone (mode 700); it is made if it is not there.',
    example: '/var/lib/mcp-vitals/evidence',
  }),
  inspector: inspector.prefault({}),
  pySpy: pySpy.prefault({}),
  command: setting(
    z
      .array(value.text('a text of one line', /^[^\0\n]+$/), {
        error: 'a list of the program and its arguments',
      })
      .max(100, { error: 'at most 100 entries' })
      .prefault([]),
    {
      kind: 'list',
      about:
        'Program and arguments, run without a shell; `{pid}` and `{detector}` in them are replaced. What it prints is kept.',
      example: ['jcmd', '{pid}', 'GC.class_histogram'],
    },
  ),
  every: setting(value.duration().prefault('6h'), {
    kind: 'duration',
    about: 'Least time between two captures for one detector.',
    example: '1h',
  }),
  timeout: setting(value.duration().prefault('2m'), {
    kind: 'duration',
    about: 'Time that a capture may take before it is broken off.',
    example: '5m',
  }),
  maxBytes: setting(
    value.size({ bytes: 1024, text: '1KiB' }, { bytes: 16 * 1024 ** 3, text: '16GiB' }).prefault('256MiB'),
    {
      kind: 'size',
      about: 'Largest file of a capture; what goes beyond is cut off, and said to be.',
      example: '1GiB',
    },
  ),
  keep: setting(value.count(1, 1000).prefault(10), {
    kind: 'integer',
    about: 'Captures that are kept; older ones are deleted.',
    example: 3,
  }),
});
