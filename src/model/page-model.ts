import { z } from 'zod';
import { pageConditions } from './page-conditions.ts';
import { pageConfig } from './page-config.ts';
import { pageHeadroom } from './page-headroom.ts';
import { pageHealth } from './page-health.ts';
import { pageLeaks } from './page-leaks.ts';
import { pageProbes } from './page-probes.ts';
import { pageRecent } from './page-recent.ts';
import { pageServer } from './page-server.ts';
import { pageSessions } from './page-sessions.ts';
import { pageSources } from './page-sources.ts';
import { pageTools } from './page-tools.ts';
import { unixMs } from './page-verdict.ts';

const sections = {
  server: pageServer,
  health: pageHealth,
  conditions: pageConditions,
  tools: pageTools,
  sessions: pageSessions,
  probes: pageProbes,
  leaks: pageLeaks,
  headroom: pageHeadroom,
  sources: pageSources,
  config: pageConfig,
  recent: pageRecent,
};

/** Schema of {@link PageModel}. */
export const pageModel = z
  .object({ atMs: unixMs.describe('When it was made, Unix time in milliseconds.'), ...sections })
  .readonly()
  .meta({ id: 'PageModel', description: 'All that the status page shows, at one moment.' });

/** All that the status page shows, at one moment; data of the event `snapshot`. */
export type PageModel = z.infer<typeof pageModel>;

/** A section of the page. */
export type PageSection = keyof typeof sections;

/** Every section, in the order in which it matters to the person on call. */
export const PAGE_SECTIONS: readonly PageSection[] = [
  'server',
  'health',
  'conditions',
  'tools',
  'sessions',
  'probes',
  'leaks',
  'headroom',
  'sources',
  'config',
  'recent',
];

/** Schema of {@link PageUpdate}. */
export const pageUpdate = z
  .object({ atMs: unixMs.describe('When it was made, Unix time in milliseconds.'), ...sections })
  .partial()
  .required({ atMs: true })
  .readonly()
  .meta({
    id: 'PageUpdate',
    description: 'Sections that changed, each whole; data of the event `update`.',
  });

/** Sections that changed, each whole, to be put in place of the former ones; data of the event `update`. */
export type PageUpdate = z.infer<typeof pageUpdate>;

/** What the page's routes are given: makes the page's data, or gives what was made within the last second. */
export type ReadPage = () => Promise<PageModel>;
