import { CASE_HEADER } from './exchange-case.ts';
import type { ExchangeCase } from './exchange-case.ts';
import { insertAt } from './header-arbitrary.ts';
import { RawLane } from './raw-lane.ts';
import type { ScriptedUpstream } from './scripted-upstream.ts';
import { assertUnchanged } from './unchanged.ts';

/** Clients that send at the same time. */
const LANES = 8;
let lastNumber = 0;

/**
 * Sends exchanges through a sidecar, on a few connections at once, and compares both ends of each.
 *
 * @param onSent called for each before it is sent
 */
export async function runExchanges(
  port: number,
  upstream: ScriptedUpstream,
  exchanges: readonly ExchangeCase[],
  onSent: () => void,
): Promise<void> {
  const lanes = Array.from({ length: LANES }, (_, i) =>
    runLane(
      port,
      upstream,
      exchanges.filter((__, at) => at % LANES === i),
      onSent,
    ),
  );
  // All lanes end before a failure is reported, so that none disturbs the next run.
  const outcomes = await Promise.allSettled(lanes);
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}

async function runLane(
  port: number,
  upstream: ScriptedUpstream,
  exchanges: readonly ExchangeCase[],
  onSent: () => void,
): Promise<void> {
  const lane = new RawLane(port);
  try {
    for (const exchange of exchanges) {
      const number = String(++lastNumber);
      upstream.expect(number, exchange);
      onSent();
      const received = await lane.exchange(numbered(exchange, number));
      assertUnchanged(exchange, upstream.take(number), received);
    }
  } finally {
    lane.close();
  }
}

const numbered = (exchange: ExchangeCase, number: string): ExchangeCase => ({
  ...exchange,
  request: {
    ...exchange.request,
    headers: insertAt(exchange.request.headers, [[CASE_HEADER, number]], [lastNumber]),
  },
});
