/** Something that keeps one sample from being made while the others are. */
export interface SampleProblem {
  /** What is wrong without what changes from reading to reading: the same kind is told once. */
  readonly kind: string;
  readonly text: string;
}

/**
 * Tells problems once per change of state.
 * @returns takes the state after each reading: which subject, and its problem if it has one. A problem that went
 * and came again is told again.
 */
export function createProblemNotes(
  onProblem: (text: string) => void,
): (subject: string, problem: SampleProblem | undefined) => void {
  const known = new Map<string, string>();
  return (subject, problem) => {
    if (problem === undefined) {
      known.delete(subject);
      return;
    }
    if (known.get(subject) === problem.kind) return;
    known.set(subject, problem.kind);
    onProblem(problem.text);
  };
}
