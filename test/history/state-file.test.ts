import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { openStateFiles } from '../../src/history/state-file.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function bench() {
  const folder = mkdtempSync(join(tmpdir(), 'mcp-vitals-state-'));
  folders.push(folder);
  const problems: string[] = [];
  return {
    folder,
    problems,
    files: openStateFiles(join(folder, 'a', 'b'), (problem) => problems.push(problem)),
  };
}

describe('the state directory', () => {
  it('is made, and gives back what was written last', async () => {
    const { folder, problems, files } = bench();
    expect(await files.readState('x.json')).toBeUndefined();
    await files.writeState('x.json', Buffer.from('one'));
    await files.writeState('x.json', Buffer.from('two'));
    expect(Buffer.from((await files.readState('x.json')) ?? []).toString()).toBe('two');
    // Nothing else is left, and nobody else reads it.
    expect(readdirSync(join(folder, 'a', 'b'))).toEqual(['x.json']);
    expect(statSync(join(folder, 'a', 'b', 'x.json')).mode & 0o77).toBe(0);
    expect(problems).toEqual([]);
  });

  it('keeps names within itself', async () => {
    const { folder, files } = bench();
    await files.writeState('../../out', Buffer.from('x'));
    expect(readdirSync(folder)).toEqual(['a']);
  });

  it('sets a damaged file aside', async () => {
    const { folder, problems, files } = bench();
    await files.writeState('x.json', Buffer.from('{'));
    await files.setAside('x.json', 'not JSON');
    expect(await files.readState('x.json')).toBeUndefined();
    expect(readFileSync(join(folder, 'a', 'b', 'x.json.damaged'), 'utf8')).toBe('{');
    expect(problems).toEqual([
      `${join(folder, 'a', 'b', 'x.json')}: want a file of ours, got a damaged one (not JSON); it is set aside as x.json.damaged`,
    ]);
  });

  it('that cannot be written is told of, and nothing worse', async () => {
    const { folder, problems, files } = bench();
    writeFileSync(join(folder, 'a'), 'a file in its place');
    await files.writeState('x.json', Buffer.from('x'));
    expect(await files.readState('x.json')).toBeUndefined();
    expect(problems.map((each) => each.replace(folder, ''))).toEqual([
      expect.stringMatching(/^\/a\/b\/x\.json: want it written, got E/),
      expect.stringMatching(/^\/a\/b\/x\.json: want a readable file, got ENOTDIR/),
    ]);
  });
});
