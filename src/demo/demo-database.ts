import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import { runChildProgram } from './child-program.ts';
import type { RunningChild } from './child-program.ts';

/** Starts PGlite, a real PostgreSQL in WASM, behind PostgreSQL's wire protocol on `DATABASE_PORT` (default: a free port). */
async function startDemoDatabase(): Promise<RunningChild> {
  const db = await PGlite.create();
  const server = new PGLiteSocketServer({
    db,
    host: '127.0.0.1',
    port: Number(process.env['DATABASE_PORT'] ?? 0),
    maxConnections: 64,
  });
  await server.start();
  return {
    ready: { url: `postgresql://postgres:postgres@${server.getServerConn()}/postgres` },
    stop: async () => {
      await server.stop();
      await db.close();
    },
  };
}

await runChildProgram(startDemoDatabase);
