import { describe, expect, it } from '@jest/globals';
import { publicClientName } from '../../src/mcp/client-name.ts';

describe('the name of a client', () => {
  it.each<[string | undefined, string | undefined]>([
    [undefined, undefined],
    ['claude-code', 'claude-code'],
    ['Visual Studio Code', 'Visual Studio Code'],
    ['', undefined],
    [' \t\u0000 ', undefined],
    ['two\nlines\u202e', 'two lines'],
    ['日本語クライアント', '日本語クライアント'],
    ['inspector-1732690000000', 'inspector-:id'],
    ['agent 0b8f3c1e-55a4-4f5e-9d0c-1f6f0a9b7c11', 'agent :id'],
    ['worker-deadbeefcafe', 'worker-deadbeefcafe'],
    ['worker-deadbeef0001', 'worker-:id'],
    ['x'.repeat(200), 'x'.repeat(64)],
    [`${'x'.repeat(63)}😀`, 'x'.repeat(63)],
  ])('%j is shown as %j', (name, shown) => expect(publicClientName(name)).toBe(shown));
});
