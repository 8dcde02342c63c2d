import type { AlertRunbook } from '../model/alert-runbook.ts';
import { renderErrorPage } from '../page/error-page.ts';
import { renderRunbookList, renderRunbookPage } from '../page/runbook-pages.ts';
import type { AdminRoutes } from './admin-server.ts';
import { sendHtml } from './send-html.ts';
import { stillParts } from './still-parts.ts';

/** `/runbooks` and `/runbooks/<alert>`: what to do about each alert that ships, where the documentation is out of reach. */
export const runbookRoutes = (runbooks: readonly AlertRunbook[]): AdminRoutes => ({
  paths: ['/runbooks', '/runbooks/<alert>'],
  add: (app, _guard, pageGuard) => {
    app.get('/runbooks', pageGuard, async (request, response) => {
      sendHtml(response, renderRunbookList(runbooks, await stillParts(request)));
    });
    app.get('/runbooks/:alert', pageGuard, async (request, response) => {
      const { alert } = request.params;
      const parts = await stillParts(request);
      const runbook = runbooks.find((each) => each.alert === alert);
      if (runbook !== undefined) {
        sendHtml(response, renderRunbookPage(runbook, parts));
        return;
      }
      const text = `No alert that ships has the name ${JSON.stringify(alert)}. All of them: /runbooks.`;
      sendHtml(response.status(404), renderErrorPage(parts, { title: 'No such runbook', text }));
    });
  },
});
