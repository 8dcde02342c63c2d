import { html } from './html.ts';
import { stillPage, type StillParts } from './still-page.ts';

/**
 * The page that asks for the token; needs no script.
 * @param problem why the last attempt failed.
 * @param next where to go afterwards, relative.
 */
export const renderLoginPage = (
  parts: StillParts,
  { problem, next }: { readonly problem: string | undefined; readonly next: string },
): string =>
  stillPage(parts, {
    title: 'Log in',
    main: html`<section class="section narrow" aria-labelledby="login">
      <h1 id="login">Log in</h1>
      <p class="quiet">
        This sidecar shows its figures to those who know the token of its admin server (setting
        <code>admin.tokenFile</code>).
      </p>
      ${problem !== undefined && html`<p class="alert" role="alert" id="problem">${problem}</p>`}
      <form class="form" method="post" action="login">
        <label for="token">Token</label>
        <input
          id="token"
          name="token"
          type="password"
          autocomplete="current-password"
          required
          autofocus
          ${problem !== undefined && html`aria-invalid="true" aria-describedby="problem"`}
        />
        ${next !== '' && html`<input type="hidden" name="next" value="${next}" />`}
        <button type="submit">Log in</button>
      </form>
    </section>`,
  });
