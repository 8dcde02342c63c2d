import { describe, expect, it } from '@jest/globals';
import { expositionFormat, type ExpositionFormat } from '../../src/metrics/exposition-format.ts';

describe('the format of the metrics page', () => {
  it.each<[string, string | undefined, ExpositionFormat]>([
    ['nobody asks for', undefined, 'text'],
    ['an empty header asks for', '', 'text'],
    ['a browser asks for', 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'text'],
    ['curl asks for', '*/*', 'text'],
    [
      'Prometheus 2.42 asks for',
      'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
      'openmetrics-1.0.0',
    ],
    [
      'Prometheus 2.30 asks for',
      'application/openmetrics-text; version=0.0.1,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
      'openmetrics-0.0.1',
    ],
    [
      'Prometheus 3 asks for',
      'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2',
      'openmetrics-1.0.0',
    ],
    [
      'Prometheus 3 with native histograms asks for',
      'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;escaping=allow-utf-8;q=0.7,application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,text/plain;version=0.0.4;q=0.3,*/*;q=0.2',
      'openmetrics-1.0.0',
    ],
    [
      'Prometheus 3 asks for, told to scrape the text format alone',
      'text/plain;version=0.0.4;q=0.6,*/*;q=0.5',
      'text',
    ],
    [
      'Prometheus 3 asks for, told to prefer the text format',
      'text/plain;version=0.0.4;q=0.7,application/openmetrics-text;version=1.0.0;q=0.6,*/*;q=0.5',
      'text',
    ],
    ['a scraper asks for that takes both alike', 'application/openmetrics-text,text/plain', 'text'],
    ['a scraper asks for that takes any version', 'application/openmetrics-text', 'openmetrics-1.0.0'],
    [
      'one asks for with spaces, capitals and quotes',
      'Application/OpenMetrics-Text ; Version="1.0.0" ; Q=1.0',
      'openmetrics-1.0.0',
    ],
    ['one asks for that refuses OpenMetrics', 'application/openmetrics-text;q=0,*/*', 'text'],
    ['one asks for that refuses the text', 'text/plain;q=0,*/*;q=0.5', 'openmetrics-1.0.0'],
    [
      'one asks for that wants a version to come',
      'application/openmetrics-text;version=2.0.0,text/plain;q=0.1',
      'text',
    ],
    ['one asks for whose weight is none', 'application/openmetrics-text;q=much,text/plain;q=0.2', 'text'],
    ['one asks for that wants something else', 'application/json', 'text'],
    ['one asks for by the top-level type', 'application/*', 'openmetrics-1.0.0'],
    [
      'a header asks for that is too long to be one',
      `application/openmetrics-text${' '.repeat(5000)}`,
      'text',
    ],
  ])('%s', (_who, accept, format) => {
    expect(expositionFormat(accept)).toBe(format);
  });
});
