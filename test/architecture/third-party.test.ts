import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { renderThirdParty, thirdPartyPackages } from '../../scripts/third-party.ts';
import { inRepository } from '../harness/repository.ts';

/** Licences under which software may be shipped with an Apache-2.0 one without conditions beyond notices. */
const permissive = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'ISC',
  'MIT',
  '(MIT AND Zlib)',
]);

const packages = thirdPartyPackages(readFileSync(inRepository('package-lock.json'), 'utf8'));

describe('third-party packages', () => {
  it('are all under a permissive licence', () => {
    expect(packages.filter(({ licence }) => !permissive.has(licence))).toEqual([]);
  });

  it('include each dependency of package.json', () => {
    const { dependencies }: { dependencies: Readonly<Record<string, string>> } = JSON.parse(
      readFileSync(inRepository('package.json'), 'utf8'),
    );
    const names = new Set(packages.map(({ name }) => name));
    expect(Object.keys(dependencies).filter((name) => !names.has(name))).toEqual([]);
  });

  it('leave out what only development needs, and list a version once', () => {
    const lockfile = JSON.stringify({
      packages: {
        '': { version: '1.0.0' },
        'node_modules/b': { version: '2.0.0', license: 'MIT' },
        'node_modules/a/node_modules/b': { version: '2.0.0', license: 'MIT' },
        'node_modules/@x/a': { version: '1.0.0' },
        'node_modules/tool': { version: '1.0.0', license: 'MIT', dev: true },
      },
    });
    expect(thirdPartyPackages(lockfile)).toEqual([
      { name: '@x/a', version: '1.0.0', licence: 'none stated' },
      { name: 'b', version: '2.0.0', licence: 'MIT' },
    ]);
  });

  it('are listed in docs/third-party.md as the lockfile has them (npm run licences)', () => {
    expect(readFileSync(inRepository('docs', 'third-party.md'), 'utf8')).toBe(renderThirdParty(packages));
  });
});
