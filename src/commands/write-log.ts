import type { Log, LogLevel } from '../model/log.ts';

const ORDER: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

/** What is logged and how; asked for each line, so that a reload takes effect at once. */
export type LogSettings = () => { readonly level: LogLevel; readonly format: 'text' | 'json' };

/** A log that writes one line each: `time level message key=value`, or JSON. */
export function createLog(stream: NodeJS.WritableStream, settings: LogSettings): Log {
  return (level, message, fields = {}) => {
    const { level: least, format } = settings();
    if (ORDER.indexOf(level) < ORDER.indexOf(least)) return;
    const time = new Date().toISOString();
    if (format === 'json') {
      stream.write(`${JSON.stringify({ time, level, message, ...fields })}\n`);
      return;
    }
    const pairs = Object.entries(fields).map(([key, value]) => ` ${key}=${JSON.stringify(value)}`);
    // A message may quote what came from outside: it must not break the line.
    stream.write(`${time} ${level.padEnd(5)} ${message.replaceAll(/[\r\n]+/g, ' ')}${pairs.join('')}\n`);
  };
}
