import type { Request, Response } from 'express';
import { renderErrorPage } from '../page/error-page.ts';
import { sendHtml } from './send-html.ts';
import { stillParts } from './still-parts.ts';

/** Why a request is not answered as it was asked. */
export interface ErrorWords {
  /** Title and text for people. */
  readonly title: string;
  readonly text: string;
  /** For machines: what was wanted and what came. */
  readonly error: string;
}

/** Answers with an error: a page for a browser that asks for one, else JSON. The status is set already. */
export async function sendError(request: Request, response: Response, words: ErrorWords): Promise<void> {
  const { title, text, error } = words;
  if (request.method !== 'GET' || request.accepts(['json', 'html']) !== 'html') response.json({ error });
  else sendHtml(response, renderErrorPage(await stillParts(request), { title, text }));
}
