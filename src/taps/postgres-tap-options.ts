/** What bounds the PostgreSQL tap. */
export interface PostgresTapOptions {
  /** Prepared statements, and as many portals, whose kinds are followed per connection; the oldest go first. */
  readonly maxStatements: number;
  /** Queries under way that are followed per connection. */
  readonly maxPipeline: number;
}
