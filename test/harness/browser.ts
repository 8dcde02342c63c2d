import { chromium, type Browser } from 'playwright-core';

/** Where Debian's package `chromium` puts the browser. */
export const chromiumPath = '/usr/bin/chromium';

/** Starts a headless Chromium that its caller closes. */
export const startBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: chromiumPath,
    // Without its sandbox where root runs the tests, as Chromium demands.
    args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), '--disable-dev-shm-usage'],
  });
