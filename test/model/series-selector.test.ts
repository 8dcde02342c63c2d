import { describe, expect, it } from '@jest/globals';
import { parseSelector } from '../../src/model/series-selector.ts';

const series = (name: string, labels: Record<string, string> = {}) => ({
  name,
  labels: new Map(Object.entries(labels)),
});

describe('a selector', () => {
  const hits = series('cache_total', { cache: 'l1', result: 'hit' });
  it.each<[string, boolean]>([
    ['cache_total', true],
    [' cache_total ', true],
    ['cache_tot', false],
    ['cache_total{}', true],
    ['cache_total{result="hit"}', true],
    ['cache_total { result = "hit" , cache="l1", }', true],
    ['cache_total{result="miss"}', false],
    ['cache_total{result="hit",cache="l2"}', false],
    ['cache_total{result!="hit"}', false],
    ['cache_total{result!="miss"}', true],
    ['cache_total{result=~"h.t"}', true],
    ['cache_total{result=~"hi"}', false],
    ['cache_total{result=~"hi|ht"}', false],
    ['cache_total{result=~"miss|hit"}', true],
    ['cache_total{result!~"miss|hit"}', false],
    ['cache_total{result!~"hi"}', true],
    ['cache_total{absent=""}', true],
    ['cache_total{absent!=""}', false],
    ['cache_total{absent=~".*"}', true],
    ['cache_total{absent=~".+"}', false],
    ['cache_total{absent!="x"}', true],
    ['{result="hit"}', true],
    ['{__name__="cache_total"}', true],
    ['{__name__=~"cache_.+",result="hit"}', true],
    ['{__name__=~"pool_.+"}', false],
    ["cache_total{result='hit'}", true],
    ['cache_total{result=`hit`}', true],
    ['cache_total{"result"="hit"}', true],
    ['{"cache_total",result="hit"}', true],
    [String.raw`cache_total{result=~"h\\w+"}`, true],
    [String.raw`cache_total{result="\u0068it"}`, true],
  ])('%s', (text, matches) => {
    expect(parseSelector(text).matches(hits)).toBe(matches);
  });

  it('reads escapes, and dots match every character', () => {
    const odd = series('a', { b: 'x"\\\ny', 'lab.el': '1' });
    expect(parseSelector(String.raw`a{b="x\"\\\ny"}`).matches(odd)).toBe(true);
    expect(parseSelector('a{b=~"x.{3}"}').matches(odd)).toBe(false);
    expect(parseSelector('a{b=~"x.{3}y"}').matches(odd)).toBe(true);
    expect(parseSelector('a{"lab.el"="1"}').matches(odd)).toBe(true);
  });

  it.each([
    ['a{b="c"}', 'a'],
    ['{__name__="a"}', 'a'],
    ['{"my.name"}', 'my.name'],
    ['{__name__=~"a"}', undefined],
    ['{b="c"}', undefined],
  ])('%s has the name %s', (text, name) => {
    expect(parseSelector(text).name).toBe(name);
  });

  it.each([
    ['', 'want a name or a label that may not be empty, got none'],
    ['{}', 'want a name or a label that may not be empty, got none'],
    ['{a=~".*"}', 'want a name or a label that may not be empty, got none'],
    ['1a', 'want a selector such as name{label="value"}, got "1a"'],
    ['a b', 'want a selector such as name{label="value"}, got "b"'],
    ['a{b="c"}[5m]', 'want a selector such as name{label="value"}, got "[5m]"'],
    ['rate(a[5m])', 'want a selector such as name{label="value"}, got "(a[5m])"'],
    ['a{', 'want a label name or }, got its end'],
    ['a{b', 'want =, !=, =~ or !~ after b, got its end'],
    ['a{b}', 'want =, !=, =~ or !~ after b, got "}"'],
    ['a{"b"}', 'want =, !=, =~ or !~ after b, got "}"'],
    ['a{b>1}', 'want =, !=, =~ or !~ after b, got ">1}"'],
    ['a{b=c}', 'want a value in quotes after b=, got "c}"'],
    ['a{b="c}', 'want a value in quotes after b=, got "\\"c}"'],
    ['a{b="c"', 'want , or } after a matcher, got its end'],
    ['a{b="c" d="e"}', 'want , or } after a matcher, got "d=\\"e\\"}"'],
    ['a{b=~"("}', 'want a regular expression, got "("'],
    ['a{b=~"x)(y"}', 'want a regular expression, got "x)(y"'],
    [String.raw`a{b="\d"}`, String.raw`want an escape such as \\ or \", got \d`],
  ])('%j is refused', (text, message) => {
    expect(() => parseSelector(text)).toThrow(
      expect.objectContaining({ message: `selector ${text}: ${message}` }),
    );
  });
});
