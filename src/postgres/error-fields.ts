const SEVERITY = 0x56; // V, the one that is not translated
const SQLSTATE = 0x43; // C
const SQLSTATE_CHARACTERS = 5;

/**
 * Finds severity and SQLSTATE among the fields of an ErrorResponse or a
 * NoticeResponse that comes in chunks (PostgreSQL documentation, "Error and
 * Notice Message Fields"). Every other field, such as the message, is passed over unread.
 */
export class ErrorFields {
  /** Five characters; undefined as long as none have come. */
  sqlstate: string | undefined;
  /** Whether the severity is FATAL or PANIC: the server closes the connection. False for servers older than 9.6. */
  isFatal = false;
  /** Type of the field that is being read; 0 if a type comes next. */
  #field = 0;
  #text = '';
  #isOver = false;

  /** Makes ready for another message. */
  reset(): void {
    this.sqlstate = undefined;
    this.isFatal = false;
    this.#field = 0;
    this.#text = '';
    this.#isOver = false;
  }

  /** Reads bytes of the payload; says whether more are wanted. */
  push(chunk: Buffer, from: number, end: number): boolean {
    let at = from;
    while (at < end && !this.#isOver) {
      if (this.#field === 0) {
        this.#field = chunk[at++]!;
        this.#isOver = this.#field === 0;
        continue;
      }
      const found = chunk.indexOf(0, at);
      const stop = found === -1 || found > end ? end : found;
      if (this.#field === SQLSTATE || this.#field === SEVERITY) {
        const room = SQLSTATE_CHARACTERS + 1 - this.#text.length;
        this.#text += chunk.toString('latin1', at, Math.min(stop, at + room));
      }
      if (stop < end) this.#endField();
      at = stop + 1;
    }
    return !this.#isOver;
  }

  #endField(): void {
    if (this.#field === SEVERITY) this.isFatal = this.#text === 'FATAL' || this.#text === 'PANIC';
    else if (this.#field === SQLSTATE) {
      this.sqlstate = this.#text.length === SQLSTATE_CHARACTERS ? this.#text : undefined;
      // Severity comes before it.
      this.#isOver = true;
    }
    this.#field = 0;
    this.#text = '';
  }
}
