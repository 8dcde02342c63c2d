import type { Clock } from '../model/clock.ts';
import type { Log } from '../model/log.ts';
import { visibleText } from '../model/visible-text.ts';

const PAUSE_MS = 60_000;
const MAX_LENGTH = 200;

/** Says what goes wrong with the export, and that it goes well again. */
export interface ExportLog {
  readonly trouble: (reason: string) => void;
  readonly recovered: () => void;
}

/** Makes a log of the export that writes at most one line of trouble a minute, however many there are. */
export function createExportLog(log: Log, clock: Clock): ExportLog {
  let lastMs = -Infinity;
  let unsaid = 0;
  let isTroubled = false;
  return {
    trouble: (reason) => {
      isTroubled = true;
      const nowMs = clock.nowMs();
      if (nowMs - lastMs < PAUSE_MS) {
        unsaid++;
        return;
      }
      const more = unsaid > 0 ? ` (${unsaid} more since the last line)` : '';
      log('warn', `traces: ${visibleText(reason).slice(0, MAX_LENGTH)}${more}`);
      lastMs = nowMs;
      unsaid = 0;
    },
    recovered: () => {
      if (!isTroubled) return;
      isTroubled = false;
      log('info', 'traces: the collector takes spans again');
    },
  };
}
