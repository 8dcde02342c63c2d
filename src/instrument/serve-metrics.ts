import type { Exposition } from '../metrics/exposition.ts';
import { membersOf, textOf } from './json-message.ts';

/** A response of Express or of node:http, as far as it is touched. */
export interface MetricsResponse {
  statusCode: number;
  setHeader(name: string, value: string): unknown;
  end(body?: string): unknown;
}

/** Handler of `GET /metrics` for Express 4 and 5, and for node:http. */
export type MetricsHandler = (
  request: unknown,
  response: MetricsResponse,
  next?: (error?: unknown) => void,
) => Promise<void>;

/** Makes the handler; an exposition that fails goes to `next`, or is answered with 500 where there is none. */
export const serveMetrics =
  (expose: (accept?: string) => Promise<Exposition>): MetricsHandler =>
  async (request, response, next) => {
    try {
      const accept = textOf(membersOf(membersOf(request)?.['headers'])?.['accept']);
      const { contentType, body } = await expose(accept);
      response.setHeader('content-type', contentType);
      response.setHeader('vary', 'accept');
      response.end(body);
    } catch (error) {
      if (next) {
        next(error);
        return;
      }
      response.statusCode = 500;
      response.end();
    }
  };
