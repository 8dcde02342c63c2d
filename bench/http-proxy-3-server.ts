// http-proxy-3 as its documentation sets it up, with a keep-alive agent.
import http from 'node:http';
import { createProxyServer } from 'http-proxy-3';
import { exitWithParent, listeningPort, upstreamPort } from './child-process.ts';

const agent = new http.Agent({ keepAlive: true });
const proxy = createProxyServer({ target: `http://127.0.0.1:${upstreamPort()}`, agent });
proxy.on('error', (_error, _request, response) => {
  response.destroy();
});
const server = http.createServer((request, response) => {
  proxy.web(request, response);
});
server.requestTimeout = 0;
server.keepAliveTimeout = 60_000;
exitWithParent();
server.listen({ port: listeningPort(), host: '127.0.0.1', backlog: 4096 });
