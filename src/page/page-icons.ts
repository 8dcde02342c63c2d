import type { PageVerdict } from '../model/page-verdict.ts';

const icon = (drawing: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">${drawing}</svg>\n`;

const stroke = (path: string): string =>
  `<path d="${path}" fill="none" stroke="#fff" stroke-width="4" stroke-linecap="round" stroke-linejoin="round"/>`;

/** Icons of a tab by verdict, told apart by shape and colour, as SVG documents. */
export const PAGE_ICONS: Readonly<Record<PageVerdict, string>> = {
  ok: icon(`<circle cx="16" cy="16" r="15" fill="#1a8a45"/>${stroke('M9 16.5l5 5 9-10')}`),
  watch: icon(`<path d="M16 2 31 30H1Z" fill="#c77700"/>${stroke('M16 12v8M16 25v.2')}`),
  bad: icon(
    `<path d="M10 1h12l9 9v12l-9 9H10l-9-9V10Z" fill="#cf222e"/>${stroke('m10 10 12 12m0-12L10 22')}`,
  ),
  unknown: icon(`<circle cx="16" cy="16" r="15" fill="#6b7683"/>${stroke('M10 16h12')}`),
};
