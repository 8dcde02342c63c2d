import { isModern } from '../mcp/methods.ts';
import { AskError } from './ask-error.ts';
import { isMapping } from './declared-tool.ts';

/** The era in which a server is spoken to. */
export type Era = 'legacy' | 'modern';

/** What was agreed with a server. */
export interface Agreement {
  readonly era: Era;
  readonly protocolVersion: string;
  /** Name and version of the server, e.g. `demo 1.0.0`. */
  readonly server: string | undefined;
}

/** How the program introduces itself. */
export const CLIENT_INFO = { name: 'mcp-vitals-bench', version: '1' } as const;

/** The newest version of each era that is spoken. */
export const VERSIONS = { legacy: '2025-11-25', modern: '2026-07-28' } as const;

/** What `initialize` asks. */
export const INITIALIZE_PARAMS = {
  protocolVersion: VERSIONS.legacy,
  capabilities: {},
  clientInfo: CLIENT_INFO,
} as const;

function serverText(info: unknown): string | undefined {
  if (!isMapping(info) || typeof info['name'] !== 'string') return undefined;
  return typeof info['version'] === 'string' ? `${info['name']} ${info['version']}` : info['name'];
}

/**
 * Reads the result of `server/discover`.
 * @throws AskError if the version that is spoken is not among those supported.
 */
export function readDiscovery(result: unknown): Agreement {
  const { supportedVersions = [], serverInfo } = isMapping(result) ? result : {};
  const versions = Array.isArray(supportedVersions) ? supportedVersions.map(String) : [];
  if (!versions.includes(VERSIONS.modern)) {
    const got = versions.length === 0 ? 'none' : versions.join(', ');
    throw new AskError(`supportedVersions: want ${VERSIONS.modern}, got ${got}`, { kind: 'no_answer' });
  }
  const meta = isMapping(result) && isMapping(result['_meta']) ? result['_meta'] : {};
  return {
    era: 'modern',
    protocolVersion: VERSIONS.modern,
    server: serverText(serverInfo ?? meta['io.modelcontextprotocol/serverInfo']),
  };
}

/**
 * Reads the result of `initialize`.
 * @throws AskError if it names a version of another era, or none.
 */
export function readInitialization(result: unknown): Agreement {
  const version = isMapping(result) ? result['protocolVersion'] : undefined;
  if (typeof version !== 'string' || isModern(version)) {
    const got = typeof version === 'string' ? version : 'none';
    throw new AskError(`protocolVersion: want one until ${VERSIONS.legacy}, got ${got}`, {
      kind: 'no_answer',
    });
  }
  return {
    era: 'legacy',
    protocolVersion: version,
    server: serverText(isMapping(result) ? result['serverInfo'] : undefined),
  };
}
