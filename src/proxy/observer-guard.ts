/** Is told once per exchange, connection or pipe what an observer threw. */
export type OnObserverError = (error: unknown) => void;

/**
 * Stands between what is forwarded and its observer: after a throw the observer
 * hears nothing more but the end, which it needs to let go of what it holds.
 */
export class ObserverGuard<Observer> {
  #observer: Observer | undefined;
  #isBroken = false;
  readonly #onError: OnObserverError;

  /** @param create gives the observer; undefined: nobody observes */
  constructor(create: () => Observer | undefined, onError: OnObserverError) {
    this.#onError = onError;
    this.#observer = this.#guarded(create);
  }

  /** Tells the observer something, or asks it; undefined where there is none, or none any more. */
  protected tell<Answer>(use: (observer: Observer) => Answer): Answer | undefined {
    const observer = this.#observer;
    return observer === undefined || this.#isBroken ? undefined : this.#guarded(() => use(observer));
  }

  /** Tells it the last thing that it will hear; only the first call counts. */
  protected tellLast(use: (observer: Observer) => void): void {
    const observer = this.#observer;
    this.#observer = undefined;
    if (observer !== undefined) this.#guarded(() => use(observer));
  }

  #guarded<Answer>(call: () => Answer): Answer | undefined {
    try {
      return call();
    } catch (error) {
      if (!this.#isBroken) this.#onError(error);
      this.#isBroken = true;
      return undefined;
    }
  }
}
