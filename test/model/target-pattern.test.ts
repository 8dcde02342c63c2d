import { describe, expect, it } from '@jest/globals';
import { parseTargetPattern } from '../../src/model/target-pattern.ts';

describe.each([
  [
    'http://*.mcp.example:8000/mcp',
    ['http://a.mcp.example:8000/mcp', 'http://A-1.MCP.example:8000/mcp?x=1'],
    [
      'https://a.mcp.example:8000/mcp',
      'http://a.mcp.example/mcp',
      'http://a.b.mcp.example:8000/mcp',
      'http://mcp.example:8000/mcp',
      'http://a.mcp.example:8000/mcp/x',
      'http://a.mcp.example:8000/MCP',
      'http://user@a.mcp.example:8000/mcp',
      'http://a.mcp.example:8000/mcp#x',
      'http://evil.example:8000/?http://a.mcp.example:8000/mcp',
      'http://a.mcp.example:8000@evil.example/mcp',
      'http://evil.example\\.mcp.example:8000/mcp',
    ],
  ],
  [
    'https://10.0.0.*/*',
    ['https://10.0.0.7/mcp', 'https://10.0.0.7:443/'],
    ['https://10.0.0.7:8443/mcp', 'https://10.0.0.7/a/b'],
  ],
  [
    'http://[::1]:8000/mcp',
    ['http://[::1]:8000/mcp', 'http://[0:0:0:0:0:0:0:1]:8000/mcp'],
    ['http://[::2]:8000/mcp'],
  ],
  [
    'http://127.0.0.1:8000/mcp',
    ['http://127.0.0.1:8000/mcp', 'http://0x7f.1:8000/mcp'],
    ['http://127.0.0.1:8000/x/../../etc'],
  ],
])('%s', (text, allowed, refused) => {
  const pattern = parseTargetPattern(text);
  it.each(allowed)('allows %s', (url) => expect(pattern?.allows(url)).toBe(true));
  it.each(refused)('does not allow %s', (url) => expect(pattern?.allows(url)).toBe(false));
});

it.each([
  'example',
  'ftp://a/b',
  'http://user@a/b',
  'http://a/b?c',
  'http://a/b#c',
  'http:///x',
  'http://a:x/',
])('%s is no pattern', (text) => expect(parseTargetPattern(text)).toBeUndefined());
