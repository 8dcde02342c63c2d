import type { ProbeKind } from '../model/probe.ts';
import { handshakeProbe } from './handshake-probe.ts';
import { httpProbe } from './http-probe.ts';
import type { RunProbeKind } from './probe-run.ts';
import { promptProbe } from './prompt-probe.ts';
import { resourceProbe } from './resource-probe.ts';
import { sequenceProbe } from './sequence-probe.ts';
import { stdioProbe } from './stdio-probe.ts';
import { toolProbe } from './tool-probe.ts';
import { toolsProbe } from './tools-probe.ts';

/** Every kind of probe. */
export const probeKinds: Readonly<Record<ProbeKind, RunProbeKind>> = {
  handshake: handshakeProbe,
  tools: toolsProbe,
  tool: toolProbe,
  resource: resourceProbe,
  prompt: promptProbe,
  sequence: sequenceProbe,
  http: httpProbe,
  stdio: stdioProbe,
};
