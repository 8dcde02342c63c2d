import { html, htmlText, type Html } from './html.ts';

/** A module that a page runs. */
export interface PageScript {
  readonly module: string;
  /** What it imports, to be fetched at once. */
  readonly imports: readonly string[];
  /** Libraries that it finds as globals. */
  readonly libraries: readonly string[];
}

/** Files that a page loads, relative to the page's root. */
export interface PageFiles {
  /** Style sheet, e.g. `assets/1f3a…/page.css`. */
  readonly style: string;
  /** Icons of the tab by verdict. */
  readonly icons: Readonly<Record<'ok' | 'watch' | 'bad' | 'unknown', string>>;
  readonly live: PageScript;
  /** Of the pages that do not change by themselves. */
  readonly still: PageScript;
}

/** A whole document. */
export interface DocumentParts {
  readonly title: string;
  readonly files: PageFiles;
  /** From the page's own address to the root, e.g. `./`, `../`. */
  readonly root: string;
  readonly icon?: keyof PageFiles['icons'];
  /** `light` or `dark` where somebody chose. */
  readonly theme?: string | undefined;
  readonly script: PageScript;
  readonly bar: Html;
  readonly main: Html;
  readonly footer?: Html;
}

const scripts = ({ script: { module, imports, libraries }, root }: DocumentParts): Html => html`
  ${imports.map((path) => html`<link rel="modulepreload" href="${root}${path}" />`)}
  ${libraries.map((path) => html`<script src="${root}${path}" defer></script>`)}
  <script type="module" src="${root}${module}"></script>
`;

/** A document of ours: one style sheet, and no script that holds up the first paint. */
export function document(parts: DocumentParts): string {
  const { title, files, root, icon = 'unknown', theme, bar, main, footer } = parts;
  const chosen = theme === 'light' || theme === 'dark' ? theme : 'system';
  return htmlText(
    html`<!doctype html>
      <html lang="en" data-theme="${chosen}">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="color-scheme" content="light dark" />
          <meta name="referrer" content="no-referrer" />
          <title>${title}</title>
          <link rel="icon" type="image/svg+xml" href="${root}${files.icons[icon]}" />
          <link rel="stylesheet" href="${root}${files.style}" />
          ${scripts(parts)}
        </head>
        <body>
          <a class="skip" href="#main">Skip to the content</a>
          ${bar}
          <main id="main" tabindex="-1">${main}</main>
          ${footer !== undefined && html`<footer>${footer}</footer>`}
        </body>
      </html> `,
  ).trimStart();
}
