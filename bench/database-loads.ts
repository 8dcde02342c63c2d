/** How a figure is made from a number of transactions. */
export interface Unit {
  readonly title: string;
  readonly perTransaction: number;
  readonly digits: number;
}

/** One kind of load that pgbench makes. */
export interface DatabaseLoad {
  readonly name: string;
  readonly clients: number;
  /** pgbench's own options; a script of ours is not among them. */
  readonly options: readonly string[];
  /** A script of ours: each transaction is this one statement. */
  readonly sql?: string;
  /** Queries of a transaction that the tap has to count. */
  readonly queries: number;
  readonly rate: Unit;
  /** What the CPU seconds are divided by. */
  readonly work: Unit;
}

const CLIENTS = 8;
const RATE: Unit = { title: 'tps', perTransaction: 1, digits: 0 };
const WORK: Unit = { title: 'CPU s per 1,000', perTransaction: 1 / 1000, digits: 4 };

// BEGIN, UPDATE, SELECT, UPDATE, UPDATE, INSERT, END.
const TPCB_QUERIES = 7;

// DataRow of one column: type, length, number of columns, length of the value (PostgreSQL documentation, "Message Formats").
const ROW_HEAD_BYTES = 11;

function select(name: string, protocol: string, clients = CLIENTS): DatabaseLoad {
  return { name, clients, options: ['-S', '-M', protocol], queries: 1, rate: RATE, work: WORK };
}

function tpcb(protocol: string): DatabaseLoad {
  const options = ['-b', 'tpcb-like', '-M', protocol];
  return {
    name: `tpcb ${protocol}`,
    clients: CLIENTS,
    options,
    queries: TPCB_QUERIES,
    rate: RATE,
    work: WORK,
  };
}

function result(name: string, sql: string, rows: number, valueBytes: number): DatabaseLoad {
  const bytes = rows * (ROW_HEAD_BYTES + valueBytes);
  return {
    name,
    clients: 1,
    options: ['-M', 'simple'],
    sql,
    queries: 1,
    rate: { title: 'MB/s', perTransaction: bytes / 1e6, digits: 0 },
    work: { title: 'CPU s per GB', perTransaction: bytes / 1e9, digits: 2 },
  };
}

/** Everything that is measured, in the order of the tables. */
export const DATABASE_LOADS: readonly DatabaseLoad[] = [
  select('select simple', 'simple'),
  select('select extended', 'extended'),
  select('select prepared', 'prepared'),
  tpcb('simple'),
  tpcb('extended'),
  tpcb('prepared'),
  select('one client', 'prepared', 1),
  result('wide rows', `SELECT repeat('x', 1000) FROM generate_series(1, 30000);`, 30_000, 1000),
  // A message every 17 bytes: the most that a tap has to find its way through.
  result('narrow rows', 'SELECT generate_series(100001, 600000);', 500_000, 6),
];

/** The load of that name. */
export function loadOf(name: string): DatabaseLoad {
  const found = DATABASE_LOADS.find((load) => load.name === name);
  if (found === undefined) throw new Error(`load: want one that exists, got ${name}`);
  return found;
}
