/** A format of the metrics page. */
export type ExpositionFormat = 'text' | 'openmetrics-1.0.0' | 'openmetrics-0.0.1';

/** The Content-Type of each format; Prometheus 3 refuses a page without a proper one. */
export const CONTENT_TYPES: Readonly<Record<ExpositionFormat, string>> = {
  text: 'text/plain; version=0.0.4; charset=utf-8',
  'openmetrics-1.0.0': 'application/openmetrics-text; version=1.0.0; charset=utf-8',
  'openmetrics-0.0.1': 'application/openmetrics-text; version=0.0.1; charset=utf-8',
};

interface Offer {
  readonly format: ExpositionFormat;
  readonly type: string;
  readonly version: string;
}

/** In the order of preference among equals: who does not ask for OpenMetrics gets what everybody reads. */
const OFFERS: readonly Offer[] = [
  { format: 'text', type: 'text/plain', version: '0.0.4' },
  { format: 'openmetrics-1.0.0', type: 'application/openmetrics-text', version: '1.0.0' },
  { format: 'openmetrics-0.0.1', type: 'application/openmetrics-text', version: '0.0.1' },
];

interface MediaRange {
  readonly type: string;
  readonly version: string | undefined;
  readonly quality: number;
}

/** Longest Accept header that is looked at, in characters; no scraper's comes near. */
const MAX_ACCEPT_LENGTH = 2000;

function readRange(text: string): MediaRange {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  let version: string | undefined;
  let quality = 1;
  for (const parameter of parameters) {
    const equals = parameter.indexOf('=');
    const name = parameter.slice(0, equals).trimEnd();
    const value = parameter
      .slice(equals + 1)
      .trimStart()
      .replaceAll('"', '');
    if (name === 'version') version = value;
    else if (name === 'q') quality = /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(value) ? Number(value) : 0;
  }
  return { type, version, quality };
}

/** How closely a range names an offer, from 0 (`*` + `/*`) to 3 (type and version); undefined if it does not. */
function closeness({ type, version }: MediaRange, offer: Offer): number | undefined {
  if (type === offer.type) return version === undefined ? 2 : version === offer.version ? 3 : undefined;
  if (type === `${offer.type.slice(0, offer.type.indexOf('/'))}/*`) return 1;
  return type === '*/*' ? 0 : undefined;
}

/** The weight that a client gives an offer: that of the range that names it most closely (RFC 9110, 12.5.1). */
function weight(ranges: readonly MediaRange[], offer: Offer): number {
  let best = { closeness: -1, quality: 0 };
  for (const range of ranges) {
    const close = closeness(range, offer);
    if (close !== undefined && close > best.closeness) best = { closeness: close, quality: range.quality };
  }
  return best.quality;
}

/**
 * The format that a scraper wants most by its Accept header; parameters other than `version` and `q`, such as
 * `escaping` of Prometheus 3, ask for nothing that our names would need. Text where nothing that it takes is offered.
 */
export function expositionFormat(accept: string | undefined): ExpositionFormat {
  if (accept === undefined || accept.length > MAX_ACCEPT_LENGTH) return 'text';
  const ranges = accept.split(',').map(readRange);
  let chosen: { readonly format: ExpositionFormat; readonly weight: number } = { format: 'text', weight: 0 };
  for (const offer of OFFERS) {
    const weighed = weight(ranges, offer);
    if (weighed > chosen.weight) chosen = { format: offer.format, weight: weighed };
  }
  return chosen.format;
}
