/**
 * Codes that stand where a start-up packet has its protocol version: int32
 * length, int32 code. Source: PostgreSQL documentation, "Message Formats".
 */

/** Asks for TLS; the server answers with one byte, `S` or `N`. The packet is 8 bytes long. */
export const SSL_REQUEST_CODE = 80877103;

/** Asks for GSSAPI encryption; the server answers with one byte, `G` or `N`. The packet is 8 bytes long. */
export const GSSENC_REQUEST_CODE = 80877104;

/** Asks to cancel a query of another connection: int32 process id, then its secret key (4 to 256 bytes). */
export const CANCEL_REQUEST_CODE = 80877102;

/** Major version of the protocol in use since PostgreSQL 7.4: the upper 16 bits of a StartupMessage's code. */
export const PROTOCOL_MAJOR_VERSION = 3;

/** First byte of a TLS record with a handshake: what a client sends that makes TLS without asking (PostgreSQL 17). */
export const TLS_HANDSHAKE_BYTE = 0x16;

/** Longest start-up packet that a server takes, in bytes (MAX_STARTUP_PACKET_LENGTH of PostgreSQL). */
export const MAX_START_UP_BYTES = 10_000;
