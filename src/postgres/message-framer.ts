/** Largest length that a message may claim, in bytes: what PostgreSQL itself can allocate. */
const MAX_MESSAGE_BYTES = 0x4000_0001;
const HEADER_BYTES = 5;

/** A byte that is no type of message in its direction. */
export const UNKNOWN_TYPE = 0;
/** Messages that say nothing of interest: passed over by their length alone. */
export const PASS_OVER = 1;
/** Messages whose coming is of interest, but not what they carry. */
export const NOTE = 2;
/** Messages that are read. */
export const READ = 3;

/** What is done with messages by their type byte: one of {@link UNKNOWN_TYPE}, {@link PASS_OVER}, {@link NOTE}, {@link READ}. */
export type Interest = Readonly<Uint8Array>;

/** Makes the table of one direction from the type bytes of each kind. */
export function interest(passOver: string, note: string, read: string): Interest {
  const table = new Uint8Array(256);
  for (const type of passOver) table[type.charCodeAt(0)] = PASS_OVER;
  for (const type of note) table[type.charCodeAt(0)] = NOTE;
  for (const type of read) table[type.charCodeAt(0)] = READ;
  return table;
}

/** Receives the messages of one direction. What it throws leaves {@link MessageFramer.push}. */
export interface MessageReader {
  /** A message to be read begins. */
  readonly begin: (type: number, payloadBytes: number) => void;
  /** A piece of its payload: the bytes from `from` to `end`, lent for the call. Says whether more is wanted. */
  readonly payload: (chunk: Buffer, from: number, end: number) => boolean;
  /** A message that is read or noted has come in whole. */
  readonly finish: (type: number) => void;
  /** The bytes are no messages; nothing more will be called. */
  readonly broken: () => void;
}

/**
 * Cuts a stream of bytes, in any chunking, into the messages of PostgreSQL's
 * protocol 3: a type byte, an int32 that counts itself and the payload, the
 * payload (source: PostgreSQL documentation, "Message Formats"). Payloads are
 * never copied nor held; those of no interest cost one addition.
 */
export class MessageFramer {
  readonly #interest: Interest;
  readonly #reader: MessageReader;
  #headerBytes = 0;
  /** Type of the message that is being read, or was last. */
  #type = 0;
  #length = 0;
  /** Bytes of the current message's payload that are still to come. */
  #rest = 0;
  /** Whether pieces of that payload are handed to the reader. */
  #isRead = false;
  /** Whether the reader is told of the end of the current message. */
  #isNoted = false;
  #isStopped = false;

  constructor(table: Interest, reader: MessageReader) {
    this.#interest = table;
    this.#reader = reader;
  }

  /** Type byte of the message that began last, whether it is of interest or not; 0 before the first. */
  get lastType(): number {
    return this.#type;
  }

  /** Ends the reading for good, from within a call of the reader too. */
  stop(): void {
    this.#isStopped = true;
  }

  /** Reads the bytes of a chunk from `from` on; keeps no reference to it. */
  push(chunk: Buffer, from = 0): void {
    const end = chunk.length;
    let at = from;
    while (at < end && !this.#isStopped) {
      if (this.#rest > 0) {
        at = this.#continue(chunk, at, end);
        continue;
      }
      if (this.#headerBytes > 0 || end - at < HEADER_BYTES) {
        at = this.#splitHeader(chunk, at, end);
        continue;
      }
      const type = chunk[at]!;
      const length = (chunk[at + 1]! << 24) | (chunk[at + 2]! << 16) | (chunk[at + 3]! << 8) | chunk[at + 4]!;
      // The flood of a large result: nothing is to be done but to find the next header.
      if (this.#interest[type] === PASS_OVER && length >= 4 && length <= MAX_MESSAGE_BYTES) {
        at += length + 1;
        if (at < end) continue;
        this.#type = type;
        this.#rest = at - end;
        this.#isRead = false;
        this.#isNoted = false;
        return;
      }
      at += HEADER_BYTES;
      this.#begin(type, length);
    }
  }

  #splitHeader(chunk: Buffer, from: number, end: number): number {
    let at = from;
    while (at < end) {
      const byte = chunk[at++]!;
      if (this.#headerBytes === 0) {
        this.#type = byte;
        this.#length = 0;
      } else this.#length = (this.#length << 8) | byte;
      if (++this.#headerBytes < HEADER_BYTES) continue;
      this.#headerBytes = 0;
      this.#begin(this.#type, this.#length);
      break;
    }
    return at;
  }

  #begin(type: number, length: number): void {
    const what = this.#interest[type]!;
    if (what === UNKNOWN_TYPE || length < 4 || length > MAX_MESSAGE_BYTES) {
      this.#isStopped = true;
      this.#reader.broken();
      return;
    }
    this.#type = type;
    this.#rest = length - 4;
    this.#isRead = what === READ;
    this.#isNoted = what !== PASS_OVER;
    if (this.#isRead) this.#reader.begin(type, this.#rest);
    if (this.#rest === 0 && this.#isNoted && !this.#isStopped) this.#reader.finish(type);
  }

  #continue(chunk: Buffer, from: number, end: number): number {
    const stop = Math.min(end, from + this.#rest);
    this.#rest -= stop - from;
    if (this.#isRead) this.#isRead = this.#reader.payload(chunk, from, stop);
    if (this.#rest === 0 && this.#isNoted && !this.#isStopped) this.#reader.finish(this.#type);
    return stop;
  }
}
