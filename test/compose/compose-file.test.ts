import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { composePath } from '../harness/container-engine.ts';
import { inRepository, repositoryRoot } from '../harness/repository.ts';
import { describeWith } from '../harness/requirement.ts';
import { runProcess } from '../harness/start-process.ts';

const service = z.looseObject({
  image: z.string(),
  user: z.string().optional(),
  read_only: z.boolean().optional(),
  cap_drop: z.array(z.string()).optional(),
  cap_add: z.array(z.string()).optional(),
  privileged: z.boolean().optional(),
  security_opt: z.array(z.string()).optional(),
  mem_limit: z.string().optional(),
  pids_limit: z.number().optional(),
  cpus: z.union([z.string(), z.number()]).optional(),
  healthcheck: z
    .looseObject({ disable: z.boolean().optional(), start_interval: z.string().optional() })
    .optional(),
  ports: z.array(z.string()).optional(),
  volumes: z.array(z.string()).optional(),
  profiles: z.array(z.string()).optional(),
  network_mode: z.string().optional(),
  depends_on: z.record(z.string(), z.strictObject({ condition: z.string() })).optional(),
  environment: z.record(z.string(), z.string()).optional(),
});

const text = readFileSync(inRepository('docker-compose.yml'), 'utf8');
const file = z
  .looseObject({
    services: z.record(z.string(), service),
    volumes: z.record(z.string(), z.unknown()),
    secrets: z.record(z.string(), z.object({ file: z.string() })),
  })
  .parse(parse(text, { merge: true }));
const services = Object.entries(file.services);

/** A text with the default of each of its variables. */
const withDefaults = (value: string): string => value.replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1');

/** Services that ask nothing of anybody and end by themselves, or have no port that could be asked. */
const withoutHealth = ['bench', 'demo-clients', 'longterm-volume'];
/** These have the check of the image that is built here. */
const healthOfImage = ['mcp-vitals', 'demo-sidecar'];

describe.each(services)('service %s of docker-compose.yml', (name, one) => {
  it('runs as a number that is not root, on a file system that it cannot change, without capabilities', () => {
    expect(one.user).toMatch(/^[1-9]\d*:\d+$/);
    expect(one.read_only).toBe(true);
    expect(one.cap_drop).toEqual(['ALL']);
    expect(one.cap_add).toBeUndefined();
    expect(one.privileged).toBeUndefined();
    expect(one.security_opt).toContain('no-new-privileges:true');
  });

  it('has limits of processes, and of memory and CPU that a machine of two cores can keep', () => {
    expect(one.pids_limit).toBeGreaterThan(0);
    expect(withDefaults(one.mem_limit ?? '')).toMatch(/^\d+[mg]$/);
    expect(Number(withDefaults(String(one.cpus ?? 1)))).toBeLessThanOrEqual(2);
  });

  it('names an image of one version, which a variable can replace', () => {
    expect(one.image).toMatch(/^\$\{[A-Z_]+_IMAGE:-[a-z0-9/-]+:v?\d[\w.-]*\}$/);
  });

  it('says whether it is healthy, if it can be asked', () => {
    if (withoutHealth.includes(name)) expect(one.healthcheck?.disable).toBe(true);
    else if (healthOfImage.includes(name)) expect(one.healthcheck).toBeUndefined();
    else expect(one.healthcheck).toBeDefined();
    expect(one.healthcheck?.start_interval).toBeUndefined();
  });

  it('publishes on loopback unless it is told otherwise, at a port that can be chosen', () => {
    for (const port of one.ports ?? []) {
      expect(port).toMatch(/^\$\{MCP_VITALS_BIND:-127\.0\.0\.1\}:\$\{[A-Z_]+_PORT:-\d+\}:\d+$/);
    }
    if (one.network_mode !== undefined) expect(one.ports).toBeUndefined();
  });

  it('mounts what is there: files of this repository, read-only, and named volumes', () => {
    for (const volume of (one.volumes ?? []).map(withDefaults)) {
      const [source = '', target, mode] = volume.split(':');
      expect(target).toMatch(/^\//);
      if (source.startsWith('.')) {
        expect([source, existsSync(inRepository(source))]).toEqual([source, true]);
        expect([source, mode]).toEqual([source, 'ro']);
      } else expect(Object.keys(file.volumes)).toContain(source);
    }
  });

  it('waits only for services that are there whenever it is', () => {
    for (const other of Object.keys(one.depends_on ?? {})) {
      const needed = file.services[other];
      expect(needed).toBeDefined();
      for (const profile of needed?.profiles ?? []) expect(one.profiles).toContain(profile);
    }
  });
});

describe('docker-compose.yml', () => {
  it('has what both generations of compose take, and no secret but the name of a file', () => {
    expect(file).not.toHaveProperty('name');
    expect(file).not.toHaveProperty('version');
    for (const { file: path } of Object.values(file.secrets))
      expect(existsSync(inRepository(path))).toBe(true);
    const secrets = services.flatMap(([, { environment = {} }]) =>
      Object.entries(environment).filter(([variable]) => /PASSWORD|TOKEN|SECRET/.test(variable)),
    );
    expect(secrets.filter(([, value]) => !value.startsWith('/'))).toEqual([]);
  });

  it('has the profiles that its documentation names, and starts four programs and a stand-in without any', () => {
    const profiles = new Set(services.flatMap(([, one]) => one.profiles ?? []));
    expect([...profiles].toSorted()).toEqual(['bench', 'demo', 'longterm', 'traces']);
    expect(services.flatMap(([name, one]) => (one.profiles === undefined ? [name] : [])).toSorted()).toEqual([
      'alert-log',
      'alertmanager',
      'demo-server',
      'grafana',
      'mcp-vitals',
      'prometheus',
    ]);
    const docs = readFileSync(inRepository('docs', 'compose.md'), 'utf8');
    for (const profile of profiles) expect(docs).toContain(`\`${profile}\``);
  });

  it('asks for no variable whose meaning docs/compose.md does not say', () => {
    const docs = readFileSync(inRepository('docs', 'compose.md'), 'utf8');
    const variables = new Set(text.match(/(?<=\$\{)\w+/g));
    // The limits and the images are said once for all.
    const single = [...variables].filter((name) => !/_(MEMORY|CPUS|IMAGE|PORT)$/.test(name));
    expect(single.filter((name) => !docs.includes(`\`${name}\``))).toEqual([]);
  });
});

describeWith(composePath, 'apt-get install docker-compose')('docker-compose 1.29', () => {
  const overrides = ['existing-network', 'stdio-server', 'own-server', 'fleet'].map((name) => [
    '-f',
    'docker-compose.yml',
    '-f',
    `examples/compose/${name}.yml`,
  ]);

  it.each([
    ['the file', []],
    ['every profile', ['demo', 'traces', 'longterm', 'bench'].flatMap((profile) => ['--profile', profile])],
    ...overrides.map((args): [string, string[]] => [args.at(-1) ?? '', args]),
  ])(
    'takes %s',
    async (_what, args) => {
      const { code, stderr } = await runProcess({
        command: composePath,
        args: [...args, 'config', '--quiet'],
        cwd: repositoryRoot,
      });
      expect(stderr).toBe('');
      expect(code).toBe(0);
    },
    60_000,
  );
});
