const name = '[A-Za-z_:][A-Za-z0-9_:]*';
const matcher = '\\s*[A-Za-z_][A-Za-z0-9_]*\\s*(?:=|!=|=~|!~)\\s*"(?:[^"\\\\\\n]|\\\\.)*"\\s*';
const matchers = `\\{(?:${matcher}(?:,${matcher})*,?)?\\s*\\}`;
const selector = new RegExp(`^\\s*(?:${name}\\s*(?:${matchers})?|${matchers})\\s*$`);
const expression = /(?:=~|!~)\s*"((?:[^"\\\n]|\\.)*)"/g;

function compiles(source: string): boolean {
  try {
    return new RegExp(source).source !== '';
  } catch {
    return false;
  }
}

/**
 * Whether a text has the form of a Prometheus selector, `name{label="value",other=~"expression"}`, whose
 * expressions are regular expressions of JavaScript. Source: Prometheus, "Querying basics".
 */
export function isSelector(text: string): boolean {
  return selector.test(text) && [...text.matchAll(expression)].every(([, source = '']) => compiles(source));
}
