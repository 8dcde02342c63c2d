// Preloaded into supergateway, which has no option for the address: it would listen on all of them.
import net from 'node:net';

const { prototype } = net.Server;

Object.defineProperty(prototype, 'listen', {
  // eslint-disable-next-line typescript/unbound-method -- the wrapper passes `this` on
  value: new Proxy(prototype.listen, {
    apply: (listen, server, args: unknown[]) => {
      const [port, ...rest] = args;
      const bare = typeof port === 'number' && typeof rest[0] !== 'string';
      return Reflect.apply(listen, server, bare ? [port, '127.0.0.1', ...rest] : args);
    },
  }),
});
