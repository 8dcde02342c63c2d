import type { Config, HostHeader } from './config.ts';
import type { FileContents } from './read-secrets.ts';
import type { Settings } from './schema.ts';
import { clientTls, toDatabase, toSources } from './to-backends.ts';
import { toServer } from './to-server.ts';
import { toDetect } from './to-detect.ts';
import { toDetectors, toState } from './to-detectors.ts';
import { toProbes } from './to-probes.ts';

function hostHeader(text: string): HostHeader {
  return text === 'preserve' || text === 'upstream' ? text : { fixed: text };
}

/** Puts the read settings and the contents of their files into the shape the rest of the program takes. */
export function toConfig(settings: Settings, files: FileContents, shown: Config['shown']): Config {
  const { instance, upstream, listen, admin, tap, page, log } = settings;
  const { resumeTimeout, parkedAfter, sessionIdleTimeout, batchTools, ...limits } = tap;
  const token = files.secrets.get('admin.token');
  const database = toDatabase(settings, files);
  const state = toState(settings);
  return {
    instance,
    upstream: {
      ...(upstream.url === undefined ? {} : { url: upstream.url }),
      tls: clientTls(files.upstreamTls, upstream.tls),
      connectTimeoutMs: upstream.connectTimeout,
      headersTimeoutMs: upstream.headersTimeout,
      keepAliveMs: upstream.keepAlive,
      hostHeader: hostHeader(upstream.hostHeader),
    },
    listen: {
      address: listen.address,
      ...(files.listenTls && { tls: files.listenTls }),
      via: listen.via,
      xForwarded: listen.xForwarded,
      drainTimeoutMs: listen.drainTimeout,
    },
    admin: { address: admin.address, ...(token && { token }) },
    tap: {
      ...limits,
      resumeTimeoutMs: resumeTimeout,
      parkedAfterMs: parkedAfter,
      sessionIdleTimeoutMs: sessionIdleTimeout,
      batchTools: new Map(Object.entries(batchTools)),
    },
    ...(database && { database }),
    sources: toSources(settings, files),
    server: toServer(settings),
    baseline: settings.baseline.file === undefined ? {} : { file: settings.baseline.file },
    detectors: toDetectors(settings),
    ...(state && { state }),
    detect: toDetect(settings, files),
    probes: toProbes(settings),
    page: {
      historyMs: page.history,
      historySeries: page.historySeries,
      updateIntervalMs: page.updateInterval,
      maxListeners: page.maxListeners,
      sessionLifetimeMs: page.sessionLifetime,
      hosts: page.hosts,
    },
    log,
    shown,
  };
}
