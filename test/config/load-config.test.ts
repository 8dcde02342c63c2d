import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Config } from '../../src/config/config.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import type { ConfigSources } from '../../src/config/load-config.ts';
import { createCertificates, describeWithOpenssl } from '../proxy/certificates.ts';
import type { Certificates } from '../proxy/certificates.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mcp-vitals-config-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

function load(sources: Partial<ConfigSources>): Config {
  const loaded = loadConfig({ env: {}, flags: [], ...sources });
  if (!loaded.ok) throw new Error(loaded.problems.join('\n'));
  return loaded.config;
}

function problems(sources: Partial<ConfigSources>): readonly string[] {
  const loaded = loadConfig({ env: {}, flags: [], ...sources });
  return loaded.ok ? [] : loaded.problems;
}

/** What a load shows to others: everything but the configuration itself. */
const shown = (sources: Partial<ConfigSources>) =>
  JSON.stringify(loadConfig({ env: {}, flags: [], ...sources }), (key, value: unknown) =>
    key === 'config' ? undefined : value,
  );

describe('the defaults', () => {
  it('are what the documentation promises, in milliseconds and bytes', () => {
    expect(load({})).toMatchObject({
      instance: hostname(),
      upstream: {
        connectTimeoutMs: 10_000,
        headersTimeoutMs: 300_000,
        keepAliveMs: 4000,
        hostHeader: 'preserve',
      },
      listen: {
        address: { host: '127.0.0.1', port: 8080 },
        via: false,
        xForwarded: false,
        drainTimeoutMs: 30_000,
      },
      admin: { address: { host: '127.0.0.1', port: 9464 } },
      tap: {
        enabled: true,
        maxBodyBytes: 1_048_576,
        resumeTimeoutMs: 300_000,
        sessionIdleTimeoutMs: 1_800_000,
      },
      log: { level: 'info', format: 'text' },
    });
  });

  it.each([
    ['connection timed out', 'connection_timeout'],
    ['Connection terminated due to connection timeout', 'connection_timeout'],
    ['connect ETIMEDOUT 10.0.0.1:5432', 'connection_timeout'],
    ['ERROR: deadlock detected', 'database_deadlock'],
    ['Rate limit exceeded', 'rate_limit_exceeded'],
    ['429 Too Many Requests', 'rate_limit_exceeded'],
    ['Circuit breaker is open', 'circuit_open'],
    ['MCP error -32602: Tool no_such not found', 'unknown_tool'],
    ["Unknown tool: 'x'", 'unknown_tool'],
    ['MCP error -32602: Input validation error: expected string', 'invalid_params'],
    ['tool get_user: user not found', undefined],
    ['no such user', undefined],
  ])('name the error %j %s', (message, type) => {
    expect(load({}).tap.errorTypes.find(({ pattern }) => pattern.test(message))?.type).toBe(type);
  });
});

describe('precedence', () => {
  const env = {
    MCP_VITALS_UPSTREAM: 'http://env:2',
    MCP_VITALS_LISTEN: '127.0.0.1:2',
    MCP_VITALS_LOG_LEVEL: '',
  };
  const flags = ['--upstream', 'http://flag:3'];

  it('is default, file, environment, flag', () => {
    const file = write('p.yaml', 'upstream: http://file:1\nlisten: 127.0.0.1:1\nadmin: 127.0.0.1:11\n');
    const config = load({ file, env, flags });
    expect(config.upstream.url).toBe('http://flag:3');
    expect(config.listen.address.port).toBe(2);
    expect(config.admin.address.port).toBe(11);
    expect(config.log.level).toBe('info');
  });

  it('replaces a mapping as a whole', () => {
    const file = write('m.yaml', 'tap: { batchTools: { a: x, b: y } }\n');
    expect(load({ file }).tap.batchTools).toEqual(new Map([['a', 'x'], ['b', 'y']])); // prettier-ignore
    const config = load({ file, env: { MCP_VITALS_TAP_BATCH_TOOLS: '{c: z}' } });
    expect(config.tap.batchTools).toEqual(new Map([['c', 'z']]));
  });

  it('takes the last of a flag given twice', () => {
    expect(load({ flags: [...flags, '--upstream.url=http://later:4'] }).upstream.url).toBe('http://later:4');
  });

  it('finds the file by flag, else by variable', () => {
    const byFlag = write('f.yaml', 'instance: by-flag\n');
    const byVariable = write('v.yaml', 'instance: by-variable\n');
    const fileEnv = { MCP_VITALS_CONFIG: byVariable };
    expect(load({ env: fileEnv }).instance).toBe('by-variable');
    expect(load({ env: fileEnv, flags: ['-c', byFlag] }).instance).toBe('by-flag');
    expect(load({ env: fileEnv, flags: [`--config=${byFlag}`] }).instance).toBe('by-flag');
  });

  it('does not hide a wrong value that another source overrides', () => {
    const file = write('hidden.yaml', 'listen: nowhere\n');
    expect(problems({ file, flags: ['--listen', '127.0.0.1:1'] })).toHaveLength(1);
  });
});

describe('the file', () => {
  it.each([
    ['empty', ''],
    ['only comments', '# nothing\n'],
    ['empty sections', 'tap:\nlisten:\n  tls:\n'],
  ])('may be %s', (_, text) => {
    expect(load({ file: write('e.yaml', text) })).toEqual(load({}));
  });

  it('means paths from its own folder', () => {
    write('the.token', '  s3cret-token \n');
    expect(load({ file: write('t.yaml', 'admin: { tokenFile: the.token }\n') }).admin.token).toBe(
      's3cret-token',
    );
  });
});

describe('flags', () => {
  it.each([
    [['--listen.via'], true],
    [['--listen.via', 'true'], true],
    [['--listen.via=false'], false],
    [['--listen.via', 'false'], false],
    [['--listen.via', '--no-listen.via'], false],
  ])('%j sets a switch to %s', (flags, via) => {
    expect(load({ flags }).listen.via).toBe(via);
  });

  it.each<[string[], string]>([
    [['--upstrem', 'http://x'], '--upstrem: unknown flag, did you mean --upstream?'],
    [
      ['--upstream.conect-timeout=3s'],
      '--upstream.conect-timeout: unknown flag, did you mean --upstream.connect-timeout?',
    ],
    [['--frobnicate'], '--frobnicate: unknown flag'],
    [['-x'], '-x: unknown flag'],
    [['--listen'], '--listen: want a value, got none'],
    [['--listen', '--listen.via'], '--listen: want a value, got none'],
    [['--config', '--listen.via'], '--config: want a value, got none'],
    [['--listen='], '--listen: want a value, got none'],
    [['s3cret'], 'argument without a flag: want one such as --upstream before it, got none'],
    [
      ['--tap.max-pending', '-5'],
      '--tap.max-pending tap.maxPending: want a whole number from 1 to 1000000, got -5',
    ],
    [['--listen.via=yes'], '--listen.via listen.via: want true or false, got "yes"'],
  ])('%j: %s', (flags, problem) => {
    expect(problems({ flags })).toEqual([problem]);
  });
});

describe('the environment', () => {
  it('has no unknown variables of ours', () => {
    expect(problems({ env: { MCP_VITALS_LISTN: 'x', MCP_VITAL: 'y', PATH: 'z' } })).toEqual([
      'MCP_VITALS_LISTN: unknown variable, did you mean MCP_VITALS_LISTEN?',
    ]);
  });

  it('may hold what Kubernetes sets beside a Service of our name, and nothing that only looks like it', () => {
    const injected = {
      MCP_VITALS_SERVICE_HOST: '10.0.0.7',
      MCP_VITALS_SERVICE_PORT: '8080',
      MCP_VITALS_SERVICE_PORT_HTTP_METRICS: '9464',
      MCP_VITALS_PORT: 'tcp://10.0.0.7:8080',
      MCP_VITALS_PORT_8080_TCP: 'tcp://10.0.0.7:8080',
      MCP_VITALS_PORT_8080_TCP_PROTO: 'tcp',
      MCP_VITALS_PORT_8080_TCP_PORT: '8080',
      MCP_VITALS_PORT_8080_TCP_ADDR: '10.0.0.7',
      MCP_VITALS_PORT_53_UDP: 'udp://10.0.0.7:53',
    };
    expect(problems({ env: injected })).toEqual([]);
    for (const name of ['MCP_VITALS_PORTS', 'MCP_VITALS_SERVICE', 'MCP_VITALS_PORT_HTTP'])
      expect(problems({ env: { [name]: 'x' } })).toEqual([
        expect.stringContaining(`${name}: unknown variable`),
      ]);
  });

  it('does not say two things by two names', () => {
    const env = { MCP_VITALS_LISTEN: '127.0.0.1:1', MCP_VITALS_LISTEN_ADDRESS: '127.0.0.1:2' };
    expect(problems({ env })).toEqual([
      'MCP_VITALS_LISTEN_ADDRESS listen.address: want it once, got MCP_VITALS_LISTEN as well with another value',
    ]);
  });
});

describe('the upstream', () => {
  it('is wanted where a command needs it', () => {
    expect(problems({ requireUpstream: true })).toEqual([
      "upstream.url: want the MCP server's origin such as http://127.0.0.1:8000 (--upstream, MCP_VITALS_UPSTREAM, or upstream in the file), got nothing",
    ]);
  });

  it('is not called missing where it is wrong', () => {
    expect(problems({ requireUpstream: true, flags: ['--upstream', 'x'] })).toHaveLength(1);
    expect(problems({ requireUpstream: true, env: { MCP_VITALS_UPSTREAM: 'x' } })).toHaveLength(1);
  });

  it.each([
    ['http://127.0.0.1:8000/', 'http://127.0.0.1:8000'],
    ['HTTPS://Example.com:443', 'https://example.com'],
    ['http://[::1]:8000', 'http://[::1]:8000'],
  ])('%s is the origin %s', (url, origin) => {
    expect(load({ flags: ['--upstream', url] }).upstream.url).toBe(origin);
  });

  it.each(['http://a:0', 'http://a/?', 'http://a#b', 'http://a b', 'http:a', 'a:8000', 'http://a@b'])(
    '%s is none',
    (url) => {
      expect(problems({ flags: ['--upstream', url] })).toHaveLength(1);
    },
  );

  it.each([
    ['http://me:s3cret@host:1', 'http://***@host:1'],
    ['http://me:s3cret@host:1/mcp', 'http://***@host:1/mcp'],
    ['http://me:s3c/ret@host', 'http://***'],
    ['http://me:s3c?ret@host', 'http://***'],
    ['http://me:s3c@ret@host', 'http://***@host'],
    ['me:s3cret@host:1', '***@host:1'],
    ['https://host:1/mcp?token=s3cret', 'https://host:1?***'],
    ['https://host?token=x@s3cret', 'https://***'],
    ['https://host#s3cret', 'https://host?***'],
    ['host:1?token=s3cret', 'host:1?***'],
    ['host/mcp?token=s3cret', 'host?***'],
  ])('%s is refused without what may be secret in it', (url, text) => {
    for (const sources of [
      { flags: ['--upstream', url] },
      { env: { MCP_VITALS_UPSTREAM: url } },
      { file: write('secret-url.yaml', `upstream: ${JSON.stringify(url)}\n`) },
      { file: write('only-a-url.yaml', JSON.stringify(url)) },
    ]) {
      expect(problems(sources)).toEqual([expect.stringMatching(/, got "/)]);
      expect(problems(sources)[0]).toContain(`got ${JSON.stringify(text)}`);
      expect(shown(sources)).not.toMatch(/s3c|ret@/);
    }
  });

  it('must not be the sidecar itself', () => {
    expect(problems({ flags: ['--upstream', 'http://localhost:1', '--listen', '0.0.0.0:1'] })).toHaveLength(
      1,
    );
    expect(problems({ flags: ['--upstream', 'http://[::1]:9464', '--admin', '[::1]:9464'] })).toHaveLength(1);
    expect(problems({ flags: ['--upstream', 'http://10.0.0.9:8080', '--listen', '0.0.0.0:8080'] })).toEqual(
      [],
    );
  });

  it('sees a fixed host where one is given', () => {
    const { hostHeader } = load({ flags: ['--upstream.host-header', 'mcp.example.com:81'] }).upstream;
    expect(hostHeader).toEqual({ fixed: 'mcp.example.com:81' });
  });
});

describe('the token', () => {
  const token = 's3cret-token';

  it('comes from the environment and is masked', () => {
    const env = { MCP_VITALS_ADMIN_TOKEN: token };
    expect(load({ env }).admin.token).toBe(token);
    expect(shown({ env })).not.toContain(token);
    expect(shown({ env })).toContain('***');
  });

  it.each<[string, () => Partial<ConfigSources>]>([
    ['as a flag', () => ({ flags: ['--admin.token', token] })],
    ['as a flag with =', () => ({ flags: [`--admin.token=${token}`] })],
    ['in the file', () => ({ file: write('s.yaml', `admin: { token: ${token} }\n`) })],
    ['in a file with a fault', () => ({ file: write('s.yaml', `admin: { token: ${token}\n`) })],
    ['under a misspelt key', () => ({ file: write('s.yaml', `admin: { tokn: ${token} }\n`) })],
    ['in a misspelt variable', () => ({ env: { MCP_VITALS_ADMIN_TOKN: token } })],
    ['with a space', () => ({ env: { MCP_VITALS_ADMIN_TOKEN: `${token} x` } })],
  ])('is refused and not shown %s', (_, sources) => {
    expect(problems(sources())).toHaveLength(1);
    expect(shown(sources())).not.toContain(token);
  });

  it('has one source', () => {
    const tokenFile = write('one.token', token);
    const env = { MCP_VITALS_ADMIN_TOKEN: token, MCP_VITALS_ADMIN_TOKEN_FILE: tokenFile };
    expect(problems({ env })).toEqual([
      'MCP_VITALS_ADMIN_TOKEN_FILE admin.tokenFile: want one source of the token, got MCP_VITALS_ADMIN_TOKEN as well',
    ]);
  });
});

describeWithOpenssl()('TLS files', () => {
  let certificates: Certificates;
  beforeAll(() => {
    certificates = createCertificates();
  });
  afterAll(() => certificates.remove());

  it('are read into the configuration, and only there', () => {
    const { key, cert } = certificates.selfSigned('good');
    const flags = ['--listen.tls.cert-file', cert, '--listen.tls.key-file', key];
    const tls = load({ flags }).listen.tls;
    expect(tls?.cert).toMatch('BEGIN CERTIFICATE');
    expect(tls?.key).toMatch('PRIVATE KEY');
    const loaded = loadConfig({ env: {}, flags });
    expect(JSON.stringify(loaded.ok && loaded.effective)).not.toContain('BEGIN');
  });

  it('must belong together', () => {
    const [one, other] = [certificates.selfSigned('one'), certificates.selfSigned('other')];
    const flags = ['--listen.tls.cert-file', one.cert, '--listen.tls.key-file', other.key];
    expect(problems({ flags })).toEqual([
      `--listen.tls.key-file listen.tls.keyFile: want the key of the certificate in certFile, got another one in ${JSON.stringify(other.key)}`,
    ]);
  });

  it.each([['listen'], ['upstream']])('that TLS itself refuses are told for the side of the %s', (side) => {
    const { key, cert } = certificates.selfSigned('short', 'rsa:1024');
    const flags = [`--${side}.tls.cert-file`, cert, `--${side}.tls.key-file`, key];
    expect(problems({ flags: [...flags, '--upstream', 'https://127.0.0.1:1'] })).toEqual([
      `--${side}.tls.cert-file ${side}.tls.certFile: want a certificate and key that TLS takes, got: ee key too small`,
    ]);
  });
});
