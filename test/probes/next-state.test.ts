import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { RunOutcome } from '../../src/model/probe-result.ts';
import { initialState, nextState, type Thresholds } from '../../src/probes/next-state.ts';

const outcomes: Readonly<Record<string, RunOutcome>> = { s: 'success', r: 'retried', f: 'failure' };

/** The states after each run, runs as letters: success, retried, failure. */
function statesOf(runs: string, thresholds: Thresholds): string[] {
  let count = initialState;
  return [...runs].map((letter) => {
    count = nextState(count, outcomes[letter] ?? 'failure', thresholds);
    return count.state;
  });
}

describe('the state after runs', () => {
  it.each<[string, number, number, string]>([
    ['s', 1, 1, 'up'],
    ['f', 1, 1, 'down'],
    ['r', 1, 1, 'degraded'],
    ['fff', 3, 1, 'unknown unknown down'],
    ['sffs', 2, 1, 'up up down up'],
    ['sfsfsf', 2, 1, 'up up up up up up'],
    ['ffsss', 2, 3, 'unknown down down down up'],
    ['ffsfss', 2, 2, 'unknown down down down down up'],
    ['srsss', 1, 3, 'up degraded degraded degraded up'],
    ['ffrr', 2, 2, 'unknown down down degraded'],
    ['srf', 2, 1, 'up degraded degraded'],
  ])('%s with thresholds %d and %d', (runs, failureThreshold, successThreshold, wanted) => {
    expect(statesOf(runs, { failureThreshold, successThreshold }).join(' ')).toBe(wanted);
  });
});

const thresholds = fc.record({
  failureThreshold: fc.integer({ min: 1, max: 5 }),
  successThreshold: fc.integer({ min: 1, max: 5 }),
});

describe('any runs', () => {
  it('fewer failures in a row than the threshold never make it down', () => {
    fc.assert(
      fc.property(thresholds, fc.array(fc.constantFrom('s', 'r', 'f')), (limits, runs) => {
        const calm = runs.join('').replaceAll(/f+/g, (all) => all.slice(0, limits.failureThreshold - 1));
        let count = initialState;
        for (const letter of calm) count = nextState(count, outcomes[letter] ?? 'failure', limits);
        expect(count.state).not.toBe('down');
      }),
    );
  });

  it('end down after enough failures, and up after enough successes', () => {
    fc.assert(
      fc.property(thresholds, fc.array(fc.constantFrom('s', 'r', 'f')), (limits, runs) => {
        let count = initialState;
        const go = (letter: string): void => {
          count = nextState(count, outcomes[letter] ?? 'failure', limits);
        };
        for (const letter of runs) go(letter);
        for (let i = 0; i < limits.failureThreshold; i += 1) go('f');
        expect(count.state).toBe('down');
        for (let i = 0; i < limits.successThreshold; i += 1) {
          expect(count.state).toBe('down');
          go('s');
        }
        expect(count.state).toBe('up');
        go('r');
        expect(count.state).toBe('degraded');
      }),
    );
  });
});
