import { html, type Html } from './html.ts';

/** A part of the page with a heading. */
export interface SectionParts {
  /** Its anchor, e.g. `tools`. */
  readonly id: string;
  readonly title: string;
  /** What it answers and what good looks like, in a sentence or two. */
  readonly hint: Html | string;
  readonly body: Html;
  /** Stands at the right of the heading. */
  readonly aside?: Html | undefined;
}

/** A part of the page as a landmark that its heading names. */
export const section = ({ id, title, hint, body, aside }: SectionParts): Html =>
  html`<section class="section" id="${id}" aria-labelledby="${id}-title" data-key="${id}">
    <header>
      <h2 id="${id}-title">${title}</h2>
      ${aside}
      <p class="hint">${hint}</p>
    </header>
    ${body}
  </section>`;

/** What stands where there is nothing to show: why, and what to do. */
export const empty = (text: Html | string): Html => html`<p class="empty">${text}</p>`;

/** Names and values in two columns; what has no value is left out. */
export const facts = (rows: readonly (readonly [name: string, value: Html | string | undefined])[]): Html =>
  html`<dl class="facts">
    ${rows.map(([name, value]) =>
      value !== undefined && value !== ''
        ? html`<div>
            <dt>${name}</dt>
            <dd>${value}</dd>
          </div>`
        : html``,
    )}
  </dl>`;
