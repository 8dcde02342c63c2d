import type { PageVerdict } from '../model/page-verdict.ts';
import { html, type Html } from './html.ts';

/** A verdict in a word. */
export const VERDICT_WORDS: Readonly<Record<PageVerdict, string>> = {
  ok: 'As expected',
  watch: 'Watch',
  bad: 'Bad',
  unknown: 'Not known',
};

/** Each verdict has a shape of its own: a disc, a triangle, an octagon, a ring. */
const SHAPES: Readonly<Record<PageVerdict, Html>> = {
  ok: html`<circle class="fill" cx="8" cy="8" r="7.5" /><path class="stroke" d="M4.5 8.3l2.4 2.4 4.6-5" />`,
  watch: html`<path class="fill" d="M8 .8 15.6 14.8H.4Z" /><path class="stroke" d="M8 6v4M8 12.3v.2" />`,
  bad: html`<path class="fill" d="M5 .5h6L15.5 5v6L11 15.5H5L.5 11V5Z" /><path
      class="stroke"
      d="m5 5 6 6m0-6-6 6"
    />`,
  unknown: html`<circle class="ring" cx="8" cy="8" r="6.5" /><path class="ring" d="M5 8h6" />`,
};

/** The shape of a verdict, for beside its word. */
export const verdictIcon = (verdict: PageVerdict): Html =>
  html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">${SHAPES[verdict]}</svg>`;

/** A verdict as shape, colour and word. */
export const verdictMark = (verdict: PageVerdict, word: string = VERDICT_WORDS[verdict]): Html =>
  html`<span class="verdict verdict-${verdict}">${verdictIcon(verdict)} ${word}</span>`;
