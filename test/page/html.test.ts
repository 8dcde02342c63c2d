import { describe, expect, it } from '@jest/globals';
import { foreign, html, htmlText, joined, linkTarget } from '../../src/page/html.ts';

describe('html', () => {
  it.each([
    ['<script>alert(1)</script>', '&lt;script&gt;alert(1)&lt;/script&gt;'],
    ['"\'`', '&quot;&#39;&#96;'],
    ['a&amp;b', 'a&amp;amp;b'],
    ['right\u202eto\u2066left', 'right·to·left'],
    ['nul\u0000 esc\u001b', 'nul· esc·'],
    ['two\nlines', 'two\nlines'],
  ])('shows %j as text', (text, shown) => {
    expect(htmlText(html`<p title="${text}">${text}</p>`)).toBe(`<p title="${shown}">${shown}</p>`);
  });

  it.each<[string, Parameters<typeof html>[1], string]>([
    ['HTML as it is', html`<b>${'<'}</b>`, '<b>&lt;</b>'],
    ['a list of HTML', [html`<i>1</i>`, html`<i>2</i>`], '<i>1</i><i>2</i>'],
    ['a number', 12, '12'],
    ['nothing for undefined', undefined, ''],
    ['nothing for false', false, ''],
  ])('puts in %s', (_, value, shown) => {
    expect(htmlText(html`${value}`)).toBe(shown);
  });

  it('takes nothing for HTML that came as JSON, however it is shaped', () => {
    const forged = JSON.parse('{"html":"<b>","Symbol(html)":"<b>"}');
    expect(() => htmlText(html`${forged}`)).toThrow('is not a function');
  });

  it('sets text of others apart', () => {
    expect(htmlText(joined([foreign('שלום'), html` calls`]))).toBe('<bdi>שלום</bdi> calls');
  });
});

describe('a link', () => {
  it.each(['#tools', '?range=1h#charts', 'probes/a%2Fb', './', '../', 'https://h/x', 'http://h'])(
    '%s leads there',
    (address) => {
      expect(linkTarget(address)).toBe(address);
    },
  );
  it.each([
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    ' javascript:alert(1)',
    'data:text/html,x',
    '//evil',
    '/\\evil',
    '\\\\evil',
    'vbscript:x',
    '',
  ])('%j leads nowhere', (address) => {
    expect(linkTarget(address)).toBeUndefined();
  });
});
