import { startEventStream, type EventStream, type StreamNews } from './event-stream.ts';

/**
 * One connection for all tabs of a browser: over HTTP/1.1 it opens at most six to a server, and the seventh tab would wait
 * for ever. A tab that leaves says so; with the last one the connection ends.
 */
const ports = new Set<MessagePort>();
/** The worker's own file lies in `assets/<hash>/browser/`. */
const root = new URL('../../../', import.meta.url);
let stream: EventStream | undefined;

const tellAll = (news: StreamNews): void => {
  for (const port of ports) port.postMessage(news);
};

function leave(port: MessagePort): void {
  ports.delete(port);
  port.close();
  if (ports.size > 0) return;
  stream?.stop();
  stream = undefined;
}

addEventListener('connect', (event) => {
  const [port] = event instanceof MessageEvent ? event.ports : [];
  if (port === undefined) return;
  ports.add(port);
  port.addEventListener('message', () => {
    leave(port);
  });
  port.start();
  if (stream === undefined) stream = startEventStream(root, tellAll);
  else stream.catchUp((news) => port.postMessage(news));
});
