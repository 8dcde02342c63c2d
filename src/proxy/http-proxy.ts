import http from 'node:http';
import https from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../model/clock.ts';
import type { ObserveExchange } from '../model/exchange.ts';
import { listenOn } from '../model/listen-on.ts';
import { ActiveList } from './active-list.ts';
import { Exchange } from './exchange.ts';
import type { ExchangeContext } from './exchange-context.ts';
import type { OnObserverError } from './observer-guard.ts';
import { PoolRotation } from './pool-rotation.ts';
import { probePeer } from './probe-peer.ts';
import type { ProxySettings } from './settings.ts';
import { Tunnel, wantsTunnel } from './tunnel.ts';

/** Certificate of the listening side; with `ca`, clients must show a certificate of it. All PEM. */
export interface ListenTls {
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
  readonly ca?: string | Buffer;
}

/** What a proxy needs to run. */
export interface ProxyOptions {
  /** Port 0 takes any free one. */
  readonly listen: { readonly host: string; readonly port: number };
  readonly listenTls?: ListenTls;
  /** Asked for each request, so that a reload takes effect with the next one. */
  readonly settings: () => ProxySettings;
  readonly observe?: ObserveExchange;
  /** Is told what an observer threw, once per exchange. */
  readonly onObserverError: OnObserverError;
  readonly clock: Clock;
}

/** A running proxy. */
export interface Proxy {
  readonly address: AddressInfo;
  /** Exchanges and tunnels that have not ended. */
  readonly activeExchanges: () => number;
  readonly upstreamConnections: () => number;
  readonly downstreamConnections: () => number;
  /**
   * Stops: accepts nothing more, lets exchanges end, and cuts what is left after the limit.
   *
   * @param limitMs how long exchanges may take to end
   * @param mayCutStreams asked when only event streams are left, which would never end by themselves:
   * true if no answer is awaited on them, so that they need not hold the stop up
   */
  readonly drain: (limitMs: number, mayCutStreams?: () => boolean) => Promise<void>;
  /** Takes another certificate for connections to come; only with `listenTls`. */
  readonly setTlsContext: (tls: ListenTls) => void;
}

const MAX_HEADER_BYTES = 64 * 1024;
/** Longer than the idle limit of usual clients (5 s to 60 s), so that they, not we, close first. */
const CLIENT_KEEP_ALIVE_MS = 65_000;
/** Limit for a request's head to arrive; there is none for its body. */
const CLIENT_HEAD_TIMEOUT_MS = 60_000;
/** A headers timeout may come this much late. */
const DEADLINE_CHECK_MS = 100;
/** How often a drain looks whether only idle streams are left. */
const DRAIN_LOOK_MS = 100;

/**
 * Starts a transparent reverse proxy for a whole origin (RFC 9110 §3.7).
 *
 * @throws Error `listen 127.0.0.1:8080: address already in use` and the like
 */
export async function startProxy(options: ProxyOptions): Promise<Proxy> {
  const { settings, clock, observe, onObserverError } = options;
  const pools = new PoolRotation(clock);
  const clients = new Map<Socket, Exchange[]>();
  const active = new ActiveList<Exchange | Tunnel>();
  let unsent: Exchange[] = [];
  let draining = false;
  let onIdle: (() => void) | undefined;

  const shared = { clock, observe, onObserverError, draining: () => draining, connect: pools.connect };
  const context: ExchangeContext<Exchange> = {
    ...shared,
    onDone: (exchange) => {
      const pipeline = clients.get(exchange.request.socket);
      pipeline?.splice(pipeline.indexOf(exchange), 1);
      forget(exchange);
    },
  };
  function sendHeads(): void {
    const heads = unsent;
    unsent = [];
    for (const exchange of heads) exchange.sendHead();
  }
  function forget(ended: Exchange | Tunnel): void {
    active.delete(ended);
    // In the next turn node has put the connection back among the idle ones.
    if (draining) setImmediate(() => onIdle?.());
  }
  function forward(request: IncomingMessage, response: ServerResponse): void {
    const exchange = new Exchange(context, request, response, settings());
    active.add(exchange);
    clients.get(request.socket)?.push(exchange);
    if (exchange.start()) return;
    if (unsent.length === 0) setImmediate(sendHeads);
    unsent.push(exchange);
  }

  const server = createServer(options.listenTls);
  server.on('connection', probePeer);
  server.on('request', forward);
  // Both are the upstream's to judge: its 100 or 417 is passed on.
  server.on('checkContinue', forward);
  server.on('checkExpectation', forward);
  if (choosesUpgrades(server)) {
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, early: Buffer) => {
      active.add(new Tunnel({ ...shared, onDone: forget }, request, socket, early, settings()));
    });
  }
  server.on('connect', (_request: IncomingMessage, socket: Duplex) => {
    socket.on('error', () => socket.destroy());
    socket.end(
      'HTTP/1.1 405 Method Not Allowed\r\nAllow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS\r\nConnection: close\r\nContent-Length: 0\r\n\r\n',
    );
  });
  server.on(options.listenTls === undefined ? 'connection' : 'secureConnection', (socket: Socket) => {
    const pipeline: Exchange[] = [];
    clients.set(socket, pipeline);
    socket.on('end', () => {
      for (const exchange of pipeline) exchange.onClientHalfClosed();
    });
    socket.on('close', () => clients.delete(socket));
  });
  // Beneath TLS: a connection that never ends its handshake is known here only.
  const transports = new Set<Socket>();
  if (options.listenTls !== undefined) {
    server.on('connection', (socket: Socket) => {
      transports.add(socket);
      socket.on('close', () => transports.delete(socket));
    });
  }
  const address = await listenOn(server, options.listen);
  // One timer for all: most exchanges end long before their limit.
  const deadlines = setInterval(() => {
    const nowMs = clock.nowMs();
    for (const exchange of active.toArray()) exchange.checkDeadline(nowMs);
  }, DEADLINE_CHECK_MS).unref();

  async function drain(limitMs: number, mayCutStreams = () => false): Promise<void> {
    draining = true;
    let looks: NodeJS.Timeout | undefined;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, limitMs);
      onIdle = () => {
        server.closeIdleConnections();
        // Node counts a connection that has not sent a byte as busy.
        for (const socket of clients.keys()) if (socket.bytesRead === 0) socket.destroy();
        const onlyStreams = active.toArray().every((exchange) => exchange.isEventStream);
        if (active.size > 0 && !(onlyStreams && mayCutStreams())) return;
        clearTimeout(timer);
        resolve();
      };
      // What is awaited on a stream may come without an exchange ending.
      looks = setInterval(onIdle, DRAIN_LOOK_MS);
      onIdle();
    });
    clearInterval(looks);
    for (const exchange of active.toArray()) exchange.cut();
    for (const socket of [...clients.keys(), ...transports]) socket.destroy();
    await closed;
    clearInterval(deadlines);
    pools.destroy();
    // A destroyed socket reports its closing within a turn or two.
    while (clients.size + pools.size > 0) await nextTurn();
  }

  return {
    address,
    activeExchanges: () => active.size,
    upstreamConnections: () => pools.size,
    downstreamConnections: () => clients.size,
    drain,
    setTlsContext: (tls) => {
      if (server instanceof https.Server) server.setSecureContext({ ...tls });
    },
  };
}

/**
 * Whether a server asks for each `Upgrade` if it is to be taken (Node 24.9, 22.21).
 * Older ones hand over every such request once there is a listener, among them
 * the `h2c` that some clients offer with each request: then none is tunnelled,
 * and they are ordinary requests without their `Upgrade` (RFC 9110 §7.8).
 */
export function choosesUpgrades(server: object): boolean {
  return 'shouldUpgradeCallback' in server;
}

function createServer(tls: ListenTls | undefined): http.Server | https.Server {
  const common = {
    maxHeaderSize: MAX_HEADER_BYTES,
    requestTimeout: 0,
    headersTimeout: CLIENT_HEAD_TIMEOUT_MS,
    keepAliveTimeout: CLIENT_KEEP_ALIVE_MS,
    noDelay: true,
    insecureHTTPParser: false,
    shouldUpgradeCallback: wantsTunnel,
  };
  const server =
    tls === undefined
      ? http.createServer(common)
      : https.createServer({
          ...common,
          ...tls,
          requestCert: tls.ca !== undefined,
          rejectUnauthorized: tls.ca !== undefined,
        });
  // Node would drop headers beyond its count without a word; their size is limited anyway.
  server.maxHeadersCount = 0;
  // A client that closed its sending side may still read (documented for net.Server, an option of http.Server without types).
  Object.assign(server, { httpAllowHalfOpen: true });
  return server;
}
