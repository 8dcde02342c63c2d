import { describe, expect, it } from '@jest/globals';
import { stringify } from 'yaml';
import { checkLayer } from '../../src/config/layer.ts';
import { settings } from '../../src/config/list-settings.ts';
import { setValueAt, valueAt } from '../../src/config/raw-settings.ts';
import { readEnv } from '../../src/config/read-env.ts';
import { readFlags } from '../../src/config/read-flags.ts';
import { readYamlText } from '../../src/config/read-yaml.ts';
import { settingsSchema } from '../../src/config/schema.ts';

/** The example of a setting as a variable or a flag carries it. */
const asText = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));

describe.each(settings.map((each) => [each.name, each] as const))('%s', (name, setting) => {
  const { path, meta, env, flags } = setting;
  const raw = {};
  setValueAt(raw, path, meta.example);
  const read = (from: unknown) => valueAt(settingsSchema.parse(from), path);

  it('has an example that changes the configuration', () => {
    expect(read(raw)).not.toEqual(valueAt(settingsSchema.parse({}), path));
  });

  it('is reached by the file', () => {
    const layer = checkLayer(readYamlText('a.yaml', stringify(raw)));
    expect(layer.problems).toEqual([]);
    expect(layer.values).toEqual(new Map([[name, meta.example]]));
  });

  it.each(env)('is reached by the variable %s', (variable) => {
    const layer = checkLayer(readEnv({ [variable]: asText(meta.example) }));
    expect(layer.problems).toEqual([]);
    expect(layer.values).toEqual(new Map([[name, meta.example]]));
  });

  it.each(flags)('is reached by the flag %s', (flag) => {
    for (const args of [[flag, asText(meta.example)], [`${flag}=${asText(meta.example)}`]]) {
      const layer = checkLayer(readFlags(args));
      expect(layer.problems).toEqual([]);
      expect(layer.values).toEqual(new Map([[name, meta.example]]));
    }
  });

  it('names its source where it is wrong', () => {
    const bad = 'bad\nvalue';
    const flag = flags[0] ?? '';
    expect(checkLayer(readFlags([`${flag}=${bad}`])).problems[0]).toMatch(`${flag} ${name}: want `);
    const variable = env[0] ?? '';
    expect(checkLayer(readEnv({ [variable]: bad })).problems[0]).toMatch(`${variable} ${name}: want `);
  });
});

describe('the names of settings', () => {
  it('are all different', () => {
    const names = settings.flatMap(({ env, flags }) => [...env, ...flags]);
    expect(new Set(names).size).toBe(names.length);
  });

  it('leave MCP_VITALS_ADMIN_TOKEN and MCP_VITALS_CONFIG to what is no setting', () => {
    const names = settings.flatMap(({ env }) => env);
    expect(names).not.toContain('MCP_VITALS_ADMIN_TOKEN');
    expect(names).not.toContain('MCP_VITALS_CONFIG');
  });
});
