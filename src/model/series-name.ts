/** Name of a series of a figure that has one for each value of a label: `tool_p99_ms/search%20web`. */
export const labelledName = (figure: string, label: string): string =>
  `${figure}/${encodeURIComponent(label.toWellFormed())}`;

/** The figure and the label that a name was made of; the label is undefined where there is none, or where it is not a label's. */
export function splitName(name: string): { readonly figure: string; readonly label: string | undefined } {
  const slash = name.indexOf('/');
  if (slash === -1) return { figure: name, label: undefined };
  try {
    return { figure: name.slice(0, slash), label: decodeURIComponent(name.slice(slash + 1)) };
  } catch {
    return { figure: name, label: undefined };
  }
}
