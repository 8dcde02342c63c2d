import type { FactName } from './message-shape.ts';

/** What observation knows of one JSON-RPC message; everything else in it was skipped. */
export interface MessageFacts {
  /** Canonical form of the id (`n1`, `sabc`, `null`), undefined if there is none. Equal ids have equal forms. */
  id: string | undefined;
  method: string | undefined;
  hasResult: boolean;
  hasError: boolean;
  /** `result.task`: the answer is a task, whose result comes later. */
  hasTask: boolean;
  /** `params.name`: the tool or prompt. */
  name: string | undefined;
  /** `params.uri`: the resource. */
  uri: string | undefined;
  /** `params.requestId` of a cancellation, in the canonical form of an id. */
  requestId: string | undefined;
  protocolVersion: string | undefined;
  /** `params.clientInfo.name` of `initialize`, or the same in `params._meta` since 2026-07-28. */
  clientName: string | undefined;
  errorCode: number | undefined;
  /** Beginning of `error.message`, or of the first text of a result with `isError`. */
  errorText: string | undefined;
  isError: boolean;
  resultType: string | undefined;
  /** `params._meta.traceparent` and `tracestate`, where the shape asks for them. */
  traceParent: string | undefined;
  traceState: string | undefined;
  /** Number of elements of the argument that was named as a batch. */
  batchSize: number | undefined;
  /** Names of the tools or prompts that a list result declares. */
  declaredNames: string[] | undefined;
}

/** Facts of a message of which nothing is known yet. */
export const emptyFacts = (): MessageFacts => ({
  id: undefined,
  method: undefined,
  hasResult: false,
  hasError: false,
  hasTask: false,
  name: undefined,
  uri: undefined,
  requestId: undefined,
  protocolVersion: undefined,
  clientName: undefined,
  errorCode: undefined,
  errorText: undefined,
  isError: false,
  resultType: undefined,
  traceParent: undefined,
  traceState: undefined,
  batchSize: undefined,
  declaredNames: undefined,
});

/** Longest token, in bytes, that is kept; the rest of a longer one is cut off. */
export const MAX_TOKEN_BYTES = 512;

/** Most names that one list result may declare. */
const MAX_DECLARED_NAMES = 2000;

/** The string that a raw JSON token stands for; undefined if the token is no string. */
export const tokenText = (token: string): string | undefined => {
  if (!token.startsWith('"')) return undefined;
  if (!token.includes('\\')) return token.slice(1, token.endsWith('"') ? -1 : undefined);
  try {
    const string: string = JSON.parse(token);
    return string;
  } catch {
    // A token that was cut, perhaps inside an escape sequence: its raw characters will do.
    return token.slice(1);
  }
};

/** Canonical form of a JSON-RPC id: whole numbers by value (1 and 1.0 are equal), strings by content. */
export const canonicalId = (token: string): string => {
  const string = tokenText(token);
  // A string without its end was cut: it is told apart from a whole one, since it cannot be sent back.
  if (string !== undefined) return `${token.endsWith('"') ? 's' : 'c'}${string}`;
  const number = Number(token);
  if (Number.isNaN(number)) return token;
  // Beyond what a double can hold, equal values may be different ids: the text decides.
  return `n${Number.isSafeInteger(number) ? number : token}`;
};

/** Enters one raw token under its fact; the first of duplicate keys counts. */
export function enterFact(facts: MessageFacts, name: FactName, token: string): void {
  switch (name) {
    case 'id':
    case 'requestId':
      facts[name] ??= canonicalId(token);
      return;
    case 'isError':
      facts.isError ||= token === 'true';
      return;
    case 'errorCode': {
      const code = Number(token);
      if (Number.isFinite(code)) facts.errorCode ??= code;
      return;
    }
    case 'declaredName': {
      const declared = tokenText(token);
      if (declared === undefined) return;
      facts.declaredNames ??= [];
      if (facts.declaredNames.length < MAX_DECLARED_NAMES) facts.declaredNames.push(declared);
      return;
    }
    case 'errorMessage':
    case 'contentText':
      facts.errorText ??= tokenText(token);
      return;
    case 'traceState':
      // A list that was cut is none.
      if (token.endsWith('"')) facts.traceState ??= tokenText(token);
      return;
    case 'traceParent':
    case 'method':
    case 'name':
    case 'uri':
    case 'protocolVersion':
    case 'clientName':
    case 'resultType':
      facts[name] ??= tokenText(token);
      return;
    default:
      name satisfies never;
  }
}
