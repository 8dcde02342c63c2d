import { Socket } from 'node:net';
import { Client } from 'pg';
import { tlsConnectOptions, type ClientTls } from '../model/client-tls.ts';
import { unlessCut } from './unless-cut.ts';

/** Where a PostgreSQL server is, and who connects. */
export interface PostgresConnection {
  /** A host name, an address, or the folder of a Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password?: string;
  /** False or absent: plain text. Otherwise TLS or nothing. */
  readonly tls?: ClientTls | false;
  /** Limit of connecting and of each statement, in ms. */
  readonly timeoutMs: number;
}

/** One connection to PostgreSQL. */
export interface PostgresSession {
  /**
   * Runs SQL that may have several statements.
   * @returns one result of node-postgres, or an array of them if there are several statements.
   * @throws what node-postgres throws, also when the signal cut the connection.
   */
  readonly query: (sql: string, signal: AbortSignal) => Promise<unknown>;
  /** False once the connection is lost. */
  readonly usable: () => boolean;
  /** Takes leave of the server; cuts the connection if that takes longer than half a second. */
  readonly close: () => Promise<void>;
  readonly cut: () => void;
}

/**
 * Connects as application `mcp-vitals`, with the statement timeout set.
 * @throws what node-postgres throws; nothing stays open then.
 */
export async function openPostgresSession(
  connection: PostgresConnection,
  signal: AbortSignal,
): Promise<PostgresSession> {
  const { timeoutMs, tls } = connection;
  const socket = dialledSocket(connection);
  const client = new Client({
    // node-postgres names the host in SNI whatever `ssl` says, so it is told the name that was asked for.
    host: (tls && tls.serverName) || connection.host,
    port: connection.port,
    database: connection.database,
    user: connection.user,
    // A function, since node-postgres would otherwise look for a password in PGPASSWORD and ~/.pgpass.
    password: () => passwordOf(connection),
    ssl: tls ? tlsConnectOptions(tls) : false,
    application_name: 'mcp-vitals',
    statement_timeout: timeoutMs,
    connectionTimeoutMillis: timeoutMs,
    keepAlive: true,
    stream: () => socket,
  });
  let lost = false;
  const lose = (): void => {
    lost = true;
  };
  client.on('error', lose).on('end', lose);
  const cut = (): void => void socket.destroy();

  try {
    await unlessCut(signal, cut, () => client.connect());
  } catch (error) {
    cut();
    throw error;
  }
  return {
    query: (sql, until) => unlessCut<unknown>(until, cut, () => client.query(sql)),
    usable: () => !lost && !socket.destroyed,
    cut,
    close: async () => {
      if (socket.destroyed) return;
      const timer = setTimeout(cut, 500);
      const closed = new Promise((resolve) => socket.once('close', resolve));
      await Promise.all([closed, client.end()]);
      clearTimeout(timer);
    },
  };
}

/** A socket that goes to the server's host even if it is told another name, and that can be cut in any phase. */
function dialledSocket({ host, port, tls }: PostgresConnection): Socket {
  const socket = new Socket();
  if (!tls || tls.serverName === undefined) return socket;
  const connect = socket.connect.bind(socket);
  return Object.assign(socket, { connect: () => connect({ host, port }) });
}

function passwordOf({ password, user }: PostgresConnection): string {
  if (password === undefined) throw new Error(`want a password for user "${user}", got none`);
  return password;
}
