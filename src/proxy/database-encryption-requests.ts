import { GSSENC_REQUEST_CODE, SSL_REQUEST_CODE } from '../postgres/start-up-codes.ts';

/** The packet that asks a server for TLS. */
export const SSL_REQUEST = encryptionRequest(SSL_REQUEST_CODE);
const GSSENC_REQUEST = encryptionRequest(GSSENC_REQUEST_CODE);

/** The answer that there is no encryption. */
export const DECLINED = Buffer.from('N');

/**
 * What the bytes so far are: not yet known, a complete request for encryption
 * that awaits its answer, or one with bytes behind it. A client must not send
 * those before the answer; they are how plain text is smuggled into an encrypted
 * session (CVE-2021-23222), and PostgreSQL refuses them, too.
 */
export type EncryptionStep = 'incomplete' | 'request' | 'smuggled';

/** Finds requests for encryption (SSLRequest, GSSENCRequest) at the start of a connection, in any chunking. */
export class EncryptionRequests {
  /** Bytes that may yet become a request: fewer than 8. */
  held: Buffer = Buffer.alloc(0);
  /** The request that was found last. */
  last: Buffer = SSL_REQUEST;

  /** Takes what came from the client; gives back the bytes where they are something else. */
  push(chunk: Buffer): EncryptionStep | Buffer {
    const bytes = this.held.length === 0 ? chunk : Buffer.concat([this.held, chunk]);
    const request = startsLike(bytes, SSL_REQUEST)
      ? SSL_REQUEST
      : startsLike(bytes, GSSENC_REQUEST)
        ? GSSENC_REQUEST
        : undefined;
    if (request === undefined) return bytes;
    if (bytes.length > request.length) return 'smuggled';
    if (bytes.length < request.length) {
      this.held = Buffer.from(bytes);
      return 'incomplete';
    }
    this.held = Buffer.alloc(0);
    this.last = request;
    return 'request';
  }
}

function startsLike(bytes: Buffer, request: Buffer): boolean {
  const length = Math.min(bytes.length, request.length);
  return bytes.compare(request, 0, length, 0, length) === 0;
}

function encryptionRequest(code: number): Buffer {
  const packet = Buffer.alloc(8);
  packet.writeInt32BE(packet.length, 0);
  packet.writeInt32BE(code, 4);
  return packet;
}
