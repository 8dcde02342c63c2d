/** Two figures of the benchmark document that cannot both hold, and which one is used. */
export interface Contradiction {
  readonly what: string;
  /** Both figures, each with the place it stands. */
  readonly figures: string;
  readonly used: string;
}

/** Where the benchmark document contradicts itself; the tables keep every figure as it stands. */
export const documentContradictions: readonly Contradiction[] = [
  {
    what: 'P95, P99 and P99.9 at 850 requests a second',
    figures:
      '120, 280 and 650 ms (Baseline Results); 210, 380 and 820 ms (Sustained Load Test, at the same rate)',
    used: 'Baseline Results, of "simple tool execution". The sustained test has a mix with 10 % complex calls: by the latency baseline some 13 % of its calls are slower than P95 and 2.6 % than P99. The latency alerts begin at 20 % and 5 %, so that this test, which is healthy, raises none.',
  },
  {
    what: 'Cost per million requests',
    figures:
      '$0.65 for 4 vCPUs (Vertical Scaling); $0.065 from its own $0.20 an hour and 850 requests a second (3.06 million an hour)',
    used: 'The price by the hour and the throughput. Every row of the column is ten times what they give.',
  },
  {
    what: 'Best price for the throughput',
    figures:
      '8 vCPUs ("best throughput/cost"); 2 vCPUs by the same table (5,200 against 3,200 requests/s for a dollar an hour)',
    used: 'The table. Only the two tables of prices and throughputs are used, no remark.',
  },
  {
    what: 'Network at 850 requests a second',
    figures:
      '125 Mbit/s in, 180 out (Sustained Load Test); 48 Mbit/s by 2 KB and 5 KB a request (Network Recommendations)',
    used: "The size of a request for planning; the measured rate against the tier's bandwidth for alerts.",
  },
  {
    what: 'Load that a tier is for',
    figures:
      'Small "< 100 req/s", medium "100-500", large "500-2000" (headings); 520, 850 and 1,280 requests a second (expected performance of the same tiers)',
    used: 'The expected performance is the limit that alerts compare with; the headings name the tier that fits a demand, since they leave room for peaks.',
  },
  {
    what: 'Load increase of the spike',
    figures: '"14x" (observations); 20 times offered (100 to 2,000), 14.8 times served (98 to 1,450)',
    used: 'The served rate.',
  },
  {
    what: 'Memory growth of the endurance test',
    figures: '62 MB an hour (observations); 67 MB an hour by the table (1.5 GB in the 23 hours from 1 to 24)',
    used: 'The table.',
  },
  {
    what: 'Optimal batch size',
    figures: '100 items ("best throughput/latency balance"); 500 items handle twice as many items a second',
    used: '100: a call of process_batch whose size is not known is held against it.',
  },
];
