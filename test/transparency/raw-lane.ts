import net from 'node:net';
import { once } from 'node:events';
import { describeCase, wireBytes } from './exchange-case.ts';
import type { ExchangeCase } from './exchange-case.ts';
import { HttpReader, valueOf } from './http-reader.ts';
import type { ReadMessage } from './http-reader.ts';
import { sendCut } from './send-cut.ts';

/** What came back for one request. */
export interface Received {
  /** 1xx answers. */
  readonly interim: readonly ReadMessage[];
  readonly answer: ReadMessage;
}

const LIMIT_MS = 20_000;

/** A client that sends one request after the other, on one connection as long as that is kept. */
export class RawLane {
  readonly #port: number;
  #socket: net.Socket | undefined;
  #onData: (chunk: Buffer) => void = () => {};
  #onGone: (why: string) => void = () => {};
  /** Bytes that came when no answer was awaited. */
  #excess = '';

  constructor(port: number) {
    this.#port = port;
  }

  /** @throws Error describing the exchange if an answer does not come whole within 20 s, or more comes than that */
  async exchange(plan: ExchangeCase): Promise<Received> {
    const socket = (this.#socket ??= await this.#open());
    const answered = this.#read(plan);
    const send = async (): Promise<void> => {
      await sendCut(socket, wireBytes(plan.request), plan.request.cutting);
      if (plan.halfClose) socket.end();
    };
    const sent = send();
    const received = await answered;
    await sent;
    const isKept = valueOf(received.answer.headers, 'connection')?.toLowerCase() !== 'close';
    if (plan.halfClose || !plan.request.startLine.endsWith('1.1') || !isKept) this.close();
    return received;
  }

  /** @throws Error if bytes came behind an answer */
  close(): void {
    this.#socket?.destroy();
    this.#socket = undefined;
    const excess = this.#excess;
    this.#excess = '';
    if (excess !== '') throw new Error(`answer: want nothing behind it, got ${JSON.stringify(excess)}`);
  }

  async #open(): Promise<net.Socket> {
    const socket = net.connect({ port: this.#port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
    await once(socket, 'connect');
    // A connection that was given up may still be heard of.
    const gone = (why: string): void => {
      if (this.#socket === socket) this.#onGone(why);
    };
    socket.on('data', (chunk) => this.#onData(chunk));
    socket.on('end', () => gone('the end of the connection'));
    socket.on('error', (error) => gone(error.message));
    socket.on('close', () => gone('a closed connection'));
    return socket;
  }

  #read(plan: ExchangeCase): Promise<Received> {
    return new Promise((resolve, reject) => {
      const interim: ReadMessage[] = [];
      let bytes = 0;
      const settle = (): void => {
        clearTimeout(limit);
        this.#onGone = () => {};
        this.#onData = (chunk) => {
          this.#excess += chunk.toString('latin1', 0, 200);
        };
      };
      const fail = (why: string): void => {
        settle();
        this.#socket?.destroy();
        this.#socket = undefined;
        reject(new Error(`answer: want it whole, got ${bytes} bytes and ${why}${describeCase(plan)}`));
      };
      const limit = setTimeout(() => fail('then nothing'), LIMIT_MS);
      const hasBody = (line: string): boolean =>
        plan.method !== 'HEAD' && !/^HTTP\/1\.1 (204|304)/.test(line);
      let answer: ReadMessage | undefined;
      const message = (read: ReadMessage): void => {
        if (answer !== undefined) this.#excess += read.startLine;
        else if (/^HTTP\/1\.1 1\d\d/.test(read.startLine)) interim.push(read);
        else {
          answer = read;
          settle();
          resolve({ interim, answer });
        }
      };
      const reader = new HttpReader({ message }, hasBody);
      this.#onData = (chunk) => {
        bytes += chunk.length;
        try {
          reader.push(chunk);
        } catch (error) {
          fail(String(error));
        }
      };
      this.#onGone = (why) => {
        reader.close();
        if (answer === undefined) fail(why);
      };
    });
  }
}
