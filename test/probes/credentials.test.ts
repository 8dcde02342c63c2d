import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { systemClock } from '../../src/model/clock.ts';
import type { ProbeCredentials } from '../../src/model/probe.ts';
import type { ProbeResult } from '../../src/model/probe-result.ts';
import { createCredentialReader } from '../../src/probes/probe-secrets.ts';
import { runProbe } from '../../src/probes/run-probe.ts';
import { resultLines, transcriptLines } from '../../src/page/transcript-text.ts';
import { startHandMcp, type HandGuard } from './hand-mcp.ts';
import { callOf, httpProbeOf, reasonOf } from './probe-definition.ts';

const stops: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

// The client writes there what it does about a refusal.
beforeEach(() => {
  jest.spyOn(console, 'warn').mockReturnValue();
});

function secretFile(content: string): { readonly path: string; readonly write: (content: string) => void } {
  const folder = mkdtempSync(join(tmpdir(), 'mcp-vitals-secret-'));
  stops.push(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'secret');
  const write = (text: string): void => writeFileSync(path, text);
  write(content);
  return { path, write };
}

/** A server that lets in whoever sends a header with just this value, and repeats the header in its answers. */
async function guardedServer(header: string, wanted: () => string) {
  const guard: HandGuard = (request, response) => {
    response.setHeader('x-echo', request.headers[header] ?? 'none');
    if (request.headers[header] === wanted()) return false;
    response.writeHead(401, { 'www-authenticate': 'Bearer' }).end('who are you?');
    return true;
  };
  const server = await startHandMcp({}, guard);
  stops.push(server.stop);
  return server;
}

const call = callOf('get_user');
const everything = (result: ProbeResult): string =>
  [JSON.stringify(result), ...transcriptLines(result.transcript), ...resultLines(result)].join('\n');

describe('credentials', () => {
  const basic = `Basic ${Buffer.from('ada:s3cret-value').toString('base64')}`;

  it.each<[string, string, string, (file: string) => ProbeCredentials]>([
    ['a bearer token', 'authorization', 'Bearer s3cret-value', (file) => ({ bearer: { file } })],
    [
      'a name and a password',
      'authorization',
      basic,
      (file) => ({ basic: { username: 'ada', password: { file } } }),
    ],
    ['a header', 'x-tenant-key', 's3cret-value', (file) => ({ headers: { 'X-Tenant-Key': { file } } })],
  ])('%s from a file goes to the server and nowhere else', async (_, header, value, credentialsOf) => {
    const server = await guardedServer(header, () => value);
    const credentials = credentialsOf(secretFile('s3cret-value\n').path);
    const definition = httpProbeOf(server.mcpUrl, call, { credentials });
    const result = await runProbe(definition, {
      clock: systemClock,
      readCredentials: createCredentialReader({}),
    });
    expect(reasonOf(result)).toBe('none');
    expect(server.deleted()).toBe(1);
    expect(everything(result)).not.toMatch(/s3cret|czNjcmV0/);
    expect(everything(result)).not.toContain(Buffer.from('ada:s3cret-value').toString('base64'));
  });

  it('are taken from a variable too', async () => {
    const server = await guardedServer('authorization', () => 'Bearer of-the-environment');
    const definition = httpProbeOf(server.mcpUrl, call, { credentials: { bearer: { env: 'TOKEN' } } });
    const ask = (env: Record<string, string>) =>
      runProbe(definition, { clock: systemClock, readCredentials: createCredentialReader(env) });
    expect(reasonOf(await ask({ TOKEN: 'of-the-environment' }))).toBe('none');
    expect(reasonOf(await ask({ TOKEN: 'another' }))).toBe('unauthorized');
    expect((await ask({})).failure).toEqual({
      reason: 'credentials',
      message: 'variable TOKEN: want a secret of one line, got nothing',
    });
  });

  it('that changed in their file are used at the next run', async () => {
    let wanted = 'Bearer first-token';
    const server = await guardedServer('authorization', () => wanted);
    const file = secretFile('first-token');
    const definition = httpProbeOf(server.mcpUrl, call, { credentials: { bearer: { file: file.path } } });
    const readCredentials = createCredentialReader({});
    const ask = () => runProbe(definition, { clock: systemClock, readCredentials });
    expect(reasonOf(await ask())).toBe('none');
    wanted = 'Bearer second-token';
    expect(reasonOf(await ask())).toBe('unauthorized');
    file.write('second-token');
    expect(reasonOf(await ask())).toBe('none');
  });
});

/** An authorization server and a protected MCP server in one, as the MCP authorization specification has them. */
async function startProtected() {
  const issued: string[] = [];
  let valid: string | undefined;
  let secret = 'client-s3cret';
  const guard: HandGuard = (request, response, body) => {
    const origin = `http://${request.headers.host ?? ''}`;
    const json = (status: number, value: unknown): true => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
      return true;
    };
    if (request.url?.startsWith('/.well-known/oauth-protected-resource') === true) {
      return json(200, { resource: `${origin}/mcp`, authorization_servers: [origin] });
    }
    if (request.url?.startsWith('/.well-known/') === true) {
      return json(200, {
        issuer: origin,
        token_endpoint: `${origin}/token`,
        authorization_endpoint: `${origin}/authorize`,
        response_types_supported: ['code'],
        grant_types_supported: ['client_credentials'],
        token_endpoint_auth_methods_supported: ['client_secret_basic'],
      });
    }
    if (request.url === '/token') {
      const basic = Buffer.from(`probe:${secret}`).toString('base64');
      const isKnown =
        request.headers.authorization === `Basic ${basic}` && body.includes('client_credentials');
      if (!isKnown) return json(401, { error: 'invalid_client' });
      valid = `access-t0ken-${issued.length + 1}`;
      issued.push(valid);
      return json(200, { access_token: valid, token_type: 'Bearer', expires_in: 3600 });
    }
    if (valid !== undefined && request.headers.authorization === `Bearer ${valid}`) return false;
    const metadata = `${origin}/.well-known/oauth-protected-resource/mcp`;
    response.writeHead(401, { 'www-authenticate': `Bearer resource_metadata="${metadata}"` }).end();
    return true;
  };
  const server = await startHandMcp({}, guard);
  stops.push(server.stop);
  return {
    ...server,
    issued,
    /** Every token that was issued is void. */
    revoke: () => {
      valid = undefined;
    },
    setSecret: (value: string) => {
      secret = value;
    },
  };
}

describe('OAuth client credentials', () => {
  it('get a token, use it again, and get another when it is void', async () => {
    const server = await startProtected();
    const file = secretFile('client-s3cret');
    const credentials = {
      oauth: { issuer: server.url, clientId: 'probe', clientSecret: { file: file.path } },
    };
    const definition = httpProbeOf(server.mcpUrl, call, { credentials });
    const readCredentials = createCredentialReader({});
    const ask = () => runProbe(definition, { clock: systemClock, readCredentials });
    const results = [await ask(), await ask()];
    expect(results.map(reasonOf)).toEqual(['none', 'none']);
    expect(server.issued).toHaveLength(1);
    server.revoke();
    results.push(await ask());
    expect(reasonOf(results[2] as ProbeResult)).toBe('none');
    expect(server.issued).toHaveLength(2);
    // Sessions that a token opened are ended with one.
    expect(server.deleted()).toBe(server.opened());
    for (const result of results) expect(everything(result)).not.toMatch(/s3cret|t0ken/);

    server.setSecret('new-s3cret');
    server.revoke();
    expect(reasonOf(await ask())).toBe('unauthorized');
    file.write('new-s3cret');
    const last = await ask();
    expect(reasonOf(last)).toBe('none');
    expect(everything(last)).not.toMatch(/s3cret|t0ken/);
  });

  it('in both eras of negotiation', async () => {
    const server = await startProtected();
    const credentials = { oauth: { issuer: server.url, clientId: 'probe', clientSecret: { env: 'SECRET' } } };
    const definition = httpProbeOf(server.mcpUrl, call, { credentials, era: 'auto' });
    const readCredentials = createCredentialReader({ SECRET: 'client-s3cret' });
    expect(reasonOf(await runProbe(definition, { clock: systemClock, readCredentials }))).toBe('none');
  });

  it('that are wrong are unauthorized', async () => {
    const server = await startProtected();
    const credentials = { oauth: { issuer: server.url, clientId: 'probe', clientSecret: { env: 'SECRET' } } };
    const definition = httpProbeOf(server.mcpUrl, call, { credentials });
    const readCredentials = createCredentialReader({ SECRET: 'wr0ng-secret' });
    const result = await runProbe(definition, { clock: systemClock, readCredentials });
    expect(reasonOf(result)).toBe('unauthorized');
    expect(everything(result)).not.toContain('wr0ng');
  });

  it('go nowhere that the server names, but to the issuer', async () => {
    const other = await startProtected();
    const guard: HandGuard = (_request, response) => {
      const elsewhere = `${other.url}/.well-known/oauth-protected-resource`;
      response.writeHead(401, { 'www-authenticate': `Bearer resource_metadata="${elsewhere}"` }).end();
      return true;
    };
    const server = await startHandMcp({}, guard);
    stops.push(server.stop);
    const oauth = { issuer: server.url, clientId: 'probe', clientSecret: { env: 'SECRET' } };
    const definition = httpProbeOf(server.mcpUrl, call, { credentials: { oauth } });
    const readCredentials = createCredentialReader({ SECRET: 'client-s3cret' });
    const result = await runProbe(definition, { clock: systemClock, readCredentials });
    expect(reasonOf(result)).toBe('unauthorized');
    expect(JSON.stringify(result.transcript)).toContain(
      `want requests to ${server.url}, got one to ${other.url}: not sent`,
    );
    expect(JSON.stringify(result.transcript)).not.toContain(`"url":"${other.url}`);
  });

  it('that are missing are unauthorized', async () => {
    const server = await startProtected();
    const definition = httpProbeOf(server.mcpUrl, call);
    const readCredentials = createCredentialReader({});
    expect((await runProbe(definition, { clock: systemClock, readCredentials })).failure?.reason).toBe(
      'unauthorized',
    );
  });
});
