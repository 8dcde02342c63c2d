import type { Socket } from 'node:net';
import { CANNOT_CONNECT_NOW, fatalErrorResponse } from '../postgres/error-response.ts';
import { CANCEL_REQUEST_CODE, TLS_HANDSHAKE_BYTE } from '../postgres/start-up-codes.ts';
import { DECLINED } from './database-encryption-requests.ts';
import type { EncryptionRequests } from './database-encryption-requests.ts';

/** As PostgreSQL's default for authentication_timeout: how long a client may take to say something. */
const START_UP_LIMIT_MS = 60_000;
/** How long a client may take to close after it was told. */
const CLOSE_LIMIT_MS = 5_000;

/**
 * Tells a client why there is no database, and closes. An error comes only in
 * answer to a start-up packet. A request for encryption gets an `N` before:
 * libpq does not show, and does not fail over on, an error in answer to that
 * (CVE-2024-10977), whereas one that merely prefers encryption goes on after an `N`.
 *
 * @param requests what is known of the client's first bytes; undefined if its start-up packet has come
 */
export function refuseClient(client: Socket, message: string, requests?: EncryptionRequests): void {
  let timer = setTimeout(close, START_UP_LIMIT_MS);
  let told = false;
  function close(): void {
    client.destroy();
  }
  function tell(): void {
    told = true;
    client.end(fatalErrorResponse(CANNOT_CONNECT_NOW, message));
    clearTimeout(timer);
    timer = setTimeout(close, CLOSE_LIMIT_MS);
  }
  client.on('close', () => clearTimeout(timer));
  if (requests === undefined) tell();
  // Even then it is read on: closing with bytes unread would reset the connection, message and all.
  client.on('data', (chunk: Buffer) => {
    const step = told ? 'incomplete' : requests?.push(chunk);
    if (step === undefined || step === 'incomplete') return;
    if (step === 'request') client.write(DECLINED);
    else if (step === 'smuggled' || cannotBeTold(step)) close();
    else tell();
  });
  client.on('end', () => client.end());
  client.resume();
}

/** TLS would not understand, and nobody reads an answer to a CancelRequest. */
function cannotBeTold(bytes: Buffer): boolean {
  return (
    bytes[0] === TLS_HANDSHAKE_BYTE || (bytes.length >= 8 && bytes.readInt32BE(4) === CANCEL_REQUEST_CODE)
  );
}
