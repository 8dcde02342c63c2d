import { expect, it } from '@jest/globals';
import { sqlstateError } from '../../src/postgres/sqlstate.ts';

it.each([
  ['40P01', 'deadlock', '40'],
  ['40001', 'serialization_failure', '40'],
  ['40002', 'transaction_rollback', '40'],
  ['53300', 'too_many_connections', '53'],
  ['53400', 'insufficient_resources', '53'],
  ['57014', 'timeout', '57'],
  ['57P01', 'admin_shutdown', '57'],
  ['55P03', 'lock_not_available', '55'],
  ['25P03', 'idle_in_transaction_timeout', '25'],
  ['28P01', 'invalid_authorization', '28'],
  ['23505', 'integrity_constraint_violation', '23'],
  ['42P01', 'undefined_table', '42'],
  ['42P07', 'syntax_error_or_access_rule_violation', '42'],
  ['XX000', 'internal_error', 'XX'],
  ['ZZ999', 'other', 'other'],
  ['__pro', 'other', 'other'],
  ['40', 'other', 'other'],
  ['', 'other', 'other'],
])('%j is %s of class %s', (sqlstate, errorType, sqlstateClass) => {
  expect(sqlstateError(sqlstate)).toEqual({ errorType, sqlstateClass });
});
