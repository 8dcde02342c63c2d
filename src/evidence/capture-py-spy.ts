import { chmod, stat, truncate } from 'node:fs/promises';
import type { EvidenceSource } from '../model/evidence.ts';
import { captureCommand } from './capture-command.ts';
import type { Captured, CaptureTask } from './capture.ts';

/**
 * Captures the stacks of a Python server and its children, or for a time those that it runs (one line each, with how
 * often it was seen: what flame graphs are made of). The server is not paused for it.
 * @throws Error as {@link captureCommand} does.
 */
export async function capturePySpy(
  { program, recordMs }: Extract<EvidenceSource, { kind: 'py-spy' }>,
  task: CaptureTask,
): Promise<Captured> {
  const whom = ['--pid', '{pid}', '--subprocesses', '--nonblocking'];
  if (recordMs === 0) return captureCommand([program, 'dump', ...whom], task);
  const path = `${task.stem}.stacks`;
  const how = ['--duration', String(Math.ceil(recordMs / 1000)), '--format', 'raw', '--output', path];
  await captureCommand([program, 'record', ...whom, ...how], task);
  // It is written in one go at the end, and by py-spy itself, which takes no pipe.
  await chmod(path, 0o600);
  const isCut = (await stat(path)).size > task.maxBytes;
  if (isCut) await truncate(path, task.maxBytes);
  return { path, isCut };
}
