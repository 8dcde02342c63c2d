/** What a SQLSTATE means, in words that are few enough for labels. */
export interface SqlstateError {
  /** A word for this very state where operators act on it, otherwise for its class; `other` if unknown. */
  readonly errorType: string;
  /** The first two characters; `other` if they are no class of PostgreSQL's. */
  readonly sqlstateClass: string;
}

/** Classes of SQLSTATE (PostgreSQL documentation, appendix A), each with the word for its states. */
const CLASS_WORDS = {
  '00': 'successful_completion',
  '01': 'warning',
  '02': 'no_data',
  '03': 'sql_statement_not_yet_complete',
  '08': 'connection_exception',
  '09': 'triggered_action_exception',
  '0A': 'feature_not_supported',
  '0B': 'invalid_transaction_initiation',
  '0F': 'locator_exception',
  '0L': 'invalid_grantor',
  '0P': 'invalid_role_specification',
  '0Z': 'diagnostics_exception',
  '10': 'xquery_error',
  '20': 'case_not_found',
  '21': 'cardinality_violation',
  '22': 'data_exception',
  '23': 'integrity_constraint_violation',
  '24': 'invalid_cursor_state',
  '25': 'invalid_transaction_state',
  '26': 'invalid_sql_statement_name',
  '27': 'triggered_data_change_violation',
  '28': 'invalid_authorization',
  '2B': 'dependent_privilege_descriptors_still_exist',
  '2D': 'invalid_transaction_termination',
  '2F': 'sql_routine_exception',
  '34': 'invalid_cursor_name',
  '38': 'external_routine_exception',
  '39': 'external_routine_invocation_exception',
  '3B': 'savepoint_exception',
  '3D': 'invalid_catalog_name',
  '3F': 'invalid_schema_name',
  '40': 'transaction_rollback',
  '42': 'syntax_error_or_access_rule_violation',
  '44': 'with_check_option_violation',
  '53': 'insufficient_resources',
  '54': 'program_limit_exceeded',
  '55': 'object_not_in_prerequisite_state',
  '57': 'operator_intervention',
  '58': 'system_error',
  '72': 'snapshot_failure',
  F0: 'config_file_error',
  HV: 'fdw_error',
  P0: 'plpgsql_error',
  XX: 'internal_error',
};

/** States that call for an answer of their own, so that their class would say too little. */
const STATE_WORDS = {
  '25P02': 'in_failed_transaction',
  '25P03': 'idle_in_transaction_timeout',
  '25P04': 'transaction_timeout',
  '40001': 'serialization_failure',
  '40P01': 'deadlock',
  '42501': 'insufficient_privilege',
  '42601': 'syntax_error',
  '42703': 'undefined_column',
  '42P01': 'undefined_table',
  '53100': 'disk_full',
  '53200': 'out_of_memory',
  '53300': 'too_many_connections',
  '55P03': 'lock_not_available',
  '57014': 'timeout',
  '57P01': 'admin_shutdown',
  '57P02': 'crash_shutdown',
  '57P03': 'cannot_connect_now',
  '57P04': 'database_dropped',
  '57P05': 'idle_session_timeout',
};

const UNKNOWN: SqlstateError = { errorType: 'other', sqlstateClass: 'other' };

const byClass = new Map<string, SqlstateError>(
  Object.entries(CLASS_WORDS).map(([sqlstateClass, errorType]) => [
    sqlstateClass,
    { errorType, sqlstateClass },
  ]),
);
const byState = new Map<string, SqlstateError>(
  Object.entries(STATE_WORDS).map(([state, errorType]) => [
    state,
    { errorType, sqlstateClass: state.slice(0, 2) },
  ]),
);

/** SQLSTATE of a statement that was cancelled: by a timeout, or by a cancel request. */
export const QUERY_CANCELED = '57014';

/**
 * Says what a SQLSTATE of five characters means. 57014 is taken for a timeout:
 * the server has one state for that and for a cancel request, and only who
 * saw the request can tell. 55P03 is a lock_timeout or a NOWAIT alike.
 */
export function sqlstateError(sqlstate: string): SqlstateError {
  if (sqlstate.length !== 5) return UNKNOWN;
  return byState.get(sqlstate) ?? byClass.get(sqlstate.slice(0, 2)) ?? UNKNOWN;
}
