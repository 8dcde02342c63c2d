import { html } from './html.ts';
import { stillPage, type StillParts } from './still-page.ts';

/** A page that says that there is none, and the way back. */
export const renderErrorPage = (
  parts: StillParts,
  { title, text }: { readonly title: string; readonly text: string },
): string =>
  stillPage(parts, {
    title,
    main: html`<section class="section narrow" aria-labelledby="error">
      <h1 id="error">${title}</h1>
      <p class="lead">${text}</p>
      <p><a href="${parts.root}">To the status page</a></p>
    </section>`,
  });
