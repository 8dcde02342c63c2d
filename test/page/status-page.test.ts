import { describe, expect, it } from '@jest/globals';
import type { PageModel } from '../../src/model/page-model.ts';
import { chartSeries } from '../../src/page/chart-data.ts';
import { htmlText, joined } from '../../src/page/html.ts';
import { choiceHref, readChoice } from '../../src/page/page-view.ts';
import { contents, pageTitle, statusSections } from '../../src/page/status-page.ts';
import { brokenModel, healthyModel, HOSTILE, hostileModel, NOW_MS, seriesAnswer } from './page-models.ts';

const choose = (query: string) => readChoice(new URLSearchParams(query));

function draw(model: PageModel, query = ''): string {
  const choice = choose(query);
  const style = { nowMs: NOW_MS, zone: 'utc' as const };
  return htmlText(joined(statusSections(model, seriesAnswer(chartSeries(choice)), { choice, style })));
}

/** Its text as a reader sees it: without tags, spaces as one. */
const textOf = (page: string): string =>
  page
    .replaceAll(/<svg[\s\S]*?<\/svg\s*>/g, '')
    .replaceAll(/<\/?(?:strong|span|a|bdi|time)\b[^>]*>/g, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ');

describe('the status page', () => {
  it.each<[string, PageModel, readonly string[]]>([
    [
      'of a server that is well',
      healthyModel,
      [
        'Healthy',
        'P99 latency 204 ms 280 ms 0.73×',
        'As expected',
        'Nothing is firing.',
        'get_user',
        '12, of them 1 silent for over an hour',
        'handshake',
        'steady',
        'Stated: tier 2, Small',
        'admin.token ***',
      ],
    ],
    [
      'of a broken one',
      brokenModel,
      [
        'Needs attention',
        'since 14:02:03 UTC (3 min)',
        'McpErrorRatioHigh',
        'tool=generate_report',
        'Look at the break-down of errors.',
        '3.4 % 0.02 % 170×',
        'down for 2 h',
        'want a result, got an error: out of paper',
        'will reach its limit',
        '7 h 30 min (6 h to no end)',
        'held back least span: seen for 2 h, want 3 h',
        'no process listens on port 8000',
      ],
    ],
  ])('%s says what matters', (_, model, texts) => {
    const text = textOf(draw(model));
    for (const each of texts) expect(text).toContain(each);
  });

  it('says what is worst once, at its top, with what to do and the way to its runbook', () => {
    const [banner = ''] = draw(brokenModel).split('</section>', 1);
    expect(textOf(banner)).toMatch(
      /Needs attention .* 34 % of the calls of generate_report fail since .* What to do: .*Look at the break-down of errors\. Roll back what was deployed last\. .*Memory grows 300 MiB\/h/,
    );
    expect(banner.match(/34 % of the calls/g)).toHaveLength(1);
    expect(banner).toContain('href="runbooks/McpErrorRatioHigh"');
  });

  it('does not call a broken server quiet because no alert has waited for long enough', () => {
    const [condition] = brokenModel.conditions.rows;
    if (condition === undefined) throw new Error('test: want a condition, got none');
    const rows = [{ ...condition, state: 'pending' as const }];
    const early = { ...brokenModel, conditions: { ...brokenModel.conditions, rows } };
    expect(textOf(draw(early))).toContain('Nothing is firing yet.');
    expect(textOf(draw(healthyModel))).toContain('Nothing is firing.');
  });

  it('says in the tab how the server is', () => {
    expect([healthyModel, brokenModel].map(pageTitle)).toEqual([
      '✓ Healthy · orders-mcp · mcp-vitals',
      '✕ Needs attention, 1 firing · orders-mcp · mcp-vitals',
    ]);
  });

  it('counts in its contents what is out of order where', () => {
    expect(textOf(htmlText(contents(healthyModel)))).not.toContain('out of order');
    expect(textOf(htmlText(contents(brokenModel)))).toMatch(/Firing 1 out of order .*Probes 1 out of order/);
  });

  it('tells somebody without traffic what to do', () => {
    const { tools, sessions } = healthyModel;
    const untouched: PageModel = {
      ...healthyModel,
      tools: { ...tools, rows: [], total: { ...tools.total, calls: 0 } },
      sessions: { ...sessions, opened: 0, clients: [] },
    };
    expect(textOf(draw(untouched))).toContain(
      'Point your clients at http://127.0.0.1:8080 instead of http://127.0.0.1:8000',
    );
    expect(textOf(draw(healthyModel))).not.toContain('Point your clients');
  });

  it('holds no script, no style and no address of another host', () => {
    const page = draw(brokenModel, '?tool=generate_report');
    expect(page).not.toMatch(/<script|<style|\sstyle=|\son\w+=|href="(?:[a-z]+:|\/)/i);
  });

  it('shows hostile text as text, wherever it stands', () => {
    const page = draw(hostileModel(), `?tool=generate_report${encodeURIComponent(HOSTILE)}`);
    expect(page).not.toMatch(/<script|<img|\u202e|\u2066/);
    // Tags without what stands in their quotes: there it is text as well.
    expect(page.replaceAll(/"[^"]*"/g, '""')).not.toMatch(/<[^>]*onerror[^>]*>/);
    // In each section, or the poison did not arrive.
    expect(page.match(/&lt;img src=x onerror=alert\(1\)&gt;/g)?.length).toBeGreaterThan(60);
  });

  it('has a heading for each landmark, and no heading twice', () => {
    const page = draw(brokenModel);
    const named = [...page.matchAll(/aria-labelledby="([^"]+)"/g)].map(([, id]) => id);
    const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual(expect.arrayContaining(named));
  });
});

describe('what a reader chooses', () => {
  it.each([
    ['', { range: '1h', sort: 'name', isDescending: false, tool: undefined }],
    ['range=6h&sort=-p99&tool=a%2520b', { range: '6h', sort: 'p99', isDescending: true, tool: 'a%20b' }],
    ['range=9y&sort=__proto__', { range: '1h', sort: 'name', isDescending: false, tool: undefined }],
  ])('is read from ?%s', (query, wanted) => {
    const choice = choose(query);
    expect({ ...choice, range: choice.range.key }).toEqual(wanted);
  });

  it('is kept by links that change something else', () => {
    const href = choiceHref(choose('range=6h&sort=-p99'), { tool: 'a&b' }, 'tools');
    expect(href).toBe('?range=6h&sort=-p99&tool=a%26b#tools');
    expect(choose(href.slice(1, -'#tools'.length))).toMatchObject({ sort: 'p99', tool: 'a&b' });
  });

  it.each([
    ['sort=name', ['fetch_weather', 'generate_report', 'get_user']],
    ['sort=-rate', ['get_user', 'fetch_weather', 'generate_report']],
    ['sort=-errors', ['generate_report', 'fetch_weather', 'get_user']],
    ['sort=p99', ['get_user', 'fetch_weather', 'generate_report']],
  ])('%s orders the tools', (query, names) => {
    const page = draw(brokenModel, query);
    const rows = [...page.matchAll(/data-key="(fetch_weather|generate_report|get_user)"/g)].map(
      ([, name]) => name,
    );
    expect(rows).toEqual(names);
  });

  it('opens the charts of one tool', () => {
    expect(draw(healthyModel, 'tool=get_user')).toContain('data-chart="tool-latency"');
    expect(draw(healthyModel)).not.toContain('data-chart="tool-latency"');
  });
});
