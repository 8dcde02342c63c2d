import { describe, expect, it, test } from '@jest/globals';
import { expositionFormat, parseExposition } from '../../src/sources/exposition-parser.ts';
import type { ExpositionFormat } from '../../src/sources/exposition-sample.ts';

const all = (): boolean => true;

/** `name`, labels and value of each series. */
const parse = (text: string, format: ExpositionFormat = 'text') =>
  parseExposition(text, format, all).map(({ name, labels, value }) => [
    name,
    Object.fromEntries(labels),
    value,
  ]);

describe('a sample line', () => {
  it.each<[string, string, unknown[]]>([
    ['no labels', 'up 1\n', ['up', {}, 1]],
    ['empty braces', 'up{} 1\n', ['up', {}, 1]],
    ['a label', 'up{a="b"} 1\n', ['up', { a: 'b' }, 1]],
    ['a comma after the last label', 'up{a="b",c="d",} 1\n', ['up', { a: 'b', c: 'd' }, 1]],
    ['blanks everywhere', ' up { a = "b" , c="d" } \t 1 \n', ['up', { a: 'b', c: 'd' }, 1]],
    ['tabs', 'up\t{a="b"}\t1\t1700000000000\n', ['up', { a: 'b' }, 1]],
    ['no blank before the value', 'up{a="b"}1\n', ['up', { a: 'b' }, 1]],
    ['CRLF', 'up{a="b"} 1\r\n', ['up', { a: 'b' }, 1]],
    ['no end of the last line', 'up 1', ['up', {}, 1]],
    ['a timestamp', 'up 1 1700000000000\n', ['up', {}, 1]],
    ['a timestamp before 1970', 'up 1 -5\n', ['up', {}, 1]],
    ['colons in a name', 'job:up:sum 1\n', ['job:up:sum', {}, 1]],
    ['escapes', 'up{a="x\\\\y\\"z\\nw"} 1\n', ['up', { a: 'x\\y"z\nw' }, 1]],
    ['an unknown escape', 'up{a="C:\\dir"} 1\n', ['up', { a: 'C:\\dir' }, 1]],
    ['braces, commas and # in a value', 'up{a="{x},#="} 1\n', ['up', { a: '{x},#=' }, 1]],
    ['UTF-8 in a value', 'up{a="größe 🐘"} 1\n', ['up', { a: 'größe 🐘' }, 1]],
    ['an empty label', 'up{a="",b="c"} 1\n', ['up', { b: 'c' }, 1]],
    ['a label of an object', 'up{__proto__="x"} 1\n', ['up', Object.fromEntries([['__proto__', 'x']]), 1]],
    ['a quoted name', '{"my.name"} 1\n', ['my.name', {}, 1]],
    ['a quoted name with labels', '{"my.name", a="b"} 1\n', ['my.name', { a: 'b' }, 1]],
    ['a quoted label', 'up{"lab.el"="b"} 1\n', ['up', { 'lab.el': 'b' }, 1]],
    ['a quoted name with escapes', '{"my \\"name\\"","l\\\\l"="b"} 1\n', ['my "name"', { 'l\\l': 'b' }, 1]],
  ])('%s', (_, line, wanted) => {
    expect(parse(line)).toEqual([wanted]);
  });

  it.each<[string, number]>([
    ['0', 0],
    ['-1.5', -1.5],
    ['+3', 3],
    ['.5', 0.5],
    ['5.', 5],
    ['1e3', 1000],
    ['1.5E-07', 1.5e-7],
    ['NaN', NaN],
    ['nan', NaN],
    ['+Inf', Infinity],
    ['Inf', Infinity],
    ['-Inf', -Infinity],
    ['-inf', -Infinity],
    ['Infinity', Infinity],
    ['9007199254740993', 9007199254740992],
  ])('has the value %s', (text, value) => {
    expect(parse(`up ${text}\n`)).toEqual([['up', {}, value]]);
  });
});

test('comments, help with anything in it and blank lines are read over', () => {
  const page = '# HELP up Is "it" {up}?\r\n# TYPE up gauge\n#\n\n   \n# up 5\n\t# EOF\nup 1\n#no newline';
  expect(parse(page)).toEqual([['up', {}, 1]]);
});

test('an empty page has no series', () => {
  expect(parse('')).toEqual([]);
});

test('of a series that comes twice the last stands, whatever the order of its labels', () => {
  expect(parse('up{a="1",b="2"} 1\nup{b="2",a="1"} 2\n')).toEqual([['up', { a: '1', b: '2' }, 2]]);
});

test('labels that only look alike are two series', () => {
  expect(parse('up{a="1,b=2"} 1\nup{a="1",b="2"} 2\n')).toHaveLength(2);
});

test('only what is wanted becomes an object, but every line is checked', () => {
  const page = 'one{a="1"} 1\ntwo{a="1"} 2\n{"my.name"} 3\n';
  expect(parseExposition(page, 'text', (name) => name === 'two').map(({ value }) => value)).toEqual([2]);
  expect(parseExposition(page, 'text', (name) => name === 'my.name').map(({ value }) => value)).toEqual([3]);
  expect(() => parseExposition(`${page}three x\n`, 'text', (name) => name === 'two')).toThrow('line 4');
});

describe('OpenMetrics', () => {
  it('has exemplars, times in seconds, _created and an end', () => {
    const page = [
      '# TYPE calls counter',
      '# UNIT calls calls',
      'calls_total{a="b"} 17 1700000000.125 # {trace_id="a}#\\"b"} 0.67 1700000000.1',
      'calls_created{a="b"} 1.7e9',
      '# TYPE size histogram',
      'size_bucket{le="1"} 2 # {} 0.5',
      'size_bucket{le="+Inf"} 3 # {x="y",} +Inf',
      '# EOF',
    ].join('\n');
    const wanted = [
      ['calls_total', { a: 'b' }, 17],
      ['calls_created', { a: 'b' }, 1.7e9],
      ['size_bucket', { le: '1' }, 2],
      ['size_bucket', { le: '+Inf' }, 3],
    ];
    expect(parse(page, 'openmetrics')).toEqual(wanted);
    expect(parse(`${page}\n`, 'openmetrics')).toEqual(wanted);
    expect(parse(`${page.replaceAll('\n', '\r\n')}\r\n\n`, 'openmetrics')).toEqual(wanted);
  });

  it.each([
    ['up 1\n', 'line 2: want # EOF, got the end of the page'],
    ['up 1\n# EOFX\n', 'line 3: want # EOF, got the end of the page'],
    ['', 'line 1: want # EOF, got the end of the page'],
    ['up 1\n# EOF\nup 2\n', 'line 3: want nothing after # EOF, got "up"'],
    ['up 1 # x\n# EOF\n', 'line 1: want the labels of an exemplar, got "x"'],
    ['up 1 # {a="b"}\n# EOF\n', 'line 1: want the value of an exemplar, got the end of the line'],
    ['up 1 # {a="b"} 1 2 3\n# EOF\n', 'line 1: want the end of the line, got "3"'],
    ['up 1 # {"a"} 1\n# EOF\n', 'line 1: want = after a label name, got "}"'],
  ])('refuses %j', (page, message) => {
    expect(() => parse(page, 'openmetrics')).toThrow(new Error(message));
  });
});

describe('a malformed page', () => {
  it.each([
    ['<!DOCTYPE html>\n<html>', 'line 1: want a metric name, got "<!DOCTYPE"'],
    ['\n\n  <html>', 'line 3: want a metric name, got "<html>"'],
    ['{"status":"ok"}', 'line 1: want , or } after a label, got ":\\"ok\\"}"'],
    ['OK', 'line 1: want a space or { after the metric name, got the end of the page'],
    ['OK\n', 'line 1: want a space or { after the metric name, got the end of the line'],
    ['Not Found\n', 'line 1: want a value, got "Found"'],
    ['up 1\nup abc\n', 'line 2: want a value, got "abc"'],
    ['up \n', 'line 1: want a value, got the end of the line'],
    ['up 1x\n', 'line 1: want a value, got "1x"'],
    ['up 0x10\n', 'line 1: want a value, got "0x10"'],
    ['up 1_000\n', 'line 1: want a value, got "1_000"'],
    ['up 1,5\n', 'line 1: want a value, got "1,5"'],
    ['up e\n', 'line 1: want a value, got "e"'],
    ['up 1 x\n', 'line 1: want a timestamp or the end of the line, got "x"'],
    ['up 1 NaN\n', 'line 1: want a timestamp or the end of the line, got "NaN"'],
    ['up 1 2 3\n', 'line 1: want the end of the line, got "3"'],
    ['up 1 # {a="b"} 1\n', 'line 1: want a timestamp or the end of the line, got "#"'],
    ['up-time 1\n', 'line 1: want a space or { after the metric name, got "-time"'],
    ['1up 1\n', 'line 1: want a metric name, got "1up"'],
    ['größe 1\n', 'line 1: want a space or { after the metric name, got "öße"'],
    ['up{a} 1\n', 'line 1: want = after a label name, got "}"'],
    ['up{a=} 1\n', 'line 1: want a label value in double quotes, got "}"'],
    ["up{a='b'} 1\n", 'line 1: want a label value in double quotes, got "\'b\'}"'],
    ['up{a="b" c="d"} 1\n', 'line 1: want , or } after a label, got "c=\\"d\\"}"'],
    ['up{a="b"\n', 'line 1: want , or } after a label, got the end of the line'],
    ['up{a="b",\n', 'line 1: want a label name, got the end of the line'],
    ['up{,} 1\n', 'line 1: want a label name, got ",}"'],
    ['up{a:b="c"} 1\n', 'line 1: want = after a label name, got ":b=\\"c\\"}"'],
    ['up{a="b\n"} 1\n', 'line 1: want a closing quote, got the end of the line'],
    ['up{a="b\\\n"} 1\n', 'line 1: want a closing quote, got the end of the line'],
    ['up{a="b\\', 'line 1: want a closing quote, got the end of the line'],
    ['up{a="1",a="2"} 1\n', 'line 1: want each label once, got "a" again'],
    ['up{"a"} 1\n', 'line 1: want = after a label name, got "}"'],
    ['{} 1\n', 'line 1: want a metric name in the braces, got none'],
    ['{a="b"} 1\n', 'line 1: want a metric name in the braces, got none'],
    ['{a="b","my.name"} 1\n', 'line 1: want = after a label name, got "}"'],
    ['{"one","two"} 1\n', 'line 1: want = after a label name, got "}"'],
    [`up ${'x'.repeat(100)}\n`, `line 1: want a value, got "${'x'.repeat(40)}"`],
  ])('%j', (page, message) => {
    expect(() => parse(page)).toThrow(new Error(message));
  });
});

describe('the format of a Content-Type', () => {
  it.each([
    ['text/plain; version=0.0.4; charset=utf-8', 'text'],
    ['text/plain', 'text'],
    ['TEXT/PLAIN;version=0.0.4', 'text'],
    [undefined, 'text'],
    ['', 'text'],
    ['application/octet-stream', 'text'],
    ['application/openmetrics-text; version=1.0.0; charset=utf-8', 'openmetrics'],
    ['text/html; charset=utf-8', undefined],
    ['application/json', undefined],
    [
      'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited',
      undefined,
    ],
  ])('%j is %s', (contentType, format) => {
    expect(expositionFormat(contentType)).toBe(format);
  });
});
