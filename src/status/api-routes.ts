import type { Request, Response } from 'express';
import { PAGE_SECTIONS, type PageSection, type ReadPage } from '../model/page-model.ts';
import type { SeriesAnswer, SeriesList } from '../model/page-series.ts';
import type { AdminRoutes } from './admin-server.ts';
import { openApiDocument } from './openapi.ts';
import { readSeriesRequest, type SeriesRequest } from './series-request.ts';

/** What the page's JSON is made of. */
export interface ApiParts {
  readonly readPage: ReadPage;
  readonly series: (request: SeriesRequest) => Promise<SeriesAnswer>;
  readonly listSeries: () => SeriesList;
  /** Sends events until the connection ends. */
  readonly listen: (request: Request, response: Response) => Promise<void>;
  /** Unix time in milliseconds. */
  readonly wallMs: () => number;
}

/** Sections whose paths were taken by answers of another shape before there was a page. */
const TAKEN: readonly PageSection[] = ['sessions', 'probes'];

/** Sections that have a path of their own: `/api/v1/health` and so on. */
export const SECTION_PATHS: readonly PageSection[] = PAGE_SECTIONS.filter((name) => !TAKEN.includes(name));

/** Routes of everything that the status page shows, as JSON, and of the events that keep it up to date. */
export function apiRoutes(parts: ApiParts): AdminRoutes {
  const { readPage, listSeries, wallMs } = parts;
  return {
    paths: [
      '/api/v1/page',
      ...SECTION_PATHS.map((name) => `/api/v1/${name}`),
      '/api/v1/series',
      '/api/v1/events',
      '/api/v1/openapi.json',
    ],
    add: (app, guard) => {
      app.get('/api/v1/page', guard, async (_request, response) => {
        response.set('Cache-Control', 'no-store').json(await readPage());
      });
      for (const name of SECTION_PATHS) {
        app.get(`/api/v1/${name}`, guard, async (_request, response) => {
          response.set('Cache-Control', 'no-store').json((await readPage())[name]);
        });
      }
      app.get('/api/v1/series', guard, async (request, response) => {
        response.set('Cache-Control', 'no-store');
        const list = listSeries();
        if (Object.keys(request.query).length === 0) {
          response.json(list);
          return;
        }
        const read = readSeriesRequest(request.query, { nowMs: wallMs(), leastStepMs: list.stepMs });
        if (read.ok) response.json(await parts.series(read.request));
        else response.status(400).json({ error: read.problems.join('; ') });
      });
      app.get('/api/v1/events', guard, parts.listen);
      app.get('/api/v1/openapi.json', guard, (_request, response) => {
        response.json(openApiDocument());
      });
    },
  };
}
