import { lookup } from 'node:dns/promises';
import { isIPv6, type Socket } from 'node:net';
import { failureText, serverName } from '../model/failure-text.ts';
import { Agent, buildConnector, request, WebSocket } from 'undici';

/** Most bytes of the inspector's list of targets. */
const MAX_LIST_BYTES = 65_536;

/** Where an inspector listens. */
export interface InspectorAddress {
  readonly host: string;
  readonly port: number;
}

type Params = Readonly<Record<string, unknown>>;

/** A conversation with the inspector of a Node server (Chrome DevTools Protocol over WebSocket). */
export interface InspectorSession {
  /** @throws Error in the inspector's words, or that the connection was lost. */
  readonly call: (method: string, params?: Params) => Promise<Params>;
  /** Told the parameters of each event of a name. */
  readonly on: (event: string, listener: (params: Params) => void) => void;
  /** Breaks it off at once; what waits fails. */
  readonly close: () => void;
}

const isParams = (value: unknown): value is Params => typeof value === 'object' && value !== null;
const membersOf = (value: unknown): Params => (isParams(value) ? value : {});

/**
 * Opens a session with the first target of an inspector.
 * @param signal breaks it off.
 * @throws Error `inspector 127.0.0.1:9229: connect ECONNREFUSED …` and the like.
 */
export async function openInspector(
  { host, port }: InspectorAddress,
  signal: AbortSignal,
): Promise<InspectorSession> {
  const place = serverName('inspector', host, port);
  const connect = buildConnector({});
  let socket: Socket | undefined;
  // A peer that does not answer must not hold a socket: it is kept at hand, to be cut.
  const agent = new Agent({
    connect: (options, callback) =>
      connect(options, (...outcome) => {
        socket = outcome[1] ?? undefined;
        callback(...outcome);
      }),
  });
  const cut = (): void => {
    socket?.destroy();
    agent.destroy().catch(() => {});
  };
  signal.addEventListener('abort', cut, { once: true });
  try {
    // Node's inspector takes no name but localhost in `Host`.
    const { address } = await lookup(host);
    const origin = `${isIPv6(address) ? `[${address}]` : address}:${port}`;
    const path = await targetPath(`http://${origin}/json/list`, agent, signal);
    const web = new WebSocket(`ws://${origin}${path}`, { dispatcher: agent });
    const session = talk(web, place, cut);
    await opened(web, signal);
    await letItEnd(session);
    return session;
  } catch (error) {
    cut();
    if (signal.aborted) throw signal.reason;
    throw new Error(`${place}: ${failureText(error)}`, { cause: error });
  }
}

/** A server that ends would wait for whoever looks into it: then it is left at once (Node's own domain of the protocol). */
async function letItEnd(session: InspectorSession): Promise<void> {
  session.on('NodeRuntime.waitingForDisconnect', () => session.close());
  // Other runtimes do not know it, and need it no more than they wait.
  await session.call('NodeRuntime.notifyWhenWaitingForDisconnect', { enabled: true }).catch(() => {});
}

/** The path of the first target: of the address in the list only this is taken, so that nobody is sent elsewhere. */
async function targetPath(url: string, dispatcher: Agent, signal: AbortSignal): Promise<string> {
  const { statusCode, body } = await request(url, { dispatcher, signal });
  let text = '';
  for await (const chunk of body) {
    text += String(chunk);
    if (text.length > MAX_LIST_BYTES) throw new Error('want a list of targets, got too much');
  }
  if (statusCode !== 200) throw new Error(`want status 200, got ${statusCode}`);
  const targets: unknown = JSON.parse(text);
  const address = Array.isArray(targets) ? membersOf(targets[0])['webSocketDebuggerUrl'] : undefined;
  if (typeof address !== 'string' || !URL.canParse(address)) {
    throw new Error('want a target with webSocketDebuggerUrl, got none (another debugger may be attached)');
  }
  return new URL(address).pathname;
}

function opened(web: WebSocket, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    web.addEventListener('open', () => resolve());
    web.addEventListener('error', () => reject(new Error('want a WebSocket, got none')));
    web.addEventListener('close', () => reject(new Error('want a WebSocket, got its end')));
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

interface Waiting {
  readonly resolve: (result: Params) => void;
  readonly reject: (error: Error) => void;
}

function talk(web: WebSocket, place: string, cut: () => void): InspectorSession {
  const waiting = new Map<number, Waiting>();
  const listeners = new Map<string, (params: Params) => void>();
  let lastId = 0;
  let isOver = false;

  const onMessage = (message: Params): void => {
    const { id, method, error } = message;
    if (typeof method === 'string') listeners.get(method)?.(membersOf(message['params']));
    if (typeof id !== 'number') return;
    const call = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) call?.resolve(membersOf(message['result']));
    else call?.reject(new Error(`${place}: ${String(membersOf(error)['message'])}`));
  };
  const onEnd = (): void => {
    isOver = true;
    for (const { reject } of waiting.values())
      reject(new Error(`${place}: want an answer, got the end of the connection`));
    waiting.clear();
  };
  web.addEventListener('message', ({ data }) => {
    if (typeof data !== 'string') return;
    try {
      onMessage(membersOf(JSON.parse(data)));
    } catch {
      // It is no inspector that speaks so.
      cut();
      onEnd();
    }
  });
  web.addEventListener('close', onEnd);

  return {
    call: (method, params = {}) =>
      new Promise((resolve, reject) => {
        if (isOver) {
          reject(new Error(`${place}: want a connection, got its end`));
          return;
        }
        waiting.set(++lastId, { resolve, reject });
        web.send(JSON.stringify({ id: lastId, method, params }));
      }),
    on: (event, listener) => void listeners.set(event, listener),
    close: () => {
      cut();
      onEnd();
    },
  };
}
