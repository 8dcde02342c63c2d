import { visibleText } from '../model/visible-text.ts';

/** Known to this file alone, so that nothing else (and no JSON) can pass for HTML. */
const MARKUP: unique symbol = Symbol('html');

/** Text that is safe to stand in a page as it is; only {@link html} and {@link joined} make it. */
export interface Html {
  readonly [MARKUP]: string;
}

/** What can be put into HTML: `undefined` and `false` leave nothing. */
export type HtmlValue = string | number | Html | readonly Html[] | undefined | false;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

const escaped = (text: string): string =>
  visibleText(text).replaceAll(/[&<>"'`]/g, (each) => ENTITIES[each] ?? '');

const isMarkup = (value: object): value is Html => MARKUP in value;

function textOf(value: HtmlValue): string {
  if (value === undefined || value === false) return '';
  if (typeof value === 'string') return escaped(value);
  if (typeof value === 'number') return String(value);
  return isMarkup(value) ? value[MARKUP] : value.map((each) => each[MARKUP]).join('');
}

/**
 * HTML in which everything that is put in is escaped, unless it is HTML itself. A value may stand for text or inside a
 * double-quoted attribute; what turns the direction of text, and other controls, become visible.
 */
export const html = (parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html => ({
  [MARKUP]: parts.reduce((whole, part, n) => `${whole}${textOf(values[n - 1])}${part}`),
});

/** Pieces of HTML one after the other. */
export const joined = (pieces: readonly Html[]): Html => ({ [MARKUP]: textOf(pieces) });

/** Nothing. */
export const nothing: Html = { [MARKUP]: '' };

/** The text of it, to be sent or put into a document. */
export const htmlText = (value: Html): string => value[MARKUP];

/** A text of ours in which pieces between backticks are code. */
export const prose = (text: string): Html =>
  joined(text.split('`').map((piece, n) => (n % 2 === 0 ? html`${piece}` : html`<code>${piece}</code>`)));

/** A name or text of others: set apart, so that its direction does not spread to what stands beside it. */
export const foreign = (text: string): Html => html`<bdi>${text}</bdi>`;

/**
 * A link's address if it is one that a page may lead to: relative, or http(s); else undefined. Configuration and rules
 * can name runbooks, and `javascript:` must not be one.
 */
export function linkTarget(address: string): string | undefined {
  const isRelative = /^(?:[#?./]|[\w-]+(?:[/?#]|$))/.test(address) && !/^[/\\]{2}/.test(address);
  if (isRelative) return address;
  return URL.canParse(address) && /^https?:$/.test(new URL(address).protocol) ? address : undefined;
}
