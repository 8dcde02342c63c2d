import net from 'node:net';
import { readAnswers } from './answer-reader.ts';
import type { Route } from './orders.ts';
import { ANSWER_BYTES, FIRST_ID, REQUEST_BYTES, requestAroundId } from './payload.ts';

/** One keep-alive connection that makes tool calls, one at a time. */
export interface CallConnection {
  /** Sends the next tools/call; `onDone` follows once. */
  readonly call: () => void;
  readonly close: () => void;
}

const REQUEST = requestAroundId();
let nextId = FIRST_ID;

function requestText(route: Route): { before: string; after: string } {
  const head = [
    `POST ${route.path} HTTP/1.1`,
    `Host: 127.0.0.1:${route.port}`,
    'Accept: application/json, text/event-stream',
    'Content-Type: application/json',
    ...(route.sessionId === undefined ? [] : [`Mcp-Session-Id: ${route.sessionId}`]),
    'Mcp-Protocol-Version: 2025-06-18',
    'User-Agent: bench',
    `Content-Length: ${REQUEST_BYTES}`,
  ];
  return { before: `${head.join('\r\n')}\r\n\r\n${REQUEST.before}`, after: REQUEST.after };
}

/**
 * Opens a connection to the route. `onDone` gets a failure for an answer
 * that is not 200 with the whole result, and for a call cut off with its connection.
 */
export async function openCallConnection(
  route: Route,
  onDone: (failure: string | undefined, connection: CallConnection) => void,
): Promise<CallConnection> {
  const text = requestText(route);
  const socket = net.connect({ port: route.port, host: '127.0.0.1', noDelay: true });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  let calling = false;
  const connection: CallConnection = {
    call: () => {
      calling = true;
      socket.write(text.before + nextId++ + text.after, 'latin1');
    },
    close: () => {
      calling = false;
      socket.destroy();
    },
  };
  const done = (failure?: string): void => {
    if (!calling) return;
    calling = false;
    onDone(failure, connection);
  };
  socket.on(
    'data',
    readAnswers((statusCode, bodyBytes) => {
      const whole = statusCode === 200 && bodyBytes >= ANSWER_BYTES;
      done(whole ? undefined : `status ${statusCode} with ${bodyBytes} bytes`);
    }),
  );
  // 'close' follows and ends the call.
  socket.on('error', () => socket.destroy());
  socket.on('close', () => done('connection closed'));
  return connection;
}
