import type { PageModel } from '../model/page-model.ts';
import type { SeriesAnswer } from '../model/page-series.ts';
import { STATE_TITLES } from '../page/banner.ts';
import { htmlText, type Html } from '../page/html.ts';
import { readChoice, type PageChoice } from '../page/page-view.ts';
import { contents, pageTitle, statusSections } from '../page/status-page.ts';
import { followServer } from './follow-server.ts';
import { describeFreshness, type Freshness } from './freshness.ts';
import { createLiveCharts } from './live-charts.ts';
import { show } from './morph.ts';
import { readSeries } from './read-series.ts';
import { startTheme } from './theme.ts';

/** The sidecar's own history has a value every 15 seconds. */
const SERIES_EVERY_MS = 15_000;
const TICK_MS = 1000;

const byId = (id: string): HTMLElement => {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`page: want an element ${id}, got none`);
  return element;
};

const main = byId('main');
const fresh = byId('fresh');
const spoken = byId('spoken');
/** Of the page, without its choice and anchor. */
const root = new URL('./', location.href);
const charts = createLiveCharts(main);
const startedAt = performance.now();

let choice: PageChoice = readChoice(new URLSearchParams(location.search));
let model: PageModel | undefined;
let answer: SeriesAnswer | undefined;
let freshness: Freshness = { heardAt: undefined, atMs: undefined, lost: undefined };
let isStale = false;

const say = (text: string): void => {
  spoken.textContent = text;
};

/** What can be seen of a tab that is not looked at. */
function showTab(shown: PageModel): void {
  const state = isStale ? 'unknown' : shown.health.verdict;
  document.title = isStale ? `? No update · ${pageTitle(shown)}` : pageTitle(shown);
  const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  const href = icon?.getAttribute('href')?.replace(/[^/]+\.svg$/, `${state}.svg`);
  if (icon && href !== undefined && icon.getAttribute('href') !== href) icon.setAttribute('href', href);
}

/** What each place shows: most sections are the same from one update to the next. */
const shown = new Map<Element, string>();

function showOne(place: Element, section: Html): void {
  const text = htmlText(section);
  if (shown.get(place) === text) return;
  shown.set(place, text);
  show(place, text);
}

function drawNow(): void {
  frame = undefined;
  if (model === undefined) return;
  const style = { nowMs: model.atMs, zone: 'local' as const };
  showOne(byId('contents'), contents(model));
  statusSections(model, answer, { choice, style }).forEach((section, n) => {
    const place = main.children[n];
    if (place !== undefined) showOne(place, section);
  });
  charts.show(model, answer, choice);
}

let frame: number | undefined;

/** Draws with the next frame, once, whatever comes until then; a tab that is not looked at has no frames. */
function draw(): void {
  if (model !== undefined) showTab(model);
  frame ??= requestAnimationFrame(drawNow);
}

function tick(): void {
  const { state, text } = describeFreshness(freshness, startedAt, performance.now());
  if (fresh.textContent !== text) fresh.textContent = text;
  fresh.dataset['fresh'] = state;
  if (isStale === (state === 'stale')) return;
  isStale = state === 'stale';
  document.documentElement.toggleAttribute('data-stale', isStale);
  say(isStale ? 'The page is no longer updated.' : 'The page is updated again.');
  if (model !== undefined) showTab(model);
}

function take(next: PageModel): void {
  const before = model;
  // A sidecar of another version serves other scripts: these may not understand what it says.
  if (before !== undefined && before.server.version !== next.server.version) location.reload();
  model = next;
  draw();
  if (before !== undefined && before.health.verdict !== next.health.verdict) {
    say(`${STATE_TITLES[next.health.verdict]}: ${next.health.words}`);
  }
}

let asking: AbortController | undefined;

/** Asks for the charts' data; the last question wins. */
async function refreshSeries(): Promise<void> {
  asking?.abort();
  const mine = new AbortController();
  asking = mine;
  try {
    const got = await readSeries(root, choice, mine.signal);
    if (asking !== mine) return;
    answer = got;
    draw();
  } catch {
    // The charts keep what they show, beneath the times that it is of; whether the server answers at all, the bar says.
  }
}

followServer(root, (news) => {
  if (news.kind === 'lost') freshness = { ...freshness, lost: news.why };
  else {
    freshness = { heardAt: performance.now() - news.ageMs, atMs: news.model.atMs, lost: undefined };
    take(news.model);
  }
  tick();
});

document.addEventListener('click', (event) => {
  const link = event.target instanceof Element ? event.target.closest('a[data-choice]') : null;
  if (link === null || event.ctrlKey || event.metaKey || event.shiftKey || model === undefined) return;
  event.preventDefault();
  const query = new URL(link.getAttribute('href') ?? '', location.href).search;
  history.replaceState(null, '', `${root.pathname}${query}${location.hash}`);
  const before = choice;
  choice = readChoice(new URLSearchParams(query));
  draw();
  if (choice.range !== before.range || choice.tool !== before.tool) void refreshSeries();
});

document.addEventListener('visibilitychange', () => {
  if (!document.hidden) void refreshSeries();
});

const button = byId('theme');
if (button instanceof HTMLButtonElement) startTheme(button, charts.repaint);
void refreshSeries();
setInterval(() => {
  if (!document.hidden) void refreshSeries();
}, SERIES_EVERY_MS);
setInterval(tick, TICK_MS);
tick();
