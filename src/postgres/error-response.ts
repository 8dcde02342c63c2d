/** SQLSTATE cannot_connect_now: libpq tries its next host on it. */
export const CANNOT_CONNECT_NOW = '57P03';

/**
 * Builds an ErrorResponse of severity FATAL, as a server sends it before it closes a connection.
 *
 * @param sqlstate five characters
 * @param message one line; a NUL in it would end it early
 * Source: PostgreSQL documentation, "Message Formats" and "Error and Notice Message Fields".
 */
export function fatalErrorResponse(sqlstate: string, message: string): Buffer {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C${sqlstate}\0M${message}\0\0`);
  const head = Buffer.alloc(5);
  head.write('E', 'latin1');
  head.writeInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields]);
}
