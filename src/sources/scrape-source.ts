import type { Sample } from '../model/sample.ts';
import type { Source } from '../model/source.ts';
import { expositionFormat, parseExposition } from './exposition-parser.ts';
import type { ExpositionSeries } from './exposition-sample.ts';
import { failureText } from '../model/failure-text.ts';
import { createHttpClient } from './http-client.ts';
import { checkTargets } from './mapped-sample-checks.ts';
import { createProblemNotes } from './mapped-sample-problems.ts';
import { createMappedSample } from './mapped-sample.ts';
import type { SampleMapping } from './mapped-sample.ts';
import { isOwnName, takeOwnSamples } from './scrape-own-names.ts';
import type { ClientTls } from '../model/client-tls.ts';

/** Which page is read and what is made of it. */
export interface ScrapeOptions {
  /** The page; `http:` or `https:`. */
  readonly url: string;
  /** Token for `Authorization: Bearer`. */
  readonly bearer?: string;
  readonly tls?: ClientTls;
  readonly mappings: readonly SampleMapping[];
  /** The longest page, also unpacked; default 4 MiB, for it is parsed in one go while the proxy waits. */
  readonly maxBytes?: number;
  /** Told once when a mapping stops giving a sample for a reason that an operator may mend. */
  readonly onProblem: (text: string) => void;
}

const MAX_BYTES = 4 * 1024 * 1024;
/** The formats in the order of Prometheus 2; without its parameter `escaping`, names come without UTF-8. */
const ACCEPT =
  'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1';

/**
 * Reads another program's own metrics page over HTTP, and makes samples of it: by mappings, and of the series under
 * our own names without one. What a page does not tell has no sample; a mapping that fails does not hurt the others.
 * A reading fails if the page cannot be read or is longer than 4 MiB, or if every mapping fails and nothing else is there.
 * @throws Error if a selector cannot be parsed or a mapping has not the labels of its metric.
 */
export function createScrapeSource(options: ScrapeOptions): Source {
  const url = new URL(options.url);
  const subject = `scrape ${url.origin}${url.pathname}`;
  checkTargets(options.mappings);
  const mapped = options.mappings.map(createMappedSample);
  const targets = new Set(mapped.map(({ target }) => target));
  const selectors = mapped.flatMap((mapping) => mapping.selectors);
  const names = new Set(selectors.map(({ name }) => name));
  const wantsAll = names.has(undefined);
  const note = createProblemNotes((text) => options.onProblem(`${subject}: ${text}`));
  const client = createHttpClient({
    connections: 1,
    maxBytes: options.maxBytes ?? MAX_BYTES,
    ...(options.tls !== undefined && { tls: options.tls }),
    ...(options.bearer !== undefined && { credentials: { bearer: options.bearer } }),
  });

  const readPage = async (signal: AbortSignal): Promise<readonly ExpositionSeries[]> => {
    const { statusCode, contentType, text } = await client.ask({ url, accept: ACCEPT }, signal);
    if (statusCode !== 200) {
      const redirects = statusCode >= 300 && statusCode < 400;
      throw new Error(`want 200, got ${statusCode}${redirects ? ' (redirects are not followed)' : ''}`);
    }
    const format = expositionFormat(contentType);
    if (format === undefined) throw new Error(`want a page of metrics, got ${contentType}`);
    return parseExposition(text, format, (name) => wantsAll || names.has(name) || isOwnName(name));
  };

  const toSamples = (page: readonly ExpositionSeries[]): readonly Sample[] => {
    const outcomes = mapped.map(({ target, read }) => ({ target, outcome: read(page) }));
    const own = takeOwnSamples(page, (target) => targets.has(target));
    const samples = [
      ...outcomes.flatMap(({ outcome }) => (outcome.kind === 'sample' ? [outcome.sample] : [])),
      ...own.samples,
    ];
    const [first] = outcomes;
    if (samples.length === 0 && outcomes.every(({ outcome }) => outcome.kind === 'failed')) {
      if (first?.outcome.kind === 'failed') throw new Error(first.outcome.problem.text);
    }
    for (const { target, outcome } of outcomes) {
      note(target, outcome.kind === 'sample' ? undefined : outcome.problem);
    }
    for (const [name, problem] of own.problems) note(name, problem);
    return samples;
  };

  return {
    read: async (signal) => {
      try {
        return toSamples(await readPage(signal));
      } catch (error) {
        throw new Error(`${subject}: ${failureText(error)}`, { cause: error });
      }
    },
    stop: client.close,
  };
}
