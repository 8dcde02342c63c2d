import { z } from 'zod';
import { setting } from './setting-meta.ts';
import { section } from './tls-section.ts';
import * as value from './value-types.ts';

/** Settings of the status page and of what it remembers. */
export const pageSchema = section({
  history: setting(value.durationWithin('1h', '168h').prefault('6h'), {
    kind: 'duration',
    about:
      'How far back the page remembers its figures, one for every 15 seconds. An hour costs about 1 KB for each series; what is older is asked of `sources.prometheus`, where that is configured.',
    example: '24h',
    restart: true,
  }),
  historySeries: setting(value.count(50, 20_000).prefault(1500), {
    kind: 'integer',
    about:
      'Most series that the page remembers; a tool has six. What is beyond is counted in `mcp_vitals_history_series_refused_total`.',
    example: 3000,
    restart: true,
  }),
  updateInterval: setting(value.durationWithin('500ms', '5s').prefault('2s'), {
    kind: 'duration',
    about:
      'Least time between two updates of an open page. A condition that begins or ends is shown at once in any case.',
    example: '1s',
  }),
  maxListeners: setting(value.count(1, 1000).prefault(50), {
    kind: 'integer',
    about: 'Most open pages (`/api/v1/events`) at a time; one beyond gets 503.',
    example: 10,
  }),
  sessionLifetime: setting(value.durationWithin('5m', '168h').prefault('12h'), {
    kind: 'duration',
    about: 'How long a login in a browser holds, where the admin server asks for a token.',
    example: '1h',
  }),
  hosts: setting(
    z
      .array(
        value.text(
          'a host name such as vitals.example.com',
          /^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$/,
        ),
        { error: 'a list of host names' },
      )
      .max(50, { error: 'at most 50 entries' })
      .prefault([]),
    {
      kind: 'list',
      about:
        'Further names in `Host` under which page and JSON are served where no token is set; addresses, loopback names and the host of `admin.address` always are. Any other name gets 421: it may be a web site that has its name resolved to this machine.',
      example: ['vitals.internal.example.com'],
    },
  ),
});
