import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { inRepository } from '../harness/repository.ts';

const read = (...path: string[]): string => readFileSync(inRepository('grafana', ...path), 'utf8');

describe('the provisioning of Grafana', () => {
  it('names the data source that the dashboards find first, and where its address comes from', () => {
    expect(parse(read('provisioning', 'datasources', 'prometheus.yaml'))).toMatchObject({
      apiVersion: 1,
      datasources: [
        {
          uid: 'prometheus',
          type: 'prometheus',
          url: '$MCP_VITALS_PROMETHEUS_URL',
          isDefault: true,
          jsonData: { exemplarTraceIdDestinations: [{ name: 'trace_id', datasourceUid: 'traces' }] },
        },
      ],
    });
  });

  it('states the scrape interval of the Prometheus configuration that ships', () => {
    const { global } = parse(readFileSync(inRepository('prometheus', 'prometheus.yml'), 'utf8')) as {
      global: { scrape_interval: string };
    };
    expect(
      parse(read('provisioning', 'datasources', 'prometheus.yaml')).datasources[0].jsonData.timeInterval,
    ).toBe(global.scrape_interval);
  });

  it('puts the dashboards into a folder of their own', () => {
    expect(parse(read('provisioning', 'dashboards', 'mcp-vitals.yaml'))).toMatchObject({
      apiVersion: 1,
      providers: [{ folder: 'MCP servers', type: 'file', options: { path: '/var/lib/grafana/dashboards' } }],
    });
  });

  it('has a data source for traces beside it, under the id that exemplars lead to', () => {
    expect(parse(read('traces.yaml'))).toMatchObject({ datasources: [{ uid: 'traces', type: 'tempo' }] });
  });

  it('finds in the compose file what it takes from the environment', () => {
    const compose = inRepository('docker-compose.yml');
    if (!existsSync(compose)) return;
    const text = readFileSync(compose, 'utf8');
    for (const [name] of read('provisioning', 'datasources', 'prometheus.yaml').matchAll(
      /MCP_VITALS_[A-Z_]+/g,
    ))
      expect(text).toContain(name);
  });
});
