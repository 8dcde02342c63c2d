import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { settings } from '../../src/config/list-settings.ts';
import { readYamlText } from '../../src/config/read-yaml.ts';
import { renderConfigurationDocs } from '../../src/config/render-configuration-docs.ts';
import { renderExampleFile } from '../../src/config/render-example-file.ts';
import { checkLayer } from '../../src/config/layer.ts';
import { setValueAt } from '../../src/config/raw-settings.ts';

describe('docs/configuration.md', () => {
  it('is what the schema renders', () => {
    expect(readFileSync('docs/configuration.md', 'utf8')).toBe(renderConfigurationDocs());
  });

  it('has a row for every setting with each of its names', () => {
    const rows = renderConfigurationDocs().split('\n');
    for (const { name, env, flags } of settings) {
      const row = rows.find((line) => line.startsWith(`| \`${name}\` |`));
      for (const text of [...env, ...flags]) expect(row).toContain(`\`${text}\``);
    }
  });
});

describe('the example file', () => {
  it('says the defaults', () => {
    const { values, problems } = checkLayer(readYamlText('example.yaml', renderExampleFile()));
    const defaults = settings
      .filter(({ meta, defaultValue }) => defaultValue !== undefined && meta.defaultText === undefined)
      .map(({ name, defaultValue }) => [name, defaultValue] as const);
    expect(problems).toEqual([]);
    expect(values).toEqual(new Map(defaults));
  });

  it('is valid with every comment of an example taken away', () => {
    const text = renderExampleFile().replaceAll(/^( *)# (\w+: \S+)$/gm, '$1$2');
    const whole = {};
    for (const { path, meta, defaultValue } of settings) {
      setValueAt(whole, path, meta.defaultText === undefined ? (defaultValue ?? meta.example) : meta.example);
    }
    expect(readYamlText('example.yaml', text).raw).toEqual(whole);
    expect(checkLayer(readYamlText('example.yaml', text)).problems).toEqual([]);
  });
});
