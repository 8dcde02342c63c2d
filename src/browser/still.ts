import { clockText, dayText } from '../page/times.ts';
import { startTheme } from './theme.ts';

/** Writes the times of a page that the server drew in the reader's own zone; their titles stay in UTC. */
function localize(): void {
  const nowMs = Date.now();
  const style = { nowMs, zone: 'local' as const };
  for (const element of document.querySelectorAll('time')) {
    const atMs = Date.parse(element.dateTime);
    const day = dayText(atMs, style);
    element.textContent = `${day === dayText(nowMs, style) ? '' : `${day} `}${clockText(atMs, style)}`;
  }
}

const button = document.getElementById('theme');
if (button instanceof HTMLButtonElement) startTheme(button, () => undefined);
localize();
