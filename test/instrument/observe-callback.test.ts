/* oxlint-disable unicorn/prefer-add-event-listener -- transports have no other way */
import { describe, expect, it } from '@jest/globals';
import { instrument } from '../../src/instrument/instrument.ts';
import { observeCallback } from '../../src/instrument/observe-callback.ts';
import { parseExposition, total } from '../harness/exposition.ts';
import { toolCalls } from '../harness/scrape.ts';

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
}
type Callback = (message: unknown) => unknown;
interface Receiver {
  onmessage?: Callback | undefined;
}

/** As the transports over HTTP of SDK 1.x do it. */
class Forwarder implements Receiver {
  readonly inner: Receiver = {};
  get onmessage(): Callback | undefined {
    return this.inner.onmessage;
  }
  set onmessage(callback: Callback | undefined) {
    this.inner.onmessage = callback;
  }
}

const receivers: readonly {
  readonly name: string;
  readonly make: () => Receiver;
  readonly keys: string[];
}[] = [
  { name: 'without the member', make: () => ({}), keys: ['onmessage'] },
  { name: 'with an empty member', make: () => ({ onmessage: undefined }), keys: ['onmessage'] },
  { name: 'whose class has an accessor', make: () => new Forwarder(), keys: ['inner'] },
];

describe.each(receivers)('a callback of an object $name', ({ make, keys }) => {
  it('is observed once each, whether it keeps the former, replaces it or is taken away', () => {
    const target = make();
    const seen: unknown[] = [];
    const heard: string[] = [];
    for (let round = 0; round < 2; round++)
      observeCallback(target, 'onmessage', (message) => seen.push(message));
    expect(target.onmessage).toBeUndefined();

    target.onmessage = (message) => heard.push(`first ${String(message)}`);
    target.onmessage?.('a');
    const former = target.onmessage;
    target.onmessage = (message) => {
      former?.(message);
      heard.push(`second ${String(message)}`);
    };
    target.onmessage?.('b');
    target.onmessage = (message) => heard.push(`third ${String(message)}`);
    const { onmessage } = target instanceof Forwarder ? target.inner : target;
    onmessage?.('c');
    expect(heard).toEqual(['first a', 'first b', 'second b', 'third c']);
    expect(seen).toEqual(['a', 'a', 'b', 'b', 'c', 'c']);

    target.onmessage = undefined;
    expect(target.onmessage).toBeUndefined();
    expect(Object.keys(target)).toEqual(keys);
  });
});

describe('a server whose SDK overwrites the callbacks of its transport', () => {
  // Before 1.13.3 `Protocol.connect` of SDK 1.x did not call those it found.
  const connectAsOnceUpon = async (transport: {
    onmessage?: (message: Message) => void;
    onclose?: () => void;
    send: (message: unknown) => void;
  }): Promise<void> => {
    transport.onclose = () => undefined;
    transport.onmessage = ({ id }) => transport.send({ jsonrpc: '2.0', id, result: { content: [] } });
  };

  it('is measured all the same', async () => {
    const vitals = instrument();
    const server = vitals.server({ connect: connectAsOnceUpon });
    const sent: unknown[] = [];
    const transport: Parameters<typeof connectAsOnceUpon>[0] = { send: (message) => void sent.push(message) };
    await server.connect(transport);
    transport.onmessage?.({ id: 1, method: 'tools/call', params: { name: 'add' } });
    expect(sent).toEqual([{ jsonrpc: '2.0', id: 1, result: { content: [] } }]);
    const read = async () => parseExposition((await vitals.metrics()).body);
    expect(toolCalls(await read())).toEqual({ 'add ok': 1 });
    expect(total(await read(), 'mcp_sessions_active')).toBe(1);
    transport.onclose?.();
    expect(total(await read(), 'mcp_sessions_active')).toBe(0);
    await vitals.stop();
  });
});
