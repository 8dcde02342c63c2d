import { html, type Html } from './html.ts';
import { document, type PageFiles } from './layout.ts';
import type { TimeStyle } from './times.ts';

/** How a page that does not change by itself is drawn. */
export interface StillParts {
  readonly files: PageFiles;
  /** From the page's own address to the root of the pages, e.g. `../`. */
  readonly root: string;
  readonly theme: string | undefined;
  readonly style: TimeStyle;
}

/** A page beside the status page, with the way back to it. */
export const stillPage = (
  { files, root, theme }: StillParts,
  { title, main }: { readonly title: string; readonly main: Html },
): string =>
  document({
    title: `${title} · mcp-vitals`,
    files,
    root,
    theme,
    script: files.still,
    bar: html`<header class="bar">
      <div class="bar-row">
        <a class="brand" href="${root}">mcp-vitals</a>
        <div class="bar-tools">
          <button type="button" id="theme" hidden><span class="wide">Theme: </span></button>
        </div>
      </div>
    </header>`,
    main,
  });
