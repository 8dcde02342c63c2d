/** What tells a node from its neighbours across updates. */
const keyOf = (node: Node): string | undefined =>
  node instanceof Element ? (node.getAttribute('data-key') ?? (node.id || undefined)) : undefined;

const isAlike = (one: Node, other: Node): boolean =>
  one.nodeName === other.nodeName && keyOf(one) === keyOf(other);

/** Takes over attributes; whether a reader has opened something is the reader's own. */
function morphAttributes(from: Element, to: Element): void {
  const isReaders = (name: string): boolean => name === 'open' && from instanceof HTMLDetailsElement;
  for (const { name } of Array.from(from.attributes)) {
    if (!to.hasAttribute(name) && !isReaders(name)) from.removeAttribute(name);
  }
  for (const { name, value } of to.attributes) {
    if (from.getAttribute(name) !== value && !isReaders(name)) from.setAttribute(name, value);
  }
}

function morphNode(from: Node, to: Node): void {
  if (from instanceof Element && to instanceof Element) {
    // What a script drew is its own.
    if (from.hasAttribute('data-keep') && to.hasAttribute('data-keep')) return;
    morphAttributes(from, to);
    morphChildren(from, to);
  } else if (from.nodeValue !== to.nodeValue) from.nodeValue = to.nodeValue;
}

/**
 * Makes the children of one node like those of another, with as few changes as will do: what stays keeps its focus, its
 * selection and whether it is open. Nodes with a key are found again wherever they have moved.
 * @param to is used up.
 */
export function morphChildren(from: Node, to: Node): void {
  const keyed = new Map<string, Node>();
  for (const node of from.childNodes) {
    const key = keyOf(node);
    if (key !== undefined) keyed.set(key, node);
  }
  let current: ChildNode | null = from.firstChild;
  for (const wanted of Array.from(to.childNodes)) {
    const key = keyOf(wanted);
    const known = key === undefined ? undefined : keyed.get(key);
    if (known !== undefined && known !== current && isAlike(known, wanted)) {
      from.insertBefore(known, current);
      morphNode(known, wanted);
    } else if (current !== null && isAlike(current, wanted)) {
      const next: ChildNode | null = current.nextSibling;
      morphNode(current, wanted);
      current = next;
    } else from.insertBefore(wanted, current);
  }
  while (current !== null) {
    const next: ChildNode | null = current.nextSibling;
    current.remove();
    current = next;
  }
}

/** Makes an element into this one, given as HTML of our own rendering. */
export function show(element: Element, htmlText: string): void {
  const template = document.createElement('template');
  template.innerHTML = htmlText;
  const [wanted] = template.content.children;
  if (wanted !== undefined) morphNode(element, wanted);
}
