/** What a contradiction matters for. */
export type ContradictionTopic =
  'alerts' | 'cost' | 'network' | 'tiers' | 'database' | 'autoscaling' | 'tools';

/** Two figures of the benchmark document that cannot both hold, and which one is used. */
export interface Contradiction {
  readonly topic: ContradictionTopic;
  readonly what: string;
  /** Both figures, each with the place it stands. */
  readonly figures: string;
  readonly used: string;
}

/** Where the benchmark document contradicts itself; the tables keep every figure as it stands. */
export const documentContradictions: readonly Contradiction[] = [
  {
    topic: 'alerts',
    what: 'P95, P99 and P99.9 at 850 requests a second',
    figures:
      '120, 280 and 650 ms (Baseline Results); 210, 380 and 820 ms (Sustained Load Test, at the same rate)',
    used: 'Baseline Results, of "simple tool execution". The sustained test has a mix with 10 % complex calls: by the latency baseline some 13 % of its calls are slower than P95 and 2.6 % than P99. The latency alerts begin at 20 % and 5 %, so that this test, which is healthy, raises none.',
  },
  {
    topic: 'cost',
    what: 'Cost per million requests',
    figures:
      '$0.65 for 4 vCPUs (Vertical Scaling); $0.065 from its own $0.20 an hour and 850 requests a second (3.06 million an hour)',
    used: 'The price by the hour and the throughput. Every row of the column is ten times what they give.',
  },
  {
    topic: 'cost',
    what: 'Best price for the throughput',
    figures:
      '8 vCPUs ("best throughput/cost"); 2 vCPUs by the same table (5,200 against 3,200 requests/s for a dollar an hour)',
    used: 'The table. Only the two tables of prices and throughputs are used, no remark.',
  },
  {
    topic: 'network',
    what: 'Network at 850 requests a second',
    figures:
      '125 Mbit/s in, 180 out (Sustained Load Test); 48 Mbit/s by 2 KB and 5 KB a request (Network Recommendations)',
    used: "The size of a request for planning; the measured rate against the tier's bandwidth for alerts.",
  },
  {
    topic: 'tiers',
    what: 'Load that a tier is for',
    figures:
      'Small "< 100 req/s", medium "100-500", large "500-2000" (headings); 520, 850 and 1,280 requests a second (expected performance of the same tiers)',
    used: 'The expected performance is the limit that alerts compare with; the headings name the tier that fits a demand, since they leave room for peaks.',
  },
  {
    topic: 'alerts',
    what: 'Load increase of the spike',
    figures: '"14x" (observations); 20 times offered (100 to 2,000), 14.8 times served (98 to 1,450)',
    used: 'The served rate.',
  },
  {
    topic: 'alerts',
    what: 'Memory growth of the endurance test',
    figures: '62 MB an hour (observations); 67 MB an hour by the table (1.5 GB in the 23 hours from 1 to 24)',
    used: 'The table.',
  },
  {
    topic: 'tools',
    what: 'Optimal batch size',
    figures: '100 items ("best throughput/latency balance"); 500 items handle twice as many items a second',
    used: '100: a call of process_batch whose size is not known is held against it.',
  },
  {
    topic: 'cost',
    what: 'Cost of the smallest tier',
    figures:
      '"~$50/month" with database and cache (Tier 1); $73 for its instance alone, at $0.10 an hour (Vertical Scaling)',
    used: 'The price by the hour for instances. The cost of a tier is shown beside it, as an estimate of the whole.',
  },
  {
    topic: 'tiers',
    what: 'P99 and throughput of the largest tier',
    figures:
      '220 ms and up to 7,000 requests/s for 4 to 8 instances of 4 vCPUs (Tier 4); 290 to 310 ms and up to 6,480 for the same instances (Horizontal Scaling)',
    used: 'Horizontal Scaling for planning; the tier for its limits of users, database, cache and network.',
  },
  {
    topic: 'database',
    what: 'Connections of one instance',
    figures:
      '"100 connections max" (Standard Configuration); 140 at peaks, 4 workers × (25 + 10) (Connection Pool Tuning)',
    used: 'Both: a plan counts 140 for an instance of 4 workers, and says when the database does not take them.',
  },
  {
    topic: 'autoscaling',
    what: 'CPU by load',
    figures:
      '65 % at 850 requests/s for an instance (Baseline Results); 58 % at 250, 77 % at 429 (time line of Auto-Scaling Performance)',
    used: 'Baseline Results for planning, where the metric of requests decides. The simulation takes the time line, since its 7 instances come out of nothing else: for 3,000 requests/s its metric of requests asks for 4, and the CPU of Baseline Results for no more.',
  },
  {
    topic: 'autoscaling',
    what: 'Time to scale up',
    figures:
      '42 s on average (Auto-Scaling Performance); a window of 60 s that holds each scale-up back (HPA Configuration)',
    used: '42 s as the time from the decision to the first request that a pod serves.',
  },
  {
    topic: 'autoscaling',
    what: 'Load of the auto-scaling test',
    figures:
      '"gradual load increase from 100 to 3000 req/s over 30 minutes", which is 583 at 5 minutes; 500 in its time line, and 17 to 83 too few in each other row but the first and last',
    used: 'The straight increase; the rows of the time line are taken as rounded.',
  },
  {
    topic: 'autoscaling',
    what: 'Cost efficiency of auto-scaling',
    figures: '"95% (vs. static 7 instances)"; 52 to 58 % of the hours of 7 instances by its own time line',
    used: 'Hours of instances, as simulated. The 95 % are near the efficiency of 7 instances in Horizontal Scaling (96 %), which is another thing.',
  },
  {
    topic: 'autoscaling',
    what: 'Requests for a pod',
    figures:
      '750 as the target, and 10 % more until Kubernetes acts: 825 (HPA Configuration); 810 is all that each of 8 instances carries, 775 of 16 (Horizontal Scaling)',
    used: 'For the autoscaler of a plan a target that leaves those 10 % below what an instance carries.',
  },
];

/** The contradictions of some topics, in their order. */
export function contradictionsOf(...topics: readonly ContradictionTopic[]): readonly Contradiction[] {
  return documentContradictions.filter(({ topic }) => topics.includes(topic));
}
