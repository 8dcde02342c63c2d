import { createServer } from 'node:http';
import { runChildProgram } from './child-program.ts';
import type { RunningChild } from './child-program.ts';
import { listenOnLoopback } from './listen-on-loopback.ts';

/** Shares of answers that fail; the document has 0.5 % of calls time out. */
const timeoutShare = 0.005;
const failureShare = 0.003;

function standardNormal(): number {
  return Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
}

/** Log-normal on top of a floor, as remote services have it: median 570 ms, P99 about 770 ms. */
function latencyMs(): number {
  return 420 + Math.exp(5 + 0.35 * standardNormal());
}

function forecast(city: string): object {
  const warmth = 8 + (city.length % 7) * 3;
  return {
    city,
    observedAt: new Date().toISOString(),
    hourly: Array.from({ length: 48 }, (_, hour) => ({
      hour,
      celsius: Number((warmth + 6 * Math.sin((hour - 8) / 3.8) + standardNormal()).toFixed(1)),
      windKmh: Number(Math.abs(12 + 5 * standardNormal()).toFixed(1)),
      rainMm: Number(Math.max(0, standardNormal() - 1).toFixed(1)),
    })),
  };
}

/** Starts the weather service that the demo's `fetch_weather` calls, on a free port; every answer takes its time. */
async function startWeatherService(): Promise<RunningChild> {
  const server = createServer((request, response) => {
    const city = new URL(request.url ?? '/', 'http://weather.test').searchParams.get('city') ?? '';
    const luck = Math.random();
    // Never answered: the caller's own timeout has to end it.
    if (luck < timeoutShare) return;
    setTimeout(() => {
      if (luck < timeoutShare + failureShare) {
        response.writeHead(503, { 'retry-after': '1' }).end('overloaded');
        return;
      }
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(forecast(city)));
    }, latencyMs());
  });
  const listening = await listenOnLoopback(server, Number(process.env['WEATHER_PORT'] ?? 0));
  return { ready: { url: listening.origin }, stop: listening.close };
}

await runChildProgram(startWeatherService);
