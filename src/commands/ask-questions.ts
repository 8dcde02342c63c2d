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
}

/** Questions in a terminal; undefined where there is none. */
export function createQuestions(io: CommandIo): Questions | undefined {
  const { stdin, stdout } = io;
  if (stdin?.isTTY !== true) return undefined;
  // One reader for each question: between questions Ctrl-C ends the program as ever.
  const answerTo = async (text: string): Promise<string> => {
    const lines = createInterface({ input: stdin, output: stdout });
    const ended = Promise.withResolvers<never>();
    ended.promise.catch(() => {});
    lines.once('close', () => ended.reject(new Error('want an answer, got the end of the input')));
    lines.once('SIGINT', () => lines.close());
    try {
      return (await Promise.race([lines.question(text), ended.promise])).trim();
    } finally {
      lines.close();
    }
  };

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
  };
}
