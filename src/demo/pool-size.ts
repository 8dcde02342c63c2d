/** Connections that the demo's server holds to its database at most. */
export const poolSize = 10;
