import { createServer } from 'node:http';
import { afterAll, describe, expect, it } from '@jest/globals';
import { instrument } from '../../src/instrument/instrument.ts';
import { listenOnLoopback } from '../harness/free-port.ts';
import { createStopStack } from '../harness/stop-stack.ts';

const stack = createStopStack();
afterAll(stack.stopAll);

describe('the handler of the library', () => {
  it.each<[string, Record<string, string>, string, RegExp]>([
    ['the text format without a word', {}, 'text/plain; version=0.0.4; charset=utf-8', /^# HELP /],
    [
      'OpenMetrics for whom asks for it',
      { accept: 'application/openmetrics-text;version=1.0.0,text/plain;q=0.5' },
      'application/openmetrics-text; version=1.0.0; charset=utf-8',
      /^# TYPE [^]*\n# EOF\n$/,
    ],
  ])('gives %s', async (_what, headers, contentType, page) => {
    const vitals = instrument();
    const handler = vitals.express();
    const server = createServer((request, response) => void handler(request, response));
    const port = await listenOnLoopback(server, 0);
    stack.defer(async () => {
      server.close();
      server.closeAllConnections();
      await vitals.stop();
    });
    const response = await fetch(`http://127.0.0.1:${port}/metrics`, { headers });
    expect(response.headers.get('content-type')).toBe(contentType);
    expect(response.headers.get('vary')).toBe('accept');
    expect(await response.text()).toMatch(page);
  });
});
