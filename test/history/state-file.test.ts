import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openState, type State } from '../../src/history/state-file.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text);
const text = (read: Uint8Array | undefined): string | undefined => read && Buffer.from(read).toString();

let folder: string;
let directory: string;
let lines: string[];
let writes: boolean[];

function open(at = directory): State {
  return openState(at, {
    clock: { nowMs: () => 0, wallMs: () => Date.UTC(2026, 0, 5, 12) },
    log: (level, message) => lines.push(`${level} ${message}`),
    onWrite: (successful) => writes.push(successful),
  });
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mcp-vitals-state-'));
  directory = join(folder, 'deep', 'state');
  lines = [];
  writes = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('state', () => {
  it('is nothing at first, and makes no directory before it is written', async () => {
    expect(await open().readState('detectors')).toBeUndefined();
    expect(readdirSync(folder)).toEqual([]);
    expect(lines).toEqual([]);
  });

  it('is what was written last, for another process too', async () => {
    const state = open();
    expect(await state.writeState('detectors', bytes('one'))).toBe(true);
    const many = Array.from({ length: 20 }, (_, n) => state.writeState('detectors', bytes(`write ${n}`)));
    expect(await Promise.all(many)).toEqual(many.map(() => true));
    await state.writeState('probes', bytes(''));
    expect(text(await open().readState('detectors'))).toBe('write 19');
    expect(text(await open().readState('probes'))).toBe('');
    // Nothing of the writing is left.
    expect(readdirSync(directory).toSorted()).toEqual(['detectors', 'probes']);
    expect(writes).toHaveLength(22);
  });

  const damages: [what: string, damage: (file: Buffer) => Buffer][] = [
    ['cut short', (file) => file.subarray(0, -3)],
    ['empty', () => Buffer.alloc(0)],
    ['of another program', () => Buffer.from('{"version":1}\n')],
    [
      'with a bit turned',
      (file) => Buffer.from(file.map((byte, at) => (at === file.length - 2 ? byte ^ 4 : byte))),
    ],
    ['with more behind it', (file) => Buffer.concat([file, Buffer.from('x')])],
  ];

  it.each(damages)('that is %s is set aside with one line', async (_what, damage) => {
    await open().writeState('detectors', bytes('all that was known'));
    const file = join(directory, 'detectors');
    writeFileSync(file, damage(readFileSync(file)));
    expect(await open().readState('detectors')).toBeUndefined();
    expect(lines).toEqual([
      'warn state detectors: want a whole file, got a damaged one; it is set aside as detectors.damaged-2026-01-05T12-00-00-000Z',
    ]);
    expect(readdirSync(directory)).toEqual(['detectors.damaged-2026-01-05T12-00-00-000Z']);
    expect(await open().writeState('detectors', bytes('anew'))).toBe(true);
    expect(text(await open().readState('detectors'))).toBe('anew');
  });

  it('that cannot be written is said once, and again when it can', async () => {
    // A file where the directory should be: root can do everything else.
    mkdirSync(join(folder, 'deep'));
    writeFileSync(directory, '');
    const state = open();
    expect(await state.writeState('detectors', bytes('one'))).toBe(false);
    expect(await state.writeState('detectors', bytes('two'))).toBe(false);
    rmSync(directory);
    expect(await state.writeState('detectors', bytes('three'))).toBe(true);
    expect(writes).toEqual([false, false, true]);
    expect(lines).toEqual([
      `warn state ${directory}: want it written, got: it is not a directory`,
      `info state ${directory}: written again`,
    ]);
  });

  it('on a full disk leaves what was written before', async () => {
    const full = '/dev/full';
    await open().writeState('detectors', bytes('before'));
    // The temporary file leads to a device that has no room.
    const temporary = join(directory, `.detectors.${process.pid}.tmp`);
    symlinkSync(full, temporary);
    expect(await open().writeState('detectors', bytes('after'))).toBe(false);
    expect(lines).toEqual([`warn state ${directory}: want it written, got: the disk is full`]);
    expect(text(await open().readState('detectors'))).toBe('before');
    expect(readdirSync(directory)).toEqual(['detectors']);
  });

  it('takes away what a process left that was killed while it wrote, and nothing else', async () => {
    await open().writeState('detectors', bytes('before'));
    writeFileSync(join(directory, '.detectors.999999.tmp'), 'half of it');
    writeFileSync(join(directory, '.hidden'), 'of somebody');
    await open().writeState('probes', bytes('one'));
    expect(readdirSync(directory).toSorted()).toEqual(['.hidden', 'detectors', 'probes']);
    expect(lines).toEqual([`info state ${directory}: removed what was not finished (files: 1)`]);
  });

  it('is for its owner only', async () => {
    await open().writeState('detectors', bytes('one'));
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    expect(statSync(join(directory, 'detectors')).mode & 0o777).toBe(0o600);
  });
});
