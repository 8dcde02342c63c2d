import { z } from 'zod';
import { figure } from './page-verdict.ts';

/** Schema of {@link PageSessions}. */
export const pageSessions = z
  .object({
    active: z.number(),
    silent: z.number().describe('Open, and without any exchange for over an hour.'),
    opened: z.number().describe('Since the start.'),
    closed: z.number().describe('Since the start.'),
    closedBy: z
      .array(z.object({ reason: z.string(), count: z.number() }).readonly())
      .readonly()
      .describe('Closed since the start by reason.'),
    byAge: z
      .array(z.object({ age: z.string(), count: z.number() }).readonly())
      .readonly()
      .describe('Open ones by class of age, youngest first: `lt_5m`, `lt_1h`, `lt_6h`, `lt_24h`, `ge_24h`.'),
    clients: z
      .array(
        z
          .object({
            client: z.string().describe('As the client calls itself; not to be trusted.'),
            opened: z.number(),
            deleted: z.number().describe('Ended by DELETE.'),
            left: z.number().describe('Given up after silence: the server was never told.'),
          })
          .readonly(),
      )
      .readonly()
      .describe('Those who left most behind first.'),
    diagnosis: z.string(),
    words: z.string().describe('What becomes of sessions, in one line.'),
    streams: z
      .array(z.object({ kind: z.string(), open: z.number() }).readonly())
      .readonly()
      .describe('Open streams by kind: `get`, `sse`, `listen`.'),
    inFlight: z.number().describe('Requests that wait for their answer.'),
    parked: figure.describe('Requests on an open stream without answer or progress for too long.'),
    oldestRequestSeconds: figure,
    bytesPerSession: figure.describe('Memory that a session costs the server, where it can be told.'),
  })
  .readonly()
  .meta({ id: 'PageSessions', description: 'Sessions and streams.' });

/** Sessions and streams. */
export type PageSessions = z.infer<typeof pageSessions>;
