/** A place in a JSON-RPC message whose value the scanner reports; all other values are skipped. */
export type FactName =
  | 'method'
  | 'id'
  | 'name'
  | 'uri'
  | 'requestId'
  | 'protocolVersion'
  | 'clientName'
  | 'traceParent'
  | 'traceState'
  | 'errorCode'
  | 'errorMessage'
  | 'isError'
  | 'resultType'
  | 'contentText'
  | 'declaredName';

/** What the scanner does with a value: report it, look inside it, count its elements, or (absent) skip it. */
export interface Shape {
  readonly fact?: FactName;
  /** Members of an object that matter. */
  readonly members?: ReadonlyMap<string, Shape>;
  /** Elements of an array that matter. */
  readonly elements?: Shape;
  /** Count the elements of an array found here as the batch size. */
  readonly counted?: boolean;
  /** Presence of this member says what kind of message it is. */
  readonly marks?: 'hasResult' | 'hasError' | 'hasTask';
}

const object = (members: Readonly<Record<string, Shape>>): Shape => ({
  members: new Map(Object.entries(members)),
});
const fact = (name: FactName): Shape => ({ fact: name });
const client = object({ name: fact('clientName') });
const named: Shape = { elements: object({ name: fact('declaredName') }) };

/**
 * The parts of a JSON-RPC message that observation needs, in both eras of MCP.
 * @param batchArguments names of tool arguments whose array length is a batch size.
 * @param traced whether the trace context in `params._meta` is wanted.
 */
export function messageShape(batchArguments: Iterable<string> = [], traced = false): Shape {
  const batches = Object.fromEntries([...batchArguments].map((name) => [name, { counted: true }]));
  return object({
    method: fact('method'),
    id: fact('id'),
    params: object({
      name: fact('name'),
      uri: fact('uri'),
      requestId: fact('requestId'),
      protocolVersion: fact('protocolVersion'),
      clientInfo: client,
      arguments: object(batches),
      _meta: object({
        'io.modelcontextprotocol/protocolVersion': fact('protocolVersion'),
        'io.modelcontextprotocol/clientInfo': client,
        ...(traced && { traceparent: fact('traceParent'), tracestate: fact('traceState') }),
      }),
    }),
    result: {
      marks: 'hasResult',
      ...object({
        isError: fact('isError'),
        resultType: fact('resultType'),
        task: { marks: 'hasTask' },
        protocolVersion: fact('protocolVersion'),
        content: { elements: object({ text: fact('contentText') }) },
        tools: named,
        prompts: named,
      }),
    },
    error: { marks: 'hasError', ...object({ code: fact('errorCode'), message: fact('errorMessage') }) },
  });
}
