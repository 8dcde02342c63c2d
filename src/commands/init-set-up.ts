import { documentTables } from '../baselines/document-tables.ts';
import { suggestSetUp } from '../baselines/suggest-set-up.ts';
import { parseSize } from '../config/size.ts';
import type { Questions } from './ask-questions.ts';
import type { InitOptions } from './init-options.ts';
import type { InitPlan } from './init-plan.ts';
import { machineOf } from './look-around.ts';

interface Machine {
  readonly vcpus: number;
  readonly memoryBytes: number;
}

const GIB = 1024 ** 3;

const machineText = ({ vcpus, memoryBytes }: Machine): string =>
  `${Number(vcpus.toFixed(2))}x${Number((memoryBytes / GIB).toFixed(1))}GiB`;

/** Reads `4x8GiB`, or `unknown`. */
function readMachine(answer: string): { readonly machine?: Machine } | string {
  if (answer === 'unknown') return {};
  const [cpus = '', size = ''] = answer.split(/\s*[x×,]\s*/);
  const [vcpus, memoryBytes] = [Number(cpus), parseSize(size)];
  return vcpus > 0 && memoryBytes !== undefined && memoryBytes > 0
    ? { machine: { vcpus, memoryBytes } }
    : 'want vCPUs and memory such as 4x8GiB, or unknown';
}

/**
 * The set-up that is suggested for the machine that was told, or asked for, or is this one.
 * @param pid process of the server; `isHere` says whether the server is on this machine at all.
 */
export async function planSetUp(
  { vcpus, memoryBytes }: InitOptions,
  here: { readonly isHere: boolean; readonly pid: number | undefined },
  questions: Questions | undefined,
): Promise<Pick<InitPlan, 'setUp'>> {
  const told = vcpus !== undefined && memoryBytes !== undefined ? { vcpus, memoryBytes } : undefined;
  const seen = told ?? (here.isHere ? machineOf(here.pid) : undefined);
  const answer =
    told !== undefined || questions === undefined
      ? { machine: seen }
      : await questions.ask(
          'What does the server run on (vCPUs x memory)',
          seen === undefined ? 'unknown' : machineText(seen),
          readMachine,
        );
  const { machine } = answer;
  return machine === undefined ? {} : { setUp: suggestSetUp(documentTables, machine) };
}
