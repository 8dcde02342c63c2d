import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createRedaction, withoutQuery } from '../../src/probes/redaction.ts';
import { createTranscriptRecorder } from '../../src/probes/transcript-recorder.ts';

describe('what is taken down of a run', () => {
  it.each([
    ['authorization', 'Bearer abc.def', 'Bearer ***'],
    ['Authorization', 'Basic dXNlcjpwYXNz', 'Basic ***'],
    ['cookie', 'sid=1', '***'],
    ['Set-Cookie', 'sid=1; HttpOnly', '***'],
    ['mcp-session-id', '0123', '***'],
    ['x-api-key', 'key', '***'],
    ['content-type', 'text/plain', 'text/plain'],
  ])('has the header %s: %s as %s', (name, value, wanted) => {
    expect(createRedaction().headers([[name, value]])).toEqual([[name, wanted]]);
  });

  it('has no secret that it learned, in whatever form', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 4, unit: 'grapheme-ascii' }), fc.string(), (secret, around) => {
        const redaction = createRedaction();
        redaction.learn(secret);
        const forms = [
          secret,
          JSON.stringify({ secret }),
          encodeURIComponent(secret),
          Buffer.from(secret).toString('base64'),
        ];
        for (const form of forms) {
          const masked = redaction.text(`${around}${form}${around}`);
          if (!around.includes(secret) && !'***'.includes(secret)) expect(masked).not.toContain(secret);
        }
      }),
    );
  });

  it('has no secret at the place where a long text is cut', () => {
    const redaction = createRedaction();
    redaction.learn('top-secret');
    const recorder = createTranscriptRecorder(redaction, () => 0);
    recorder.body({ exchange: 1, aboutTokens: false }, `${'x'.repeat(16 * 1024 - 5)}top-secret`, 1);
    expect(JSON.stringify(recorder.transcript())).not.toContain('top-s');
  });

  it('has no token of an authorization server, though nobody knew it before', () => {
    const { tokenText } = createRedaction();
    expect(tokenText('{"access_token":"a\\"b","token_type":"Bearer","refresh_token" : "r"}')).toBe(
      '{"access_token":"***","token_type":"Bearer","refresh_token" : "***"}',
    );
    expect(tokenText('grant_type=client_credentials&client_secret=s%20t&scope=a')).toBe(
      'grant_type=client_credentials&client_secret=***&scope=a',
    );
  });

  it.each([
    ['data: /message?sessionId=0123-45', 'data: /message?sessionId=***'],
    ['GET /a?token=x&b=1', 'GET /a?token=***&b=1'],
  ])('has %s as %s', (text, wanted) => expect(createRedaction().text(text)).toBe(wanted));

  it.each([
    ['http://host:8000/mcp?key=1#x', 'http://host:8000/mcp?***'],
    ['http://user:pass@host/mcp', 'http://host/mcp'],
    ['not a url?token=1', 'not a url?***'],
  ])('has the URL %s as %s', (url, wanted) => expect(withoutQuery(url)).toBe(wanted));

  it('is bounded', () => {
    const recorder = createTranscriptRecorder(createRedaction(), () => 0);
    for (let i = 0; i < 1000; i += 1) recorder.message('received', 'x'.repeat(50_000));
    const { entries, dropped } = recorder.transcript();
    expect(entries.length + dropped).toBe(1000);
    expect(entries).toHaveLength(200);
    expect(JSON.stringify(entries).length).toBeLessThan(200 * 17 * 1024);
  });
});
