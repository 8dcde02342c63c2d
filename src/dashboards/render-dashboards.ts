import { placeholderLinks, type Links } from '../rules/links.ts';
import type { RenderedFile } from '../rules/render-rules.ts';
import { dashboards } from './index.ts';
import { toDashboard } from './to-dashboard.ts';

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Hides links and annotations in a menu of Grafana 12 and later; they are to be seen. */
const isHidden = ([key, value]: readonly [string, Json]): boolean =>
  key === 'placement' && value === 'inControlsMenu';

/** Keys in the order of the alphabet, so that a new version of the SDK moves no line. */
function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter((entry) => !isHidden(entry))
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, each]) => [key, sorted(each)]),
  );
}

/** Every dashboard as a file of grafana/dashboards, with the addresses where runbooks are served. */
export const renderDashboards = (links: Links = placeholderLinks): RenderedFile[] =>
  dashboards.map((declaration) => ({
    path: `grafana/dashboards/${declaration.uid}.json`,
    text: `${JSON.stringify(sorted(JSON.parse(JSON.stringify(toDashboard(declaration, links)))), null, 2)}\n`,
  }));
