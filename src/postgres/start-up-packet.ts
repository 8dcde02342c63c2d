import {
  CANCEL_REQUEST_CODE,
  GSSENC_REQUEST_CODE,
  MAX_START_UP_BYTES,
  PROTOCOL_MAJOR_VERSION,
  SSL_REQUEST_CODE,
} from './start-up-codes.ts';

/** What a client opens a connection with. */
export type StartUpPacket =
  /** StartupMessage of protocol 3. */
  | { readonly kind: 'start'; readonly isReplication: boolean }
  /** SSLRequest or GSSENCRequest: the server answers with one byte. */
  | { readonly kind: 'encryption' }
  | { readonly kind: 'cancel'; readonly processId: number }
  /** Not the first packet of a PostgreSQL client. */
  | { readonly kind: 'invalid' };

/** Bytes of a start-up packet's length and code. */
const HEADER_BYTES = 8;

const INVALID: StartUpPacket = { kind: 'invalid' };

/**
 * Length that a start-up packet claims, in bytes and counting itself; undefined if no server would take it.
 * @param packet its first four bytes at least.
 */
export function startUpLength(packet: Buffer): number | undefined {
  const length = packet.readInt32BE(0);
  return length < HEADER_BYTES || length > MAX_START_UP_BYTES ? undefined : length;
}

/** Reads a whole start-up packet (PostgreSQL documentation, "Message Formats"); of its parameters only `replication`. */
export function readStartUpPacket(packet: Buffer): StartUpPacket {
  const code = packet.readInt32BE(4);
  switch (code) {
    case SSL_REQUEST_CODE:
    case GSSENC_REQUEST_CODE:
      return packet.length === HEADER_BYTES ? { kind: 'encryption' } : INVALID;
    case CANCEL_REQUEST_CODE:
      // The length of the key behind it is not fixed since protocol 3.2.
      return packet.length > 12 ? { kind: 'cancel', processId: packet.readInt32BE(8) } : INVALID;
    default:
      return code >> 16 === PROTOCOL_MAJOR_VERSION
        ? { kind: 'start', isReplication: asksForReplication(packet) }
        : INVALID;
  }
}

function asksForReplication(packet: Buffer): boolean {
  const name = Buffer.from('replication');
  let at = HEADER_BYTES;
  while (at < packet.length && packet[at] !== 0) {
    const nameEnd = packet.indexOf(0, at);
    const valueEnd = nameEnd === -1 ? -1 : packet.indexOf(0, nameEnd + 1);
    if (valueEnd === -1) return false;
    if (name.equals(packet.subarray(at, nameEnd)))
      return isTrue(packet.toString('latin1', nameEnd + 1, valueEnd));
    at = valueEnd + 1;
  }
  return false;
}

/** As the server reads this parameter: `database`, or a Boolean, of which a beginning that is unique will do. */
const isTrue = (value: string): boolean =>
  value === 'database' || /^(?:t(?:r(?:ue?)?)?|y(?:es?)?|on|1)$/i.test(value);
