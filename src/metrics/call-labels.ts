import { UNKNOWN_CLIENT } from '../model/session-census.ts';
import type { CallObservation } from '../model/traffic.ts';
import { BoundedNames, OTHER, type Trust } from './bounded-names.ts';

/** Most distinct values of each label that a stranger could fill. */
export interface LabelCaps {
  readonly maxTools: number;
  readonly maxPrompts: number;
  readonly maxPaths: number;
  readonly maxMethods: number;
  readonly maxClients: number;
}

/** The bounded labels of one call. */
export interface CallLabels {
  readonly method: string;
  readonly endpoint: string;
  readonly protocolVersion: string | undefined;
}

const MAX_SCHEMES = 20;
const MAX_VERSIONS = 20;
const VERSION = /^\d{4}-\d{2}-\d{2}$/;

/**
 * Bounds the labels of calls. A tool or prompt is known once the server has
 * declared it or answered a call of it; before any list was seen, names are
 * taken on trust, up to the cap, unless the server refused them, and give way
 * to known ones. A path, a scheme, a method or a version is
 * known once the server has answered a request with it.
 */
export class CallLabelBounds {
  readonly #methods: BoundedNames;
  readonly #tools: BoundedNames;
  readonly #prompts: BoundedNames;
  readonly #paths: BoundedNames;
  readonly #schemes: BoundedNames;
  readonly #versions: BoundedNames;
  readonly #clients: BoundedNames;
  readonly #knownMethods: ReadonlySet<string>;
  readonly #listed = { tool: false, prompt: false };

  /** @param onRefused told the label whose value became `other`. */
  constructor(caps: () => LabelCaps, knownMethods: ReadonlySet<string>, onRefused: (label: string) => void) {
    this.#methods = new BoundedNames(
      () => caps().maxMethods,
      () => onRefused('method'),
    );
    this.#tools = new BoundedNames(
      () => caps().maxTools,
      () => onRefused('tool'),
    );
    this.#prompts = new BoundedNames(
      () => caps().maxPrompts,
      () => onRefused('prompt'),
    );
    this.#paths = new BoundedNames(
      () => caps().maxPaths,
      () => onRefused('path'),
    );
    this.#schemes = new BoundedNames(
      () => MAX_SCHEMES,
      () => onRefused('scheme'),
    );
    this.#versions = new BoundedNames(
      () => MAX_VERSIONS,
      () => onRefused('protocol_version'),
    );
    this.#clients = new BoundedNames(
      () => caps().maxClients,
      () => onRefused('client'),
    );
    this.#knownMethods = knownMethods;
  }

  /** Takes note of names that the server declared. */
  declare(kind: 'tool' | 'prompt', names: readonly string[]): void {
    this.#listed[kind] = true;
    const known = kind === 'tool' ? this.#tools : this.#prompts;
    for (const name of names) known.admit(name, 'vouched');
  }

  method(name: string, answered: boolean): string {
    return this.#knownMethods.has(name) || name === OTHER
      ? name
      : this.#methods.admit(name, trustIf(answered));
  }

  /** The client of a session; the server has vouched for it by opening one. */
  client(name: string | undefined): string {
    return name === undefined || name === UNKNOWN_CLIENT
      ? UNKNOWN_CLIENT
      : this.#clients.admit(name, 'vouched');
  }

  /** A protocol version, which is a date; undefined for anything else. */
  version(name: string | undefined, answered: boolean): string | undefined {
    return name !== undefined && VERSION.test(name)
      ? this.#versions.admit(name, trustIf(answered))
      : undefined;
  }

  of(call: CallObservation): CallLabels {
    const answered = isAnswered(call);
    return {
      method: call.isMcp ? this.method(call.method, answered) : call.method,
      endpoint: this.#endpoint(call, answered),
      protocolVersion: this.version(call.protocolVersion, answered),
    };
  }

  #endpoint(call: CallObservation, answered: boolean): string {
    const { target } = call;
    switch (target.kind) {
      case 'tool':
        return this.#tools.admit(target.name, this.#trust(call, 'tool', answered));
      case 'prompt':
        return this.#prompts.admit(target.name, this.#trust(call, 'prompt', answered));
      case 'resource':
        return this.#schemes.admit(target.name, trustIf(answered));
      case 'path':
        return this.#paths.admit(target.name, trustIf(answered || call.rpcErrorCode !== undefined));
      default:
        return target.kind satisfies never;
    }
  }

  #trust(call: CallObservation, kind: 'tool' | 'prompt', answered: boolean): Trust {
    if (answered) return 'vouched';
    return this.#listed[kind] || isNameRefused(call) ? 'none' : 'provisional';
  }
}

/** Whether the server took the request: only it can vouch for a name that a client made up. */
const isAnswered = ({ status }: CallObservation): boolean =>
  status === 'ok' || status === 'input_required' || status === 'task';

/** Whether the server may have meant that there is no such tool or prompt: it says so with "invalid params". */
const isNameRefused = ({ errorType, rpcErrorCode }: CallObservation): boolean =>
  errorType === 'unknown_tool' || rpcErrorCode === -32602;

const trustIf = (isKnown: boolean): Trust => (isKnown ? 'vouched' : 'none');
