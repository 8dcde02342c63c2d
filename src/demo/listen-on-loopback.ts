import type { Server } from 'node:http';
import { serveHttp, type Listening } from './serve-http.ts';

/**
 * Lets a server listen on 127.0.0.1.
 * @param port 0 takes a free one.
 */
export const listenOnLoopback = (server: Server, port: number): Promise<Listening> =>
  serveHttp(server, port, '127.0.0.1');
