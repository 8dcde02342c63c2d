import type { Request, RequestHandler, Response } from 'express';
import type { ReadPage } from '../model/page-model.ts';
import type { ReadSeries, SeriesAnswer } from '../model/page-series.ts';
import { chartSeries } from '../page/chart-data.ts';
import { joined } from '../page/html.ts';
import { document } from '../page/layout.ts';
import { readChoice, type PageChoice } from '../page/page-view.ts';
import { pageTitle, statusBar, statusFooter, statusSections } from '../page/status-page.ts';
import type { AdminRoutes } from './admin-server.ts';
import { sendHtml } from './send-html.ts';
import { pageAssets, themeOf } from './still-parts.ts';

/** What the status page shows. */
export interface PageParts {
  readonly readPage: ReadPage;
  readonly readSeries: ReadSeries;
}

/** Where the assets may be asked for by anyone: they hold no figures, and the login page needs them. */
const ASSETS = '/assets/:hash/*name';

const sendAsset: RequestHandler = async (request, response) => {
  const { hash, assets } = await pageAssets();
  const { name, hash: asked } = request.params;
  const asset = asked === hash && Array.isArray(name) ? assets.get(name.join('/')) : undefined;
  if (asset === undefined) {
    response.status(404).type('text/plain').send('no such file, or of another version: reload the page\n');
    return;
  }
  const isZipped = request.acceptsEncodings('gzip') === 'gzip';
  response
    .set({
      'Content-Type': asset.contentType,
      'Cache-Control': 'public, max-age=31536000, immutable',
      'X-Content-Type-Options': 'nosniff',
      'Cross-Origin-Resource-Policy': 'same-origin',
      Vary: 'Accept-Encoding',
      ...(isZipped && { 'Content-Encoding': 'gzip' }),
    })
    .end(isZipped ? asset.gzipped : asset.body);
};

/** What a reader asked for in the page's address. */
function choiceOf(request: Request): PageChoice {
  const at = request.originalUrl.indexOf('?');
  return readChoice(new URLSearchParams(at === -1 ? '' : request.originalUrl.slice(at)));
}

async function sendPage(request: Request, response: Response, parts: PageParts): Promise<void> {
  const choice = choiceOf(request);
  const [{ files }, model] = await Promise.all([pageAssets(), parts.readPage()]);
  const answer: SeriesAnswer = await parts.readSeries({
    names: chartSeries(choice),
    fromMs: model.atMs - choice.range.ms,
    toMs: model.atMs,
  });
  const view = { choice, style: { nowMs: model.atMs, zone: 'utc' as const } };
  const canLogOut = response.locals['canLogOut'] === true;
  sendHtml(
    response,
    document({
      title: pageTitle(model),
      files,
      root: './',
      icon: model.health.verdict,
      theme: themeOf(request),
      script: files.live,
      bar: statusBar(model, view, canLogOut),
      main: joined(statusSections(model, answer, view)),
      footer: statusFooter(model),
    }),
  );
}

/** The status page at `/`, whole without scripts, and the files that it and the other pages load. */
export const pageRoutes = (parts: PageParts): AdminRoutes => ({
  paths: ['/', '/assets/…'],
  add: (app, _guard, pageGuard) => {
    app.get(ASSETS, sendAsset);
    app.get('/', pageGuard, (request, response) => sendPage(request, response, parts));
  },
});
