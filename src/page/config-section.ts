import type { PageModel } from '../model/page-model.ts';
import { foreign, html, prose, type Html } from './html.ts';
import { facts, section } from './section.ts';
import { table } from './table.ts';

type Settings = PageModel['config']['settings'];

const settingsTable = (caption: string, settings: Settings): Html =>
  table(
    caption,
    [{ title: 'Setting' }, { title: 'Value', isRoomy: true }, { title: 'What it is' }],
    settings.map(({ name, value, about }) => ({
      key: name,
      cells: [
        html`<code>${name}</code>`,
        html`<code>${foreign(value)}</code>`,
        html`<span class="quiet">${prose(about)}</span>`,
      ],
    })),
  );

/** The configuration in force: what was set first, the defaults on demand. */
export function configSection({ config, server }: PageModel): Html {
  const set = config.settings.filter(({ isDefault }) => !isDefault);
  const defaults = config.settings.filter(({ isDefault }) => isDefault);
  return section({
    id: 'config',
    title: 'Configuration as loaded',
    hint: 'What is in force now, after files, variables, flags and reloads. Secrets are masked.',
    body: html`${facts([
        ['Instance', foreign(server.instance)],
        ['Clients connect to', html`<code>${server.listen}</code>`],
        ['Server', html`<code>${server.upstream}</code>`],
        ...server.setUp.map(({ name, value }) => [name, foreign(value)] as const),
      ])}
      ${set.length > 0 && settingsTable('Settings that were set', set)}
      <details data-key="defaults">
        <summary>${defaults.length} settings at their defaults</summary>
        ${settingsTable('Settings at their defaults', defaults)}
      </details>`,
  });
}
