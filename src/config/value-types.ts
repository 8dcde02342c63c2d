import { validate as isCronExpression } from 'node-cron';
import { z } from 'zod';
import { parseSelector } from '../model/series-selector.ts';
import { parseTargetPattern } from '../model/target-pattern.ts';
import { parseAddress } from './address.ts';
import { parseDuration } from './duration.ts';
import { parseOrigin } from './origin.ts';
import { parseHttpUrl, parsePostgresUrl, parseRedisUrl } from './backend-url.ts';
import { parseSize } from './size.ts';

// In this file an error text is what was wanted; the loader puts the place before it and what came after it.

function parsed<T>(wanted: string, parse: (text: string) => T | undefined) {
  return z.string({ error: wanted }).transform((text, context): T => {
    const value = parse(text);
    if (value !== undefined) return value;
    context.issues.push({ code: 'custom', message: wanted, input: text });
    return z.NEVER;
  });
}

/** A duration above zero, read to milliseconds. */
export const duration = () =>
  parsed('a duration such as 500ms, 10s or 5m', (text) => parseDuration(text) || undefined);

/** A duration that may be zero, read to milliseconds. */
export const durationOrZero = () => parsed('a duration such as 0s, 500ms, 10s or 5m', parseDuration);

/** A duration above zero or `off`, read to milliseconds with 0 for off. */
export const durationOrOff = () =>
  parsed('a duration such as 500ms, 10s, 5m or off', (text) =>
    text === 'off' ? 0 : parseDuration(text) || undefined,
  );

/** A size within limits (bytes), read to bytes. */
export const size = (least: { bytes: number; text: string }, most: { bytes: number; text: string }) =>
  parsed(`a size such as 64KiB, 1MiB or 5MB, from ${least.text} to ${most.text}`, (text) => {
    const bytes = parseSize(text);
    return bytes !== undefined && bytes >= least.bytes && bytes <= most.bytes ? bytes : undefined;
  });

/** An address to listen on. */
export const address = () =>
  parsed('an address such as 127.0.0.1:8080, 0.0.0.0:8080 or [::1]:8080, port from 0 to 65535', parseAddress);

/** The address of a server to connect to. */
export const peerAddress = () =>
  parsed('an address such as db:5432, 127.0.0.1:5432 or [::1]:5432', (text) => {
    const peer = parseAddress(text);
    return peer === undefined || peer.port === 0 ? undefined : peer;
  });

/** A duration between two others, read to milliseconds. */
export const durationWithin = (least: string, most: string) => {
  const [leastMs = 0, mostMs = Infinity] = [parseDuration(least), parseDuration(most)];
  return parsed(`a duration from ${least} to ${most}`, (text) => {
    const ms = parseDuration(text);
    return ms !== undefined && ms >= leastMs && ms <= mostMs ? ms : undefined;
  });
};

/** How often something is read: not so often that reading is a load of its own. */
export const intervalDuration = () =>
  parsed('a duration from 1s to 1h, such as 15s', (text) => {
    const ms = parseDuration(text);
    return ms !== undefined && ms >= 1000 && ms <= 3_600_000 ? ms : undefined;
  });

/** How often a probe runs. */
export const probeInterval = () =>
  parsed('a duration from 1s to 24h, such as 30s', (text) => {
    const ms = parseDuration(text);
    return ms !== undefined && ms >= 1000 && ms <= 86_400_000 ? ms : undefined;
  });

/** Where a probe goes: a URL, or a path of the upstream. */
export const probeUrl = () =>
  parsed('a URL such as http://host:8000/mcp without user and fragment, or a path such as /mcp', (text) =>
    /^\/(?!\/)[^\s#\\]*$/.test(text) ? text : parseHttpUrl(text),
  );

/** URLs that a probe may be sent to. */
export const targetPattern = () =>
  parsed('a URL such as http://*.example.com:8000/mcp, without user, query and fragment', (text) =>
    parseTargetPattern(text) === undefined ? undefined : text,
  );

/** A cron expression of five fields, or of six with seconds first. */
export const cronExpression = () =>
  text('a cron expression such as "*/5 * * * *", or with seconds "*/10 * * * * *"', /^[^\n]+$/).refine(
    isCronExpression,
    { error: 'a cron expression such as "*/5 * * * *", or with seconds "*/10 * * * * *"' },
  );

/** The name of a time zone. */
export const timeZone = () =>
  parsed('a time zone such as Europe/Berlin', (name) => {
    try {
      return new Intl.DateTimeFormat('en-US', { timeZone: name }).resolvedOptions().timeZone && name;
    } catch {
      return undefined;
    }
  });

/** A moment in time, read to Unix time in milliseconds. */
export const instant = () =>
  parsed('a time such as 2026-12-24T18:00:00Z', (text) => {
    const ms = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)$/.test(text)
      ? Date.parse(text)
      : Number.NaN;
    return Number.isNaN(ms) ? undefined : ms;
  });

/** A regular expression as it was written, with `s` (a point matches a line feed too). */
export const expression = () =>
  parsed('a regular expression of JavaScript', (source) => {
    try {
      return source === '' ? undefined : new RegExp(source, 's');
    } catch {
      return undefined;
    }
  });

const noPassword = 'without query and password (a password comes from a variable or a file)';

/** The URL of a PostgreSQL server. */
export const postgresUrl = () =>
  parsed(`a URL such as postgres://user@host:5432/database, ${noPassword}`, parsePostgresUrl);

/** The URL of a Redis server. */
export const redisUrl = () =>
  parsed(`a URL such as redis://host:6379 or rediss://user@host:6380/0, ${noPassword}`, parseRedisUrl);

/** The URL of something served over HTTP. */
export const httpUrl = () =>
  parsed('a URL such as http://host:8000/metrics, without user and fragment', parseHttpUrl);

/** Value of a label. */
export const labelValue = () =>
  text('a label value of at most 63 letters, digits, _, -, . or :', /^[A-Za-z0-9_.:-]{1,63}$/);

/** A selector of series, as it was written. */
export const selector = () =>
  parsed('a selector of series such as cache_hits_total{cache="l1"}', (source) => {
    try {
      return parseSelector(source).text;
    } catch {
      return undefined;
    }
  });

/** A selector of the series of one metric, as it was written. */
export const namedSelector = () =>
  parsed('a selector with the name of a metric such as mcp_streams_open{kind="get"}', (source) => {
    try {
      const { name, text: written } = parseSelector(source);
      return name === undefined ? undefined : written;
    } catch {
      return undefined;
    }
  });

/** The origin of an upstream. */
export const origin = () =>
  parsed('an origin such as http://127.0.0.1:8000, without path, query or user', parseOrigin);

/** A whole number within limits. */
export const count = (least: number, most: number) => {
  const error = `a whole number from ${least} to ${most}`;
  return z.int({ error }).min(least, { error }).max(most, { error });
};

/** A number above zero. */
export const positive = (most: number) => {
  const error = `a number above 0, at most ${most}`;
  return z.number({ error }).gt(0, { error }).max(most, { error });
};

/** A share that is neither nothing nor everything. */
export const share = () => {
  const error = 'a share above 0 and below 1, such as 0.999';
  return z.number({ error }).gt(0, { error }).lt(1, { error });
};

/** True or false. */
export const toggle = () => z.boolean({ error: 'true or false' });

/** One of a few words. */
export const choice = <const Words extends readonly [string, string, ...string[]]>(words: Words) =>
  z.enum(words, { error: `${words.slice(0, -1).join(', ')} or ${words.at(-1)}` });

/** Text of one line that matches a pattern. */
export const text = (wanted: string, pattern: RegExp) =>
  z.string({ error: wanted }).regex(pattern, { error: wanted });

/** The path of a file; whether it can be read is looked at when it is loaded. */
export const filePath = (wanted = 'the path of a file') => text(wanted, /^[^\0\n]+$/);

/** A regular expression, compiled to ignore case. */
export const pattern = () =>
  parsed('a regular expression of JavaScript', (source) => {
    try {
      // A line feed matches nothing here: what patterns are held against is one line.
      return source === '' || source.includes('\n') ? undefined : new RegExp(source, 'i');
    } catch {
      return undefined;
    }
  });
