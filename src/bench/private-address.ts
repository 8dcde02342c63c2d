import { BlockList, isIPv6 } from 'node:net';

const own = new BlockList();
// Loopback, private use and link-local: RFC 1122, 1918, 3927; carriers' (RFC 6598) is what clusters use inside.
own.addSubnet('127.0.0.0', 8, 'ipv4');
own.addSubnet('10.0.0.0', 8, 'ipv4');
own.addSubnet('172.16.0.0', 12, 'ipv4');
own.addSubnet('192.168.0.0', 16, 'ipv4');
own.addSubnet('169.254.0.0', 16, 'ipv4');
own.addSubnet('100.64.0.0', 10, 'ipv4');
// RFC 4291 (loopback, link-local) and 4193 (unique local).
own.addAddress('::1', 'ipv6');
own.addSubnet('fe80::', 10, 'ipv6');
own.addSubnet('fc00::', 7, 'ipv6');

/** Whether an address is of this machine or a private network: load on it is nobody else's. */
export const isPrivateAddress = (address: string): boolean => {
  // An IPv4 address in the clothes of IPv6 (RFC 4291 §2.5.5.2) is looked at as what it is.
  const inner = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (inner !== undefined) return own.check(inner, 'ipv4');
  return own.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
};

/** Whether an address is of this machine itself. */
export const isLoopbackAddress = (address: string): boolean =>
  address === '::1' || /^(::ffff:)?127\./i.test(address);
