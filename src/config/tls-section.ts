import { z } from 'zod';
import { setting } from './setting-meta.ts';
import * as value from './value-types.ts';

/** A section of settings: a mapping without unknown keys. */
export const section = <Shape extends z.core.$ZodLooseShape>(
  shape: Shape,
  wanted = 'a mapping of settings',
) => z.strictObject(shape, { error: wanted });

/**
 * How TLS to a server is made and checked.
 * @param peer what the server is called in the documentation, e.g. `upstream`.
 */
export const clientTlsShape = (peer: string) => ({
  caFile: setting(value.filePath().optional(), {
    kind: 'file',
    about: `PEM certificates that the certificate of the ${peer} must chain to, instead of the well-known ones.`,
    example: 'tls/upstream-ca.pem',
  }),
  certFile: setting(value.filePath().optional(), {
    kind: 'file',
    about: `PEM certificate (chain) shown to the ${peer} if it asks for a client certificate. Needs keyFile.`,
    example: 'tls/client.pem',
  }),
  keyFile: setting(value.filePath().optional(), {
    kind: 'file',
    about: 'PEM private key of certFile, not encrypted.',
    example: 'tls/client.key',
  }),
  serverName: setting(value.text('a host name', /^[A-Za-z0-9._-]+$/).optional(), {
    kind: 'text',
    about: `Name that is asked for (SNI) and must stand in the certificate of the ${peer}, instead of the host.`,
    example: 'mcp.example.com',
  }),
  verify: setting(value.toggle().prefault(true), {
    kind: 'boolean',
    about: `Whether the certificate of the ${peer} is checked. Switch off for a test only.`,
    example: false,
  }),
});
