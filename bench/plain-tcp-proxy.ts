// The plainest TCP proxy that Node makes: two sockets and pipe() both ways, nothing is looked at.
import net from 'node:net';
import { exitWithParent, listeningPort, upstreamPort } from './child-process.ts';

const upstream = { host: '127.0.0.1', port: upstreamPort(), noDelay: true, allowHalfOpen: true };
const server = net.createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
  const database = net.connect(upstream);
  client.on('error', () => database.destroy());
  database.on('error', () => client.destroy());
  client.pipe(database).pipe(client);
});
exitWithParent();
server.listen({ port: listeningPort(), host: '127.0.0.1', backlog: 4096 });
