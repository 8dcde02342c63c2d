import type { AlertDeclaration, AlertGroup } from './rule-model.ts';
import { breakLines } from './rule-file.ts';
import { declaredWindows } from './windows.ts';

const list = (items: readonly string[]): string => items.map((item) => `- ${item}`).join('\n');

/** One alert's section; its anchor is the alert's name in lower case. */
function section(alert: AlertDeclaration): string {
  const { runbook } = alert;
  const queries = runbook.confirm.map(
    ({ query, shows }) => `${shows[0]?.toUpperCase()}${shows.slice(1)}:\n\n\`\`\`promql\n${query}\n\`\`\``,
  );
  return `## ${alert.alert}

**${alert.severity}**, area ${alert.area}: fires when ${alert.when}${alert.for === '0s' ? '' : `, for ${alert.for}`}.

### What it means

${runbook.meaning}

### How to confirm

${queries.join('\n\n')}

### Usual causes

${list(runbook.causes)}

### What to do now

${list(runbook.now)}

### What to do later

${list(runbook.later)}

<details><summary>Expression</summary>

\`\`\`promql
${breakLines(alert.expr(declaredWindows))}
\`\`\`

</details>`;
}

/** Renders the runbook of a group: a section for each alert, in the order of a night: meaning, proof, causes, now, later. */
export function renderRunbook(group: AlertGroup): string {
  return `<!-- Generated from src/rules/*-alerts.ts, where its text is written, by \`npm run generate\`. Do not edit. -->

# ${group.title}

${group.about} All alerts: [alerts.md](../alerts.md).

In the queries put the alert's labels in place of \`$job\`, \`$instance\`, \`$tool\` and \`$probe\`.

${group.alerts.map(section).join('\n\n')}
`;
}
