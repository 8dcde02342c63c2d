import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { readBenchCredentials, type BenchCredentials } from '../../src/commands/bench-credentials.ts';
import type { ProbeCredentials } from '../../src/model/probe.ts';
import { startHandServer } from '../harness/hand-server.ts';

const stops: (() => Promise<void> | void)[] = [];
// The client writes there what it does about a refusal.
beforeEach(() => {
  jest.spyOn(console, 'warn').mockReturnValue();
});
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function read(
  credentials: ProbeCredentials | undefined,
  serverUrl: string,
  env: NodeJS.ProcessEnv = {},
): Promise<BenchCredentials> {
  const found = await readBenchCredentials(credentials, { 'X-Tenant': 'one' }, serverUrl, env, () => {});
  stops.push(found.stop);
  return found;
}

/** An MCP server's metadata with an authorization server; `elsewhere` is where it says that tokens are given. */
async function startProtected(
  elsewhere?: string,
): Promise<{ readonly url: string; readonly tokens: () => number }> {
  let tokens = 0;
  const server = await startHandServer((body, response, request) => {
    const origin = `http://${request.headers.host ?? ''}`;
    const json = (status: number, value: object): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    };
    if (request.url?.includes('oauth-protected-resource') === true) {
      json(200, { resource: `${origin}/mcp`, authorization_servers: [elsewhere ?? origin] });
    } else if (request.url?.includes('/.well-known/') === true) {
      json(200, {
        issuer: origin,
        token_endpoint: `${origin}/token`,
        authorization_endpoint: `${origin}/authorize`,
        response_types_supported: ['code'],
        grant_types_supported: ['client_credentials'],
        token_endpoint_auth_methods_supported: ['client_secret_basic'],
      });
    } else if (request.url === '/token') {
      const isKnown =
        request.headers.authorization === `Basic ${Buffer.from('bench:s3cret').toString('base64')}`;
      if (!isKnown || !body.includes('client_credentials')) json(401, { error: 'invalid_client' });
      else json(200, { access_token: `t0ken-${(tokens += 1)}`, token_type: 'Bearer', expires_in: 3600 });
    } else response.writeHead(404).end();
  });
  stops.push(server.stop);
  return { url: server.url, tokens: () => tokens };
}

const oauth = (issuer: string): ProbeCredentials => ({
  oauth: { issuer, clientId: 'bench', clientSecret: { env: 'SECRET' } },
});

describe('the credentials of a load test', () => {
  it('are a token from a variable, beside headers that are no secret', async () => {
    const { headers } = await read({ bearer: { env: 'TOKEN' } }, 'http://127.0.0.1/mcp', { TOKEN: 's3cret' });
    expect(headers()).toBe('X-Tenant: one\r\nauthorization: Bearer s3cret\r\n');
  });

  it('that are not there are said without a guess', async () => {
    await expect(read({ bearer: { env: 'TOKEN' } }, 'http://127.0.0.1/mcp')).rejects.toThrow(
      'variable TOKEN: want a secret of one line, got nothing',
    );
  });

  it('are a token of an authorization server for OAuth client credentials', async () => {
    const server = await startProtected();
    const { headers } = await read(oauth(server.url), `${server.url}/mcp`, { SECRET: 's3cret' });
    expect(headers()).toBe('X-Tenant: one\r\nAuthorization: Bearer t0ken-1\r\n');
  });

  it('that the authorization server refuses end the run before it begins', async () => {
    const server = await startProtected();
    await expect(read(oauth(server.url), `${server.url}/mcp`, { SECRET: 'wr0ng' })).rejects.toThrow(
      /^OAuth: want a token, got /,
    );
  });

  it('go to no other authorization server than the one that was named', async () => {
    const thief = await startProtected();
    const server = await startProtected(thief.url);
    await expect(read(oauth(server.url), `${server.url}/mcp`, { SECRET: 's3cret' })).rejects.toThrow(
      /^OAuth: want a token, got /,
    );
    expect(thief.tokens()).toBe(0);
  });
});
