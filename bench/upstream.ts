// The MCP server behind every HTTP target: raw sockets and a fixed answer, so that it costs next to nothing.
import net from 'node:net';
import { exitWithParent, listeningPort } from './child-process.ts';
import { answerAroundId, ANSWER_BYTES, initializeResult, TOOLS_RESULT } from './payload.ts';

const ANSWER = answerAroundId();
const SESSION_ID = '0b8f2c1e-5a52-4d6e-9d52-6f0f6f1c7a10';
const CALL_HEAD = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nMcp-Session-Id: ${SESSION_ID}\r\nContent-Length: ${ANSWER_BYTES}\r\n\r\n`;
const STREAM_HEAD = `HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-cache\r\nMcp-Session-Id: ${SESSION_ID}\r\nTransfer-Encoding: chunked\r\n\r\n`;

/** Gap between two events over all streams together, so that each event is measured alone. */
const EVENT_GAP_MS = 2;

interface Message {
  readonly method: string;
  readonly id?: number | string;
  readonly params?: { readonly protocolVersion?: string };
}

const eventStreams = new Set<net.Socket>();

function writeChunk(socket: net.Socket, text: string): void {
  socket.write(`${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`);
}

function openStream(socket: net.Socket, target: string): void {
  socket.write(STREAM_HEAD);
  if (target.includes('stream=quiet')) return;
  writeChunk(socket, ': open\n\n');
  if (!target.includes('stream=events')) return;
  eventStreams.add(socket);
  socket.once('close', () => eventStreams.delete(socket));
}

// One event each time, on the streams in turn: take the first and put it last.
function sendNextEvent(): void {
  for (const socket of eventStreams) {
    eventStreams.delete(socket);
    eventStreams.add(socket);
    const data = `{"method":"notifications/message","params":{"level":"info","data":{"sentNs":"${process.hrtime.bigint()}"}},"jsonrpc":"2.0"}`;
    writeChunk(socket, `event: message\ndata: ${data}\n\n`);
    return;
  }
}

function answerOther(socket: net.Socket, body: string): void {
  const message: Message = JSON.parse(body);
  if (message.id === undefined) {
    socket.write('HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n');
    return;
  }
  const result =
    message.method === 'initialize'
      ? initializeResult(message.params?.protocolVersion ?? '2025-06-18')
      : TOOLS_RESULT;
  const answer = JSON.stringify({ result, jsonrpc: '2.0', id: message.id });
  socket.write(
    `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nMcp-Session-Id: ${SESSION_ID}\r\nContent-Length: ${answer.length}\r\n\r\n${answer}`,
  );
}

function answerCall(socket: net.Socket, body: string): void {
  const idAt = body.lastIndexOf('"id":') + 5;
  const id = Number.parseInt(body.slice(idAt, idAt + 10), 10);
  socket.write(CALL_HEAD + ANSWER.before + id + ANSWER.after, 'latin1');
}

// Decodes a chunked body that is complete, else gives undefined. The benchmark's bodies are plain ASCII.
function chunkedBody(text: string): { body: string; end: number } | undefined {
  let at = 0;
  let body = '';
  for (;;) {
    const lineEnd = text.indexOf('\r\n', at);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(text.slice(at, lineEnd), 16);
    const end = lineEnd + 2 + size + 2;
    if (text.length < end) return undefined;
    if (size === 0) return { body, end };
    body += text.slice(lineEnd + 2, end - 2);
    at = end;
  }
}

/** Serves the first request in `text`; gives the number of characters used, 0 if it is incomplete. */
function serve(socket: net.Socket, text: string): number {
  const headEnd = text.indexOf('\r\n\r\n');
  if (headEnd < 0) return 0;
  const head = text.slice(0, headEnd);
  const bodyAt = headEnd + 4;
  const target = head.slice(head.indexOf(' ') + 1, head.indexOf(' ', head.indexOf(' ') + 1));
  if (head.startsWith('GET ')) {
    if (target.includes('stream=')) openStream(socket, target);
    else socket.write('HTTP/1.1 405 Method Not Allowed\r\nAllow: POST\r\nContent-Length: 0\r\n\r\n');
    return bodyAt;
  }
  const declared = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  let body = '';
  let end = bodyAt;
  if (declared !== undefined) {
    end = bodyAt + Number(declared);
    if (text.length < end) return 0;
    body = text.slice(bodyAt, end);
  } else if (/\r\ntransfer-encoding: *chunked/i.test(head)) {
    const decoded = chunkedBody(text.slice(bodyAt));
    if (decoded === undefined) return 0;
    body = decoded.body;
    end = bodyAt + decoded.end;
  }
  if (body.startsWith('{"method":"tools/call"')) answerCall(socket, body);
  else if (body === '') socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
  else answerOther(socket, body);
  return end;
}

const server = net.createServer({ noDelay: true }, (socket) => {
  let pending = '';
  socket.on('data', (chunk) => {
    pending += chunk.toString('latin1');
    for (let used = serve(socket, pending); used > 0; used = serve(socket, pending)) {
      pending = pending.slice(used);
      if (pending === '') return;
    }
  });
  // A proxy that drops a connection is part of the benchmark.
  socket.on('error', () => socket.destroy());
});

setInterval(sendNextEvent, EVENT_GAP_MS);
exitWithParent();
server.listen({ port: listeningPort(), host: '127.0.0.1', backlog: 4096 });
