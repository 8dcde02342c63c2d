import type { AlertRunbook } from '../model/alert-runbook.ts';
import { html, prose, type Html } from './html.ts';
import { section } from './section.ts';
import { stillPage, type StillParts } from './still-page.ts';

const list = (items: readonly string[]): Html =>
  html`<ul>
    ${items.map((item) => html`<li>${prose(item)}</li>`)}
  </ul>`;

const heldFor = ({ for: held }: AlertRunbook): string => (held === '0s' ? '' : `, for ${held}`);

/** A region that scrolls has to be reachable by keys. */
const confirmation = ({ query, shows }: AlertRunbook['confirm'][number], n: number): Html =>
  html`<p>${prose(`${shows[0]?.toUpperCase() ?? ''}${shows.slice(1)}`)}:</p>
    <pre tabindex="0" role="region" aria-label="Query ${n + 1}">${query}</pre>`;

/** The page of one alert, in the order of a night: what to do now, what it means, how to be sure, why, what to do later. */
export function renderRunbookPage(runbook: AlertRunbook, parts: StillParts): string {
  const { alert, severity, group, when, meaning, confirm, causes, now, later } = runbook;
  return stillPage(parts, {
    title: alert,
    main: html`<section class="section" aria-labelledby="alert">
        <p class="small"><a href="../runbooks">All runbooks</a>, ${group}</p>
        <h1 id="alert">${alert}</h1>
        <p>${prose(meaning)}</p>
        <p class="quiet small">Severity ${severity}: fires when ${prose(when)}${heldFor(runbook)}.</p>
      </section>
      ${section({ id: 'now', title: 'What to do now', hint: 'In this order.', body: list(now) })}
      ${section({
        id: 'confirm',
        title: 'How to confirm',
        hint: html`In Prometheus; put the alert's labels in place of <code>$job</code>,
          <code>$instance</code>, <code>$tool</code> and <code>$probe</code>.`,
        body: html`${confirm.map(confirmation)}`,
      })}
      ${section({ id: 'causes', title: 'Usual causes', hint: 'The likely ones first.', body: list(causes) })}
      ${section({ id: 'later', title: 'What to do later', hint: 'When it is over.', body: list(later) })}`,
  });
}

/** The page of all alerts, which lies in the root. */
export function renderRunbookList(runbooks: readonly AlertRunbook[], parts: StillParts): string {
  const groups = [...new Set(runbooks.map(({ group }) => group))].map(
    (group) => [group, runbooks.filter((each) => each.group === group)] as const,
  );
  return stillPage(parts, {
    title: 'Runbooks',
    main: html`${groups.map(([group, members], n) =>
      section({
        id: `group-${n + 1}`,
        title: group,
        hint: prose(members[0]?.groupAbout ?? ''),
        body: html`<ul>
          ${members.map(
            (each) =>
              html`<li>
                <a href="runbooks/${each.alert}">${each.alert}</a> (${each.severity}):
                ${prose(each.when)}${heldFor(each)}
              </li>`,
          )}
        </ul>`,
      }),
    )}`,
  });
}
