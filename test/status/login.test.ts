import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { createHandClock, type HandClock } from '../commands/detector-stage.ts';
import { startPageSidecar, type PageSidecar } from '../harness/page-sidecar.ts';

jest.setTimeout(60_000);

const TOKEN = 'correct-horse';
let sidecar: PageSidecar | undefined;
let clock: HandClock;
afterEach(async () => {
  await sidecar?.stop();
  sidecar = undefined;
});

async function start(flags: readonly string[] = []): Promise<string> {
  clock = createHandClock(Date.now());
  sidecar = await startPageSidecar(flags, { clock, env: { MCP_VITALS_ADMIN_TOKEN: TOKEN } });
  return sidecar.adminUrl;
}

const post = (url: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
  fetch(url, { method: 'POST', redirect: 'manual', body: new URLSearchParams(fields), headers });

const cookieOf = (answer: Response): string =>
  /mcp_vitals_session=[^;]+/.exec(answer.headers.getSetCookie().join('\n'))?.[0] ?? '';

const login = async (origin: string): Promise<string> =>
  cookieOf(await post(`${origin}/login`, { token: TOKEN }));

describe('where a token is set', () => {
  it.each([
    ['/', 'login'],
    ['/probes', 'login?next=probes'],
    ['/probes/a%20b', '../login?next=probes%2Fa%2520b'],
  ])('a browser that asks for %s is sent to %s', async (path, location) => {
    const origin = await start();
    const answer = await fetch(`${origin}${path}`, { redirect: 'manual', headers: { Accept: 'text/html' } });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, location]);
  });

  it('a program is told what to send', async () => {
    const origin = await start();
    expect((await fetch(`${origin}/`)).status).toBe(401);
    expect((await fetch(`${origin}/api/v1/page`)).status).toBe(401);
    expect((await fetch(`${origin}/api/v1/events`)).status).toBe(401);
    const headers = { Authorization: `Bearer ${TOKEN}` };
    expect((await fetch(`${origin}/api/v1/page`, { headers })).status).toBe(200);
  });

  it('the right token opens everything that can be read, by a cookie that scripts and other sites cannot use', async () => {
    const origin = await start();
    const answer = await post(`${origin}/login`, { token: TOKEN, next: 'probes' });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, 'probes']);
    const set = answer.headers.getSetCookie().find((each) => each.startsWith('mcp_vitals_session='));
    expect(set).toMatch(/^mcp_vitals_session=[\w-]{43}; HttpOnly; SameSite=Strict; Max-Age=43200$/);
    expect(set).not.toContain(TOKEN);
    for (const path of ['/', '/metrics', '/api/v1/page', '/api/v1/probes']) {
      const read = await fetch(`${origin}${path}`, { headers: { Cookie: cookieOf(answer) } });
      expect([path, read.status]).toEqual([path, 200]);
    }
  });

  it('the cookie is only for TLS where the browser speaks TLS to the proxy', async () => {
    const origin = await start();
    const answer = await post(`${origin}/login`, { token: TOKEN }, { 'X-Forwarded-Proto': 'https' });
    expect(answer.headers.getSetCookie()[0]).toMatch(/; Secure$/);
  });

  it.each([
    'https://evil.example',
    '//evil.example',
    '/etc',
    '../up',
    'javascript:alert(1)',
    'a/../../b',
    '.hidden',
  ])('a login never leads to %s', async (next) => {
    const origin = await start();
    const answer = await post(`${origin}/login`, { token: TOKEN, next });
    expect(answer.headers.get('location')).toBe('./');
  });

  it('a login ends with its time, with a logout, and with the token', async () => {
    const origin = await start(['--page.session-lifetime', '1h']);
    const allowed = async (cookie: string) =>
      (await fetch(`${origin}/api/v1/server`, { headers: { Cookie: cookie } })).status;
    const timed = await login(origin);
    const ended = await login(origin);
    clock.pass(59 * 60_000);
    expect([await allowed(timed), await allowed(ended)]).toEqual([200, 200]);
    const out = await post(`${origin}/logout`, {}, { Cookie: ended });
    expect([out.status, out.headers.get('location'), await allowed(ended)]).toEqual([303, 'login', 401]);
    clock.pass(2 * 60_000);
    expect(await allowed(timed)).toBe(401);
  });

  it.each<[string, Record<string, string>, number]>([
    ['of its own page', { 'Sec-Fetch-Site': 'same-origin' }, 409],
    ['of another site', { 'Sec-Fetch-Site': 'cross-site' }, 401],
    ['of another port', { 'Sec-Fetch-Site': 'same-site' }, 401],
    ['of another origin, by an old browser', { Origin: 'https://evil.example' }, 401],
    ['that hides its origin', { Origin: 'null' }, 401],
  ])('a change by the cookie alone, at the request %s', async (_, headers, status) => {
    const probe = JSON.stringify([{ name: 'p', kind: 'http', url: '/health', interval: '1h' }]);
    const origin = await start(['--probes.list', probe]);
    const answer = await post(
      `${origin}/api/v1/probes/p/accept`,
      {},
      { Cookie: await login(origin), ...headers },
    );
    expect(answer.status).toBe(status);
  });

  it('a form of another site does not log in', async () => {
    const origin = await start();
    const answer = await post(`${origin}/login`, { token: TOKEN }, { 'Sec-Fetch-Site': 'cross-site' });
    expect([answer.status, cookieOf(answer)]).toEqual([403, '']);
  });

  it('guessing is slowed down, also for the right token, and ends after a while', async () => {
    const origin = await start();
    const attempts: number[] = [];
    for (let n = 0; n < 12; n++)
      attempts.push((await post(`${origin}/login`, { token: `guess ${n}` })).status);
    expect(attempts).toEqual([...Array.from({ length: 10 }, () => 401), 429, 429]);
    const limited = await post(`${origin}/login`, { token: TOKEN });
    expect([limited.status, Number(limited.headers.get('retry-after'))]).toEqual([429, 300]);
    clock.pass(5 * 60_000);
    expect((await post(`${origin}/login`, { token: TOKEN })).status).toBe(303);
    const metrics = await (
      await fetch(`${origin}/metrics`, { headers: { Authorization: `Bearer ${TOKEN}` } })
    ).text();
    expect(metrics).toContain('mcp_vitals_page_logins_total{result="limited"} 3');
  });

  it('every page says what a browser may do with it', async () => {
    const origin = await start();
    for (const path of ['/login', '/', '/probes']) {
      const { headers } = await fetch(`${origin}${path}`, { headers: { Accept: 'text/html' } });
      expect(headers.get('content-security-policy')).toBe(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
      );
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('cache-control')).toBe('no-store');
    }
  });
});
