import { visibleText } from '../model/visible-text.ts';

/** What a login page says. */
export interface LoginPage {
  /** Why the last attempt was refused; undefined at first. */
  readonly problem: string | undefined;
  /** Path of the page to go to afterwards, relative to this one; empty: the status page. */
  readonly next: string;
}

const escaped = (text: string): string =>
  visibleText(text).replaceAll(/[&<>"']/g, (each) => `&#${each.codePointAt(0) ?? 63};`);

/** The login as a page without script: the token, and why it was refused. */
export function renderLogin({ problem, next }: LoginPage): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Log in to mcp-vitals</title></head>
<body>
<main>
<h1>mcp-vitals</h1>
${problem === undefined ? '' : `<p role="alert">${escaped(problem)}</p>`}
<form method="post" action="login">
<input type="hidden" name="next" value="${escaped(next)}">
<p><label for="token">Token of the admin server</label><br>
<input id="token" name="token" type="password" autocomplete="current-password" required autofocus></p>
<p><button type="submit">Log in</button></p>
</form>
</main>
</body>
</html>
`;
}
