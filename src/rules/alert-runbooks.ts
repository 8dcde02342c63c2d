import type { AlertRunbook } from '../model/alert-runbook.ts';
import { alertGroups } from './rule-groups.ts';

/** The runbook of every alert that ships, in the order of their groups. */
export const alertRunbooks: readonly AlertRunbook[] = alertGroups.flatMap(({ title, about, alerts }) =>
  alerts.map(({ alert, severity, when, for: held, runbook }) => ({
    alert,
    severity,
    group: title,
    groupAbout: about,
    when,
    for: held,
    ...runbook,
  })),
);
