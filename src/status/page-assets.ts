import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire, stripTypeScriptTypes } from 'node:module';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { PAGE_ICONS } from '../page/page-icons.ts';
import type { PageFiles, PageScript } from '../page/layout.ts';
import { pageStyle } from '../page/style.ts';

/** A file that pages load. */
export interface Asset {
  readonly contentType: string;
  readonly body: Buffer;
  readonly gzipped: Buffer;
}

/** All files that pages load. */
export interface PageAssets {
  /** Stands in each path: it is another one when any file is. */
  readonly hash: string;
  /** By path below the hash, e.g. `page.css`. */
  readonly assets: ReadonlyMap<string, Asset>;
  readonly files: PageFiles;
}

const JAVASCRIPT = 'text/javascript; charset=utf-8';
/** `.ts` where the sidecar runs from source, `.js` where it was built. */
const EXTENSION = posix.extname(import.meta.url);
const ROOT = new URL('../', import.meta.url);
const LIVE = `browser/live${EXTENSION}`;
const STILL = `browser/still${EXTENSION}`;
const WORKER = `browser/stream-worker${EXTENSION}`;

const compress = promisify(gzip);

/** Without types; lines stay where they are. Only where the sidecar runs from source. */
function withoutTypes(text: string): string {
  // Node calls its function experimental, once, on stderr: the demo's reader did not ask.
  const emitWarning = process.emitWarning.bind(process);
  process.emitWarning = () => undefined;
  try {
    return stripTypeScriptTypes(text);
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** A module as a browser runs it. */
async function readModule(path: string): Promise<string> {
  const text = await readFile(fileURLToPath(new URL(path, ROOT)), 'utf8');
  return EXTENSION === '.ts' ? withoutTypes(text) : text;
}

/** Paths of what a module imports; ours only, since a page loads nothing else. */
const importsOf = (path: string, text: string): readonly string[] =>
  [...text.matchAll(/^(?:import|export)\b[^'"]*?['"](\.[^'"]+)['"]/gm)].map(([, specifier = '']) =>
    posix.join(posix.dirname(path), specifier),
  );

/** Texts of modules by path below the root of the sources, the one that was asked for first. */
type Modules = ReadonlyMap<string, string>;

/** A module and all that it imports, by path below the root of the sources. */
async function readModules(entry: string): Promise<Modules> {
  const modules = new Map<string, string>();
  const visit = async (path: string): Promise<void> => {
    if (modules.has(path)) return;
    modules.set(path, '');
    const text = await readModule(path);
    modules.set(path, text);
    for (const each of importsOf(path, text)) await visit(each);
  };
  await visit(entry);
  return modules;
}

const packageFile = (path: string): Promise<string> =>
  readFile(createRequire(import.meta.url).resolve(path), 'utf8');

/**
 * Reads, names and compresses everything that pages load: the style sheet, the icons, uPlot, and the modules that run in
 * the browser, as they are in the sources. Paths hold a digest of all of it, so that a browser may keep them for good.
 */
export async function readPageAssets(): Promise<PageAssets> {
  const [live, still, worker] = await Promise.all([
    readModules(LIVE),
    readModules(STILL),
    readModules(WORKER),
  ]);
  const modules = new Map([...live, ...still, ...worker]);
  const texts: readonly (readonly [name: string, contentType: string, text: string])[] = [
    ['page.css', 'text/css; charset=utf-8', `${pageStyle}\n${await packageFile('uplot/dist/uPlot.min.css')}`],
    ['uplot.js', JAVASCRIPT, await packageFile('uplot/dist/uPlot.iife.min.js')],
    ...Object.entries(PAGE_ICONS).map(
      ([verdict, icon]) => [`${verdict}.svg`, 'image/svg+xml', icon] as const,
    ),
    ...[...modules].map(([path, text]) => [path, JAVASCRIPT, text] as const),
  ];
  const digest = createHash('sha256');
  for (const [name, , text] of texts) digest.update(`${name}\0${text}\0`);
  const hash = digest.digest('hex').slice(0, 16);
  const assets = new Map<string, Asset>();
  for (const [name, contentType, text] of texts) {
    const body = Buffer.from(text);
    assets.set(name, { contentType, body, gzipped: await compress(body, { level: 9 }) });
  }
  const pathOf = (name: string): string => `assets/${hash}/${name}`;
  const script = (graph: Modules, libraries: readonly string[]): PageScript => {
    const [module = '', ...imports] = [...graph.keys()].map(pathOf);
    return { module, imports, libraries: libraries.map(pathOf) };
  };
  return {
    hash,
    assets,
    files: {
      style: pathOf('page.css'),
      icons: {
        ok: pathOf('ok.svg'),
        watch: pathOf('watch.svg'),
        bad: pathOf('bad.svg'),
        unknown: pathOf('unknown.svg'),
      },
      live: script(live, ['uplot.js']),
      still: script(still, []),
    },
  };
}
