/** Builds messages of PostgreSQL's protocol 3 (PostgreSQL documentation, "Message Formats"). */

const int16 = (value: number): Buffer => {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
};

const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};

const text = (value: string): Buffer => Buffer.from(`${value}\0`);

/** Any message: its type byte, its length, its payload. */
export const message = (type: string, ...payload: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(payload);
  return Buffer.concat([Buffer.from(type, 'latin1'), int32(body.length + 4), body]);
};

const packet = (code: number, ...payload: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(payload);
  return Buffer.concat([int32(body.length + 8), int32(code), body]);
};

/** What a client sends. */
export const client = {
  startUp: (parameters: Readonly<Record<string, string>> = { user: 'app', database: 'shop' }) =>
    packet(
      196608,
      ...Object.entries(parameters).flatMap(([name, value]) => [text(name), text(value)]),
      Buffer.from([0]),
    ),
  sslRequest: () => packet(80877103),
  gssEncRequest: () => packet(80877104),
  cancel: (processId: number, keyBytes = 4) => packet(80877102, int32(processId), Buffer.alloc(keyBytes, 7)),
  query: (sql: string) => message('Q', text(sql)),
  parse: (name: string, sql: string) => message('P', text(name), text(sql), int16(0)),
  bind: (portal: string, statement: string, value = 'v') =>
    message(
      'B',
      text(portal),
      text(statement),
      int16(0),
      int16(1),
      int32(value.length),
      Buffer.from(value),
      int16(0),
    ),
  describe: (target: 'S' | 'P', name: string) => message('D', Buffer.from(target), text(name)),
  execute: (portal: string, rows = 0) => message('E', text(portal), int32(rows)),
  close: (target: 'S' | 'P', name: string) => message('C', Buffer.from(target), text(name)),
  sync: () => message('S'),
  flush: () => message('H'),
  password: (secret: string) => message('p', text(secret)),
  functionCall: () => message('F', int32(1), int16(0), int16(0), int16(0)),
  copyData: (data: string) => message('d', Buffer.from(data)),
  copyDone: () => message('c'),
  copyFail: (why: string) => message('f', text(why)),
  terminate: () => message('X'),
};

/** What a server sends. */
export const server = {
  authenticationOk: () => message('R', int32(0)),
  parameter: (name: string, value: string) => message('S', text(name), text(value)),
  key: (processId: number, keyBytes = 4) => message('K', int32(processId), Buffer.alloc(keyBytes, 9)),
  ready: (status: 'I' | 'T' | 'E' = 'I') => message('Z', Buffer.from(status)),
  parsed: () => message('1'),
  bound: () => message('2'),
  closed: () => message('3'),
  noData: () => message('n'),
  rowDescription: () =>
    message('T', int16(1), text('a'), int32(0), int16(0), int32(23), int16(4), int32(-1), int16(0)),
  row: (value: string) => message('D', int16(1), int32(value.length), Buffer.from(value)),
  complete: (tag: string) => message('C', text(tag)),
  empty: () => message('I'),
  suspended: () => message('s'),
  error: (sqlstate: string, more = '', severity = 'ERROR') =>
    message('E', Buffer.from(`S${severity}\0V${severity}\0${more}C${sqlstate}\0Mno such thing\0\0`)),
  notice: (sqlstate: string) => message('N', Buffer.from(`SWARNING\0VWARNING\0C${sqlstate}\0Mtake note\0\0`)),
  notification: () => message('A', int32(1), text('channel'), text('payload')),
  copyIn: () => message('G', Buffer.from([0]), int16(0)),
  copyOut: () => message('H', Buffer.from([0]), int16(0)),
  copyBoth: () => message('W', Buffer.from([0]), int16(0)),
  copyData: (data: string) => message('d', Buffer.from(data)),
  copyDone: () => message('c'),
  functionResult: () => message('V', int32(-1)),
  /** All that a server says between the start-up packet and the first query. */
  welcome: (processId = 42) =>
    Buffer.concat([
      server.authenticationOk(),
      server.parameter('server_version', '15.0'),
      server.key(processId),
      server.ready(),
    ]),
};
