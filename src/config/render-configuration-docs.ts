import { stringify } from 'yaml';
import { renderExampleFile } from './render-example-file.ts';
import { settings } from './list-settings.ts';
import type { Setting } from './list-settings.ts';
import { configVariable } from './read-env.ts';
import { secrets } from './secrets.ts';
import type { SettingKind } from './setting-meta.ts';

const kindMeaning: Readonly<Record<SettingKind, string>> = {
  text: 'text of one line',
  choice: 'one of the words named',
  boolean: '`true` or `false`; as a flag also bare (`--listen.via`) or negated (`--no-listen.via`)',
  integer: 'a whole number',
  number: 'a number, such as `0.999`',
  duration:
    'a number with `ms`, `s`, `m` or `h`, such as `500ms`, `10s`, `5m`; where the meaning says so, `off`',
  size: 'a number with `B`, `KB`, `MB`, `GB` (powers of 1000) or `KiB`, `MiB`, `GiB` (powers of 1024)',
  address: '`host:port` or `[IPv6]:port`; port 0 takes a free one',
  url: 'a URL of the form that the meaning shows; never with a password',
  origin: '`http://host[:port]` or `https://host[:port]`, without path, query or user',
  file: 'the path of a file; in the configuration file relative to that file, elsewhere to the working directory',
  map: 'a mapping; in the environment and as a flag in one line, such as `{a: b}`',
  list: 'a list, of mappings for the most part; in the environment and as a flag in one line, such as `[{type: a, pattern: b}]`',
};

const code = (text: string) => `\`${text.replaceAll('|', '\\|')}\``;

function defaultCell({ meta, defaultValue }: Setting): string {
  if (meta.defaultText !== undefined) return meta.defaultText;
  if (defaultValue === undefined) return '–';
  const text = stringify(defaultValue, { collectionStyle: 'flow', lineWidth: 0 }).trim();
  return text.length > 60 ? 'see the example' : code(text);
}

function row(setting: Setting): string {
  const { meta } = setting;
  const about = `${meta.about}${meta.restart === true ? ' A change needs a restart.' : ''}`;
  const cells = [
    code(setting.name),
    setting.env.map(code).join('<br>'),
    setting.flags.map(code).join('<br>'),
    meta.kind,
    defaultCell(setting),
    about.replaceAll('|', '\\|'),
  ];
  return `| ${cells.join(' | ')} |`;
}

/** The heading that a setting stands under; each source has its own. */
function sectionOf({ path }: Setting): string {
  if (path.length === 1) return 'general';
  return path.slice(0, path[0] === 'sources' ? 2 : 1).join('.');
}

function table(section: string): string {
  const rows = settings.filter((each) => sectionOf(each) === section).map(row);
  return `### ${section}

| path | environment | flag | type | default | meaning |
| --- | --- | --- | --- | --- | --- |
${rows.join('\n')}`;
}

/** Renders docs/configuration.md from the schema: every setting with its names, its type and its default. */
export function renderConfigurationDocs(): string {
  const sections = [...new Set(settings.map(sectionOf))];
  const kinds = Object.entries(kindMeaning).map(([kind, meaning]) => `| ${kind} | ${meaning} |`);
  return `<!-- Generated from src/config/schema.ts by \`npm run generate\`. Do not edit. -->

# Configuration

Nothing has to be configured but the upstream:

\`\`\`sh
mcp-vitals serve --upstream http://127.0.0.1:8000
\`\`\`

## Sources and precedence

Every setting has a default and three names: a path in the file, a variable in the environment, a flag. The later of these wins:

1. the default,
2. the YAML file named by \`--config FILE\` (\`-c FILE\`) or else by \`${configVariable}\`,
3. the environment; an empty variable counts as not set,
4. flags, as \`--name value\` or \`--name=value\`; of a flag given twice, the last.

A mapping or a list from a later source replaces the earlier one as a whole. In the file \`upstream\`, \`listen\`, \`admin\`, \`database\`, \`baseline\`, \`state\`, \`detect\` and the sources with a URL may be plain text: the URL, the address, the file or the directory.

Every value is checked where it stands, also one that a later source overrides. \`mcp-vitals check [FILE]\` prints every problem at once, one line each, with its place, what was wanted and what came; without a problem it prints the configuration in force. A broken configuration ends every command with exit code 2. Unknown keys, unknown flags and unknown variables that begin with \`MCP_VITALS_\` are problems too.

## Secrets

A token or password comes from a file that a setting names or from a variable, never from both. It is not accepted in the configuration file, in a URL or as a flag, where others could read it, and it is never printed or logged. White space around a token is dropped, and a line feed at the end of a password's file.

| secret | variable | file |
| --- | --- | --- |
${secrets.map(({ name, env, fileSetting }) => `| ${name} | ${code(env)} | ${code(fileSetting)} |`).join('\n')}

## Reload

On SIGHUP the file, the files it names and the same environment and flags are read again. Everything applies at once to new requests, apart from \`instance\`, \`listen.address\`, \`admin.address\`, \`database.listen\` and whether there is a database tap, \`state.directory\`, \`baseline.file\`, \`page.history\`, \`page.historySeries\`, \`server\`, \`listen.tls\` or \`listen.tls.clientCaFile\` at all: these need a restart, the log says so, and the old value stays in force. If anything is wrong, the whole running configuration stays in force, the log says what is wrong, and a metric shows it. \`detect\` reads its configuration at the start only.

## Settings

${sections.map(table).join('\n\n')}

## Types

| type | what is taken |
| --- | --- |
${kinds.join('\n')}

## Example

A complete file with every default. A setting without a default is commented out.

\`\`\`yaml
${renderExampleFile()}\`\`\`
`;
}
