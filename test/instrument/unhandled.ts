// Lets a query or a lookup of an instrumented client fail without anybody handling it, and prints what the process hears:
//   node test/instrument/unhandled.ts pg|pg-connect postgres://…
//   node test/instrument/unhandled.ts ioredis|node-redis redis://…
//   node test/instrument/unhandled.ts cache
import { createClient } from 'redis';
import { Redis } from 'ioredis';
import { Pool } from 'pg';
import { instrument } from '../../src/instrument/instrument.ts';

const [kind, url = ''] = process.argv.slice(2);
process.once('unhandledRejection', (reason) => {
  process.stdout.write(`unhandled: ${String(reason)}\n`, () => process.exit(0));
});
const vitals = instrument();
const failures: Readonly<Record<string, () => unknown>> = {
  pg: async () => {
    const client = await vitals.pool(new Pool({ connectionString: url })).connect();
    void client.query('SELECT * FROM nowhere');
  },
  'pg-connect': () => vitals.pool(new Pool({ connectionString: url })).connect(),
  ioredis: () => vitals.redis(new Redis(url)).get('h'),
  'node-redis': async () => {
    const client = vitals.redis(await createClient({ url }).connect());
    void client.get('h');
    // Ends the program also where nothing is heard.
    setTimeout(() => client.destroy(), 3000).unref();
    setTimeout(() => process.exit(0), 5000).unref();
  },
  cache: () => {
    const get = async (_key: string): Promise<string> => {
      throw new Error('cache down');
    };
    return vitals.cache('l2', { get }).get('a');
  },
};
void failures[kind ?? '']?.();
