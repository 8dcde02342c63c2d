import type { Request } from 'express';
import type { StillParts } from '../page/still-page.ts';
import { readPageAssets, type PageAssets } from './page-assets.ts';

/** Read with the first page that is asked for: a sidecar that nobody looks at does not pay for it. */
let reading: Promise<PageAssets> | undefined;

/** The files that pages load; what could not be read is tried again with the next page. */
export const pageAssets = (): Promise<PageAssets> =>
  (reading ??= readPageAssets().catch((error: unknown) => {
    reading = undefined;
    throw error;
  }));

/** The theme that the page's own script keeps in a cookie; it is not secret. */
export const themeOf = (request: Request): string | undefined =>
  /(?:^|;\s*)mcp_vitals_theme=(light|dark)(?:;|$)/.exec(request.headers.cookie ?? '')?.[1];

/** What a page needs that does not change by itself; its links are relative, so that any prefix before the path will do. */
export async function stillParts(request: Request, nowMs = Date.now()): Promise<StillParts> {
  const { files } = await pageAssets();
  const depth = request.path.split('/').length - 2;
  return {
    files,
    root: depth <= 0 ? './' : '../'.repeat(depth),
    theme: themeOf(request),
    style: { nowMs, zone: 'utc' },
  };
}
