import { backendConflicts } from './backend-checks.ts';
import type { Conflict } from './conflict.ts';
import { detectConflicts } from './detect-checks.ts';
import { detectorConflicts } from './detector-checks.ts';
import { evidenceConflicts } from './evidence-checks.ts';
import { listenerConflicts } from './listener-checks.ts';
import { probeConflicts } from './probe-checks.ts';
import { valueAt } from './raw-settings.ts';
import type { Settings } from './schema.ts';
import { secrets } from './secrets.ts';
import { pairConflict, tlsWithoutUse } from './tls-checks.ts';

function upstreamConflicts({ upstream: { tls, url } }: Settings): Conflict[] {
  const found = pairConflict('upstream.tls', tls);
  if (url === undefined || url.startsWith('https:')) return found;
  return [
    ...found,
    ...tlsWithoutUse('upstream.tls', tls, 'upstream.url', `want an upstream.url with https, got ${url}`),
  ];
}

function listenTlsConflicts({ listen: { tls } }: Settings): Conflict[] {
  const found = pairConflict('listen.tls', tls);
  if (tls.clientCaFile !== undefined && (tls.certFile ?? tls.keyFile) === undefined) {
    found.push({
      names: ['listen.tls.clientCaFile', 'listen.tls.certFile'],
      problem: 'want listen.tls.certFile beside it, got none',
    });
  }
  return found;
}

function sizeConflicts({ tap: { maxDecodedBytes, maxBodyBytes } }: Settings): Conflict[] {
  if (maxDecodedBytes >= maxBodyBytes) return [];
  return [
    {
      names: ['tap.maxDecodedBytes', 'tap.maxBodyBytes'],
      problem: `want tap.maxDecodedBytes not below tap.maxBodyBytes, got ${maxDecodedBytes} and ${maxBodyBytes} bytes`,
    },
  ];
}

/**
 * Every combination of settings that cannot be.
 * @param given names of the secrets that came from the environment.
 */
export function crossChecks(settings: Settings, given: ReadonlySet<string>): Conflict[] {
  const twice = secrets
    .filter((each) => given.has(each.name) && valueAt(settings, each.fileSetting.split('.')) !== undefined)
    .map((each): Conflict => ({
      names: [each.fileSetting],
      problem: `want one source of the ${each.kind}, got ${each.env} as well`,
    }));
  return [
    ...upstreamConflicts(settings),
    ...listenTlsConflicts(settings),
    ...listenerConflicts(settings),
    ...sizeConflicts(settings),
    ...backendConflicts(settings, given),
    ...detectorConflicts(settings),
    ...detectConflicts(settings, given),
    ...evidenceConflicts(settings),
    ...probeConflicts(settings),
    ...twice,
  ];
}
