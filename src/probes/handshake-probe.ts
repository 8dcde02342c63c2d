import { openSession } from './mcp-session.ts';
import { ProbeFailure } from './probe-failure.ts';
import type { RunProbeKind } from './probe-run.ts';

/** Agrees on a version with the server, by the era that the probe names, and looks at what it declares. */
export const handshakeProbe: RunProbeKind = async (run) => {
  const { definition, findings } = run;
  const { client } = await openSession(run, definition.target);
  if (definition.check.kind !== 'handshake') return;
  const { protocolVersion, capabilities, serverName } = definition.check;
  if (protocolVersion !== undefined && findings.protocolVersion !== protocolVersion) {
    throw new ProbeFailure(
      'assertion',
      `protocol version: want ${protocolVersion}, got ${findings.protocolVersion ?? 'none'}`,
    );
  }
  const declared = Object.keys(client.getServerCapabilities() ?? {});
  const missing = capabilities.filter((each) => !declared.includes(each));
  if (missing.length > 0) {
    const got = declared.length === 0 ? 'none' : declared.join(', ');
    throw new ProbeFailure('assertion', `capabilities: want ${missing.join(', ')}, got ${got}`);
  }
  const name = client.getServerVersion()?.name ?? '';
  if (serverName !== undefined && !serverName.test(name)) {
    throw new ProbeFailure(
      'assertion',
      `server name: want ${String(serverName)}, got ${JSON.stringify(name)}`,
    );
  }
};
