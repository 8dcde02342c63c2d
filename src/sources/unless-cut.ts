/**
 * Does work on a connection and cuts the connection when the signal aborts meanwhile, since clients of databases
 * do not take signals.
 * @throws what the work throws, or the signal's reason.
 */
export async function unlessCut<Answer>(
  until: AbortSignal,
  cut: () => void,
  work: () => Promise<Answer>,
): Promise<Answer> {
  until.throwIfAborted();
  until.addEventListener('abort', cut);
  try {
    const answer = await work();
    // A client may go on with a connection that was being made when it was cut.
    until.throwIfAborted();
    return answer;
  } finally {
    until.removeEventListener('abort', cut);
  }
}
