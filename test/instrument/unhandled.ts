// Lets a query or a lookup of an instrumented client fail without anybody handling it, and prints what the process hears:
//   node test/instrument/unhandled.ts pg postgres://…
//   node test/instrument/unhandled.ts ioredis redis://…
import { Redis } from 'ioredis';
import { Pool } from 'pg';
import { instrument } from '../../src/instrument/instrument.ts';

const [kind, url = ''] = process.argv.slice(2);
process.once('unhandledRejection', (reason) => {
  process.stdout.write(`unhandled: ${String(reason)}\n`, () => process.exit(0));
});
const vitals = instrument();
if (kind === 'pg') {
  const client = await vitals.pool(new Pool({ connectionString: url })).connect();
  void client.query('SELECT * FROM nowhere');
} else {
  void vitals.redis(new Redis(url)).get('h');
}
