import type { Page } from 'playwright-core';

/** What a page did that it must not do. */
export interface PageWatch {
  /** Faults of scripts, refusals by the content security policy, dialogs, requests to other origins. */
  readonly faults: readonly string[];
}

/** Watches a page from its beginning for everything that ours must never do. */
export async function watchPage(page: Page, origin: string): Promise<PageWatch> {
  const faults: string[] = [];
  page.on('pageerror', ({ message }) => faults.push(`fault: ${message}`));
  page.on('console', (message) => {
    if (message.text().startsWith('VIOLATION') || /content security policy/i.test(message.text())) {
      faults.push(message.text());
    }
  });
  page.on('dialog', (dialog) => {
    faults.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(origin) && !url.startsWith('data:')) faults.push(`request: ${url}`);
  });
  await page.addInitScript(
    "addEventListener('securitypolicyviolation', (e) => console.log('VIOLATION ' + e.violatedDirective + ' ' + e.blockedURI))",
  );
  return { faults };
}
