import type { Socket } from 'node:net';

const AFTER_MS = 60_000;
const EVERY_MS = 15_000;
const PROBES = 8;

/**
 * Has TCP look now and then whether a silent peer is still there, so that one
 * that vanished is found and a quiet stream is kept open in the tables of
 * firewalls. Node's own defaults (a probe a second, ten of them) would end
 * connections in a gap of ten seconds that TCP itself rides out.
 */
export function probePeer(socket: Socket): void {
  // A Node before 24.19 reads the object as `true` and leaves the times to the system.
  socket.setKeepAlive({ enable: true, initialDelay: AFTER_MS, interval: EVERY_MS, count: PROBES });
}
