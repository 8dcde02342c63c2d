import type { MessageFacts } from '../mcp/message-facts.ts';
import type { TrafficSink } from '../model/traffic.ts';
import type { PendingCall } from './call-ledger.ts';
import type { Session } from './session.ts';

/** Learns what a response tells beyond its own call: the negotiated version, and the names of tools and prompts. */
export function noteAnswer(
  facts: MessageFacts,
  call: PendingCall,
  session: Session | undefined,
  sink: TrafficSink,
): void {
  if (call.method === 'initialize' && facts.protocolVersion !== undefined) {
    call.protocolVersion = facts.protocolVersion;
    if (session) session.protocolVersion = facts.protocolVersion;
  }
  if (!facts.declaredNames) return;
  if (call.method === 'tools/list') sink.declared('tool', facts.declaredNames);
  else if (call.method === 'prompts/list') sink.declared('prompt', facts.declaredNames);
}
