import type { TimeStyle } from './times.ts';

/** Spans of time that the charts can show. */
export const RANGES = [
  { key: '15m', name: '15 min', ms: 15 * 60_000 },
  { key: '1h', name: '1 h', ms: 3_600_000 },
  { key: '6h', name: '6 h', ms: 6 * 3_600_000 },
  { key: '24h', name: '24 h', ms: 24 * 3_600_000 },
  { key: '7d', name: '7 d', ms: 7 * 24 * 3_600_000 },
] as const;

/** One of {@link RANGES}. */
export type Range = (typeof RANGES)[number];

/** What the table of tools can be sorted by. */
export const TOOL_SORTS = ['name', 'rate', 'p50', 'p95', 'p99', 'errors'] as const;

/** One of {@link TOOL_SORTS}. */
export type ToolSort = (typeof TOOL_SORTS)[number];

/** What a reader chose to see; all of it stands in the page's address, so that it works without scripts and can be sent on. */
export interface PageChoice {
  readonly range: Range;
  readonly sort: ToolSort;
  readonly isDescending: boolean;
  /** Key of the tool whose charts are open. */
  readonly tool: string | undefined;
}

/** How a page is drawn for its reader. */
export interface PageView {
  readonly choice: PageChoice;
  readonly style: TimeStyle;
}

const [, DEFAULT_RANGE] = RANGES;

/** A choice from the page's address, e.g. `?range=6h&sort=-p99&tool=get_user`; what is not known is as if it was not given. */
export function readChoice(query: URLSearchParams): PageChoice {
  const sort = query.get('sort') ?? 'name';
  const by = sort.replace(/^-/, '');
  return {
    range: RANGES.find(({ key }) => key === query.get('range')) ?? DEFAULT_RANGE,
    sort: TOOL_SORTS.find((each) => each === by) ?? 'name',
    isDescending: sort.startsWith('-'),
    tool: query.get('tool') ?? undefined,
  };
}

/** The address of the page with another choice, relative to the page itself. */
export function choiceHref(choice: PageChoice, changes: Partial<PageChoice>, anchor: string): string {
  const { range, sort, isDescending, tool } = { ...choice, ...changes };
  const query = new URLSearchParams({
    ...(range !== DEFAULT_RANGE && { range: range.key }),
    ...((sort !== 'name' || isDescending) && { sort: `${isDescending ? '-' : ''}${sort}` }),
    ...(tool !== undefined && { tool }),
  });
  return `?${query.toString()}#${anchor}`;
}
