import { createInterface } from 'node:readline/promises';
import type { CommandIo } from './command.ts';

/** Asks its user, who may take the default with Enter. */
export interface Questions {
  /**
   * Asks until the answer can be read.
   * @param read the value, or in words why it is none.
   * @throws Error if the input ends, as with Ctrl-D.
   */
  readonly ask: <T extends object | number | boolean>(
    question: string,
    fallback: string,
    read: (answer: string) => T | string,
  ) => Promise<T>;
  /** The same for yes or no. */
  readonly confirm: (question: string, fallback: boolean) => Promise<boolean>;
  readonly close: () => void;
}

/** Questions in a terminal; undefined where there is none. */
export function createQuestions(io: CommandIo): Questions | undefined {
  const { stdin, stdout } = io;
  if (stdin?.isTTY !== true) return undefined;
  const lines = createInterface({ input: stdin, output: stdout });
  const ended = Promise.withResolvers<never>();
  ended.promise.catch(() => {});
  lines.once('close', () => ended.reject(new Error('want an answer, got the end of the input')));
  lines.once('SIGINT', () => lines.close());
  const answerTo = async (text: string): Promise<string> =>
    (await Promise.race([lines.question(text), ended.promise])).trim();

  const ask: Questions['ask'] = async (question, fallback, read) => {
    for (;;) {
      const answer = await answerTo(fallback === '' ? `${question}: ` : `${question} [${fallback}]: `);
      const value = read(answer === '' ? fallback : answer);
      if (typeof value !== 'string') return value;
      stdout.write(`  ${value}\n`);
    }
  };
  return {
    ask,
    confirm: (question, fallback) =>
      ask(question, fallback ? 'yes' : 'no', (answer): boolean | string =>
        /^y(?:es)?$/i.test(answer) ? true : /^no?$/i.test(answer) ? false : 'want yes or no',
      ),
    close: () => lines.close(),
  };
}
