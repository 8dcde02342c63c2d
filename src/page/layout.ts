import { html, htmlText, type Html } from './html.ts';

/** Files that a page loads, relative to the page's root. */
export interface PageFiles {
  /** Style sheet, e.g. `assets/1f3a…/page.css`. */
  readonly style: string;
  /** Icons of the tab by verdict. */
  readonly icons: Readonly<Record<'ok' | 'watch' | 'bad' | 'unknown', string>>;
  /** Scripts that draw, loaded in order and before the module. */
  readonly scripts: readonly string[];
  /** The script that keeps the status page live, and what it imports. */
  readonly module: string;
  readonly imports: readonly string[];
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
  /** Whether the page keeps itself up to date by script. */
  readonly isLive?: boolean;
  readonly bar: Html;
  readonly main: Html;
  readonly footer?: Html;
}

const scripts = ({ files, root }: DocumentParts): Html => html`
  <link rel="modulepreload" href="${root}${files.module}" />
  ${files.imports.map((path) => html`<link rel="modulepreload" href="${root}${path}" />`)}
  ${files.scripts.map((path) => html`<script src="${root}${path}" defer></script>`)}
  <script type="module" src="${root}${files.module}"></script>
`;

/** A document of ours: one style sheet, scripts only where the page is live and none that holds up the first paint. */
export function document(parts: DocumentParts): string {
  const { title, files, root, icon = 'unknown', theme, isLive = false, bar, main, footer } = parts;
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
          ${isLive && scripts(parts)}
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
