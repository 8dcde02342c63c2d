import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Writable } from 'node:stream';
import type { AnswerHead } from '../http/answer-head.ts';
import { chunkStart } from './chunk-framing.ts';
import { answerHeaders } from './headers.ts';

/** Hears of what is on its way to the client, after it was written. */
export interface AnswerListener {
  readonly onAnswerStarted: (head: AnswerHead) => void;
  readonly onAnswerWritten: (piece: Buffer) => void;
  /** The client is slower than the upstream. */
  readonly onAnswerBlocked: () => void;
  readonly onAnswerDrained: () => void;
}

/** Pieces up to here go out in one string with what stands before them (Node writes 16 KiB without allocating). */
const ONE_WRITE_BYTES = 15 * 1024;

/**
 * Writes an answer to the client in as few writes as possible: the last piece
 * is held until it is known whether the end comes right behind it.
 */
export class AnswerWriter {
  /** The head, once it has been accepted for writing. */
  head: AnswerHead | undefined;
  /** The end has been written. */
  done = false;
  readonly #response: ServerResponse;
  readonly #listener: AnswerListener;
  /** HTTP/1.1: the client understands interim answers and the chunked coding. */
  readonly #modern: boolean;
  #started = false;
  #awaitsDrain = false;
  #held: Buffer | undefined;

  constructor(request: IncomingMessage, response: ServerResponse, listener: AnswerListener) {
    this.#modern = request.httpVersion === '1.1';
    this.#response = response;
    this.#listener = listener;
    response.sendDate = false;
  }

  /** Writes an interim answer at once. */
  writeInformational(head: AnswerHead): void {
    if (!this.#modern) return;
    if (head.statusCode === 100) {
      this.#response.writeContinue();
      return;
    }
    let text = `HTTP/1.1 ${head.statusCode} ${head.statusText}\r\n`;
    const headers = answerHeaders(head, true, false, false);
    for (let i = 0; i < headers.length; i += 2) text += `${headers[i]}: ${headers[i + 1]}\r\n`;
    // Without a socket an earlier answer of a pipeline is still on its way: a hint may be left out.
    this.#response.socket?.write(`${text}\r\n`, 'latin1');
  }

  /**
   * Takes the head; it goes out with the first piece, or with `flush`.
   *
   * @param closing tell the client that its connection ends with this answer
   * @throws what Node finds wrong with the head
   */
  begin(head: AnswerHead, via: boolean, closing: boolean): void {
    this.#response.writeHead(
      head.statusCode,
      head.statusText,
      answerHeaders(head, this.#modern, via, closing),
    );
    this.head = head;
  }

  /** Takes a piece of the body, on loan until the next `flush` or `end`. */
  body(piece: Buffer): void {
    if (this.#held !== undefined) this.#writeHeld(this.#held);
    this.#held = piece;
  }

  /** Writes what is held; the head at least, for a quiet stream's client waits for it. */
  flush(): void {
    if (this.done || this.head === undefined) return;
    if (this.#held !== undefined) this.#writeHeld(this.#held);
    else if (!this.#started) {
      // Not flushHeaders: it sends the head as UTF-8, which spoils bytes beyond ASCII.
      this.#response.write('', 'latin1');
      this.#response.socket?.uncork();
      this.#start();
    }
  }

  /** Ends the answer; trailers are names and values in turn. */
  end(trailers: readonly string[]): void {
    const held = this.#held;
    const response = this.#response;
    this.done = true;
    this.#held = undefined;
    if (trailers.length > 0) response.addTrailers(pairs(trailers));
    if (held === undefined) response.end();
    else if (held.length < ONE_WRITE_BYTES) response.end(held.toString('latin1'), 'latin1');
    else response.end(Buffer.from(held));
    this.#start();
    if (held !== undefined) this.#listener.onAnswerWritten(held);
  }

  /** Writes an answer of the proxy's own. */
  writeOwn(statusCode: number, statusText: string, headers: readonly string[], body: Buffer): void {
    this.done = true;
    this.#response.writeHead(statusCode, statusText, [...headers]);
    this.#response.end(body);
  }

  #writeHeld(piece: Buffer): void {
    this.#held = undefined;
    const socket = this.#chunkSocket();
    if (socket !== undefined) {
      if (!writeChunk(socket, piece)) this.#blockOn(socket);
    } else if (!this.#writeThroughNode(piece)) this.#blockOn(this.#response);
    this.#start();
    this.#listener.onAnswerWritten(piece);
  }

  /**
   * The client's socket, if pieces may be written to it in chunks of our own. Node would write each in four parts,
   * and only at the end of the turn, after the observer.
   */
  #chunkSocket(): Socket | undefined {
    const { socket, chunkedEncoding, writableLength } = this.#response;
    // Not before the head is out, and not while another answer of a pipeline has the socket.
    if (!this.#started || socket === null || !chunkedEncoding) return undefined;
    return writableLength === socket.writableLength ? socket : undefined;
  }

  #writeThroughNode(piece: Buffer): boolean {
    // The piece is only lent: what the socket may have to queue is a copy.
    const more =
      piece.length < ONE_WRITE_BYTES
        ? this.#response.write(piece.toString('latin1'), 'latin1')
        : this.#response.write(Buffer.from(piece));
    this.#response.socket?.uncork();
    return more;
  }

  #blockOn(writable: Writable): void {
    this.#listener.onAnswerBlocked();
    if (this.#awaitsDrain) return;
    this.#awaitsDrain = true;
    writable.once('drain', () => {
      this.#awaitsDrain = false;
      this.#listener.onAnswerDrained();
    });
  }

  #start(): void {
    if (this.#started || this.head === undefined) return;
    this.#started = true;
    this.#listener.onAnswerStarted(this.head);
  }
}

function pairs(flat: readonly string[]): [string, string][] {
  const result: [string, string][] = [];
  for (let i = 0; i < flat.length; i += 2) result.push([flat[i]!, flat[i + 1]!]);
  return result;
}

/** Writes a piece as one chunk (RFC 9112 §7.1); false if the client is slower. */
function writeChunk(socket: Socket, piece: Buffer): boolean {
  const start = chunkStart(piece.length);
  if (piece.length < ONE_WRITE_BYTES)
    return socket.write(`${start}${piece.toString('latin1')}\r\n`, 'latin1');
  socket.cork();
  socket.write(start, 'latin1');
  socket.write(Buffer.from(piece));
  const more = socket.write('\r\n', 'latin1');
  socket.uncork();
  return more;
}
