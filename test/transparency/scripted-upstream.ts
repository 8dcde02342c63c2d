import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import { listenOnLoopback } from '../harness/free-port.ts';
import { CASE_HEADER, wireBytes } from './exchange-case.ts';
import type { ExchangeCase } from './exchange-case.ts';
import { HttpReader, valueOf } from './http-reader.ts';
import type { ReadMessage } from './http-reader.ts';
import { sendCut } from './send-cut.ts';

/** An upstream that records each request and gives the answer that was prescribed for it. */
export interface ScriptedUpstream {
  readonly url: string;
  /** Prescribes the answer to the request with this number. */
  readonly expect: (number: string, exchange: ExchangeCase) => void;
  /** The request with this number as it arrived; undefined if it did not arrive whole. */
  readonly take: (number: string) => ReadMessage | undefined;
  readonly stop: () => Promise<void>;
}

/** Starts the upstream on a free port of loopback. */
export async function startScriptedUpstream(): Promise<ScriptedUpstream> {
  const cases = new Map<string, ExchangeCase>();
  const received = new Map<string, ReadMessage>();
  const sockets = new Set<Socket>();

  const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    let answering = Promise.resolve();
    const send = async ({ answer: plan, interim }: ExchangeCase): Promise<void> => {
      await answering;
      await sendCut(socket, wireBytes(plan, interim), plan.cutting);
      const closes = plan.headers.some(([name, value]) => /^connection$/i.test(name) && /close/i.test(value));
      if (closes || plan.framing === 'close') socket.end();
    };
    const answer = (exchange: ExchangeCase): void => {
      answering = send(exchange);
    };
    const reader = new HttpReader({
      head: (_, headers) => {
        const exchange = cases.get(valueOf(headers, CASE_HEADER) ?? '');
        if (exchange === undefined) socket.destroy();
        else if (exchange.early) answer(exchange);
      },
      message: (message) => {
        const number = valueOf(message.headers, CASE_HEADER) ?? '';
        received.set(number, message);
        const exchange = cases.get(number);
        if (exchange !== undefined && !exchange.early) answer(exchange);
      },
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (chunk) => {
      try {
        reader.push(chunk);
      } catch (error) {
        socket.destroy(error instanceof Error ? error : undefined);
      }
    });
    socket.on('end', () => {
      // Behind the answers to all requests: the sender of one may still pause after its last byte.
      void answering.then(() => socket.end());
    });
  });
  const port = await listenOnLoopback(server);
  return {
    url: `http://127.0.0.1:${port}`,
    expect: (number, exchange) => cases.set(number, exchange),
    take: (number) => {
      cases.delete(number);
      const message = received.get(number);
      received.delete(number);
      return message;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
