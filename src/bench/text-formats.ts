import { wholeBelow } from './random.ts';

const hex = (random: () => number, digits: number): string =>
  Array.from({ length: digits }, () => wholeBelow(random, 16).toString(16)).join('');

/** A day of 2025, so that what is made up is in the past. */
const day = (random: () => number): Date => new Date(Date.UTC(2025, 0, 1 + wholeBelow(random, 365)));

/** Texts of the formats of JSON Schema (2020-12, validation §7.3) that arguments have. */
export const TEXT_FORMATS: Readonly<Record<string, (random: () => number) => string>> = {
  date: (random) => day(random).toISOString().slice(0, 10),
  'date-time': (random) => day(random).toISOString(),
  time: (random) => `${String(wholeBelow(random, 24)).padStart(2, '0')}:30:00Z`,
  duration: (random) => `PT${1 + wholeBelow(random, 59)}M`,
  email: (random) => `user${1 + wholeBelow(random, 1000)}@example.com`,
  'idn-email': (random) => `user${1 + wholeBelow(random, 1000)}@example.com`,
  hostname: (random) => `host${1 + wholeBelow(random, 1000)}.example.com`,
  ipv4: (random) => `192.0.2.${1 + wholeBelow(random, 254)}`,
  ipv6: (random) => `2001:db8::${hex(random, 4)}`,
  uri: (random) => `https://example.com/${1 + wholeBelow(random, 1000)}`,
  url: (random) => `https://example.com/${1 + wholeBelow(random, 1000)}`,
  iri: (random) => `https://example.com/${1 + wholeBelow(random, 1000)}`,
  'uri-reference': (random) => `/items/${1 + wholeBelow(random, 1000)}`,
  uuid: (random) =>
    `${hex(random, 8)}-${hex(random, 4)}-4${hex(random, 3)}-a${hex(random, 3)}-${hex(random, 12)}`,
  'json-pointer': () => '/items/0',
  regex: () => '^a+$',
};
