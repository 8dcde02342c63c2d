import type { PanelFile } from './dashboard-file.ts';
import { mapped, THEME } from './colors.ts';
import type { Size } from './draw-values.ts';
import { fieldConfig } from './field-config.ts';
import { formatValue } from './format-value.ts';
import { escapeHtml } from './html.ts';
import type { PanelData, Series, TimeRange } from './panel-data.ts';

interface Band {
  readonly from: number;
  to: number;
  readonly value: number;
}

/** Neighbouring equal values as one band; a gap of more than two steps ends it. */
function bands(points: Series['points'], step: number): Band[] {
  const found: Band[] = [];
  for (const [at, value] of points) {
    const last = found.at(-1);
    if (last && last.value === value && at - last.to <= 2 * step) last.to = at + step;
    else found.push({ from: at, to: at + step, value });
  }
  return found;
}

const clock = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(11, 19);

function timeAxis(time: TimeRange): string {
  const marks = [0, 0.25, 0.5, 0.75, 1].map((share) => clock(time.from + share * (time.to - time.from)));
  return `<div class="axis">${marks.map((mark) => `<span>${mark}</span>`).join('')}</div>`;
}

/** A row for each series, coloured by the word of its value. */
export function drawStateTimeline(panel: PanelFile, data: PanelData, time: TimeRange): string {
  const span = time.to - time.from;
  const rows = data.series.map(({ refId, name, points }) => {
    const { mappings } = fieldConfig(panel, { refId, name });
    const drawn = bands(points, time.step).map(({ from, to, value }) => {
      const { text, color } = mapped(mappings, value) ?? { text: String(value), color: THEME.dim };
      const left = ((from - time.from) / span) * 100;
      const width = ((Math.min(to, time.to) - from) / span) * 100;
      return `<i style="left:${left.toFixed(2)}%;width:${width.toFixed(2)}%;background:${color}">${width > 6 ? escapeHtml(text) : ''}</i>`;
    });
    return `<div class="lane"><span class="name">${escapeHtml(name)}</span><div>${drawn.join('')}</div></div>`;
  });
  return `<div class="lanes">${rows.join('')}<div class="lane"><span class="name"></span>${timeAxis(time)}</div></div>`;
}

const bound = (le: string): number => (le === '+Inf' ? Infinity : Number(le));

/** A column for each step, a row for each bucket, the darker the more. */
export function drawHeatmap(panel: PanelFile, data: PanelData, time: TimeRange, size: Size): string {
  const cumulative = data.series.toSorted(
    (a, b) => bound(a.labels['le'] ?? '') - bound(b.labels['le'] ?? ''),
  );
  const left = 56;
  const below = 18;
  const columns = Math.round((time.to - time.from) / time.step);
  const cellWidth = (size.width - left) / columns;
  const cellHeight = (size.height - below) / cumulative.length;
  const values = cumulative.map(({ points }, row) => {
    const lower = new Map(cumulative[row - 1]?.points ?? []);
    return points.map(([at, value]) => [at, Math.max(0, value - (lower.get(at) ?? 0))] as const);
  });
  const most = Math.max(...values.flat().map(([, value]) => value), 1e-9);
  const cells = values.flatMap((row, n) =>
    row
      .filter(([, value]) => value > 0)
      .map(([at, value]) => {
        const column = Math.min(
          columns - 1,
          Math.floor(((at - time.from) / (time.to - time.from)) * columns),
        );
        const share = Math.sqrt(value / most);
        const y = size.height - below - (n + 1) * cellHeight;
        return `<rect x="${(left + column * cellWidth).toFixed(1)}" y="${y.toFixed(1)}" width="${Math.max(1, cellWidth - 0.5).toFixed(1)}" height="${Math.max(1, cellHeight - 1).toFixed(1)}" fill="hsl(212 80% ${Math.round(24 + 56 * share)}%)"/>`;
      }),
  );
  const names = cumulative.map(({ labels }, n) => {
    const y = size.height - below - n * cellHeight - cellHeight / 2 + 4;
    const le = bound(labels['le'] ?? '');
    const text = le === Infinity ? '+Inf' : formatValue(le, panel.fieldConfig.defaults.unit ?? 'none');
    return `<text x="${left - 6}" y="${y.toFixed(1)}" text-anchor="end">${text}</text>`;
  });
  const times = [0, 0.5, 1].map(
    (share, n) =>
      `<text x="${(left + share * (size.width - left)).toFixed(0)}" y="${size.height - 3}" text-anchor="${['start', 'middle', 'end'][n]}">${clock(time.from + share * (time.to - time.from))}</text>`,
  );
  return `<svg width="${size.width}" height="${size.height}">${[...cells, ...names, ...times].join('')}</svg>`;
}
