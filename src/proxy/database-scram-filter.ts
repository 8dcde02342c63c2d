const AUTHENTICATION = 'R'.charCodeAt(0);
/** Messages that may come before the question for a password: NegotiateProtocolVersion and NoticeResponse. */
const BEFORE_AUTHENTICATION: readonly number[] = ['v'.charCodeAt(0), 'N'.charCodeAt(0)];
/** Type byte and length. */
const HEAD_BYTES = 5;
const AUTHENTICATION_SASL = 10;
/** Longer messages are no list of mechanisms. */
const MAX_SASL_BYTES = 1024;

/**
 * Takes SCRAM-SHA-256-PLUS out of the mechanisms that a database offers. It
 * binds the password to the TLS connection, which here ends at the proxy: libpq
 * refuses a server that offers it on a connection without TLS.
 */
export class ScramFilter {
  /** The question for a password has passed: the rest is to be forwarded as it is. */
  done = false;
  #held: Buffer = Buffer.alloc(0);
  /** Bytes still to come of a message that only passes. */
  #passing = 0;

  /** Takes what came from the database and gives back what is to go to the client now; it may be empty, or the chunk itself. */
  push(chunk: Buffer): Buffer {
    const bytes = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    this.#held = Buffer.alloc(0);
    let at = Math.min(this.#passing, bytes.length);
    this.#passing -= at;
    while (at < bytes.length) {
      const type = bytes[at]!;
      if (type !== AUTHENTICATION && !BEFORE_AUTHENTICATION.includes(type)) {
        this.done = true;
        return bytes;
      }
      if (bytes.length - at < HEAD_BYTES) return this.#hold(bytes, at);
      const end = at + 1 + bytes.readUInt32BE(at + 1);
      if (type === AUTHENTICATION && end - at <= MAX_SASL_BYTES) {
        if (bytes.length < end) return this.#hold(bytes, at);
        this.done = true;
        const message = withoutPlus(bytes.subarray(at, end));
        return message === undefined
          ? bytes
          : Buffer.concat([bytes.subarray(0, at), message, bytes.subarray(end)]);
      }
      if (type === AUTHENTICATION) {
        this.done = true;
        return bytes;
      }
      this.#passing = Math.max(0, end - bytes.length);
      at = Math.min(end, bytes.length);
    }
    return bytes;
  }

  /** What is held back when the database ends in the midst of a message. */
  flush(): Buffer {
    this.done = true;
    return this.#held;
  }

  #hold(bytes: Buffer, at: number): Buffer {
    this.#held = Buffer.from(bytes.subarray(at));
    return bytes.subarray(0, at);
  }
}

/** The message without the mechanisms that need TLS; undefined if it is to stay as it is. */
function withoutPlus(message: Buffer): Buffer | undefined {
  if (message.length < HEAD_BYTES + 4 || message.readInt32BE(HEAD_BYTES) !== AUTHENTICATION_SASL)
    return undefined;
  const offered = message
    .toString('latin1', HEAD_BYTES + 4)
    .split('\0')
    .filter((name) => name !== '');
  const kept = offered.filter((name) => !name.endsWith('-PLUS'));
  // With nothing left to choose, the client's own words for it are the better ones.
  if (kept.length === offered.length || kept.length === 0) return undefined;
  const list = Buffer.from(`${kept.join('\0')}\0\0`, 'latin1');
  const shorter = Buffer.concat([message.subarray(0, HEAD_BYTES + 4), list]);
  shorter.writeUInt32BE(shorter.length - 1, 1);
  return shorter;
}
