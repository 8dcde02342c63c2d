import zlib from 'node:zlib';
import type { Transform } from 'node:stream';
import type { DropReason } from '../model/traffic.ts';

/** Turns the copy of a compressed body into plain bytes. */
export interface BodyDecoder {
  readonly push: (chunk: Buffer) => void;
  /** Says that no more comes; `ended` is called when all has been decoded. */
  readonly end: () => void;
  /** An event of a stream is over: the limit holds for each one, a stream may live for days. */
  readonly eventEnded: () => void;
}

/** What a decoder tells, later than the bytes were pushed. */
export interface DecoderEvents {
  readonly decoded: (chunk: Buffer) => void;
  readonly ended: () => void;
  /** The copy cannot be decoded further; neither `decoded` nor `ended` follows. */
  readonly failed: (reason: DropReason) => void;
}

/** Limits of one decoder. */
export interface DecoderLimits {
  /** Most compressed bytes that may wait. */
  readonly maxBodyBytes: number;
  /** Most bytes that a body, or one event of a stream, may decode to. */
  readonly maxDecodedBytes: number;
}

/** A stream that decodes the coding of that name, or undefined if Node has none. The first byte tells zlib from raw deflate. */
function createTransform(coding: string, firstByte: number): Transform | undefined {
  // Flushing at once lets events of a compressed stream through one by one.
  const flush = { flush: zlib.constants.Z_SYNC_FLUSH, finishFlush: zlib.constants.Z_SYNC_FLUSH };
  switch (coding) {
    case 'gzip':
    case 'x-gzip':
      return zlib.createGunzip(flush);
    case 'deflate':
      // Some senders leave out the zlib wrapper that RFC 9110 §8.4.1.2 asks for.
      return (firstByte & 0x0f) === 8 ? zlib.createInflate(flush) : zlib.createInflateRaw(flush);
    case 'br':
      return zlib.createBrotliDecompress({ flush: zlib.constants.BROTLI_OPERATION_FLUSH });
    case 'zstd':
      return typeof zlib.createZstdDecompress === 'function' ? zlib.createZstdDecompress() : undefined;
    default:
      return undefined;
  }
}

/**
 * Decodes the copy of a body whose Content-Encoding is one of gzip, deflate,
 * br and zstd, on the thread pool. Bounded: what waits and what comes out.
 */
export function createBodyDecoder(
  encoding: string,
  limits: DecoderLimits,
  events: DecoderEvents,
): BodyDecoder {
  let stream: Transform | undefined;
  let decodedBytes = 0;
  let over = false;

  const fail = (reason: DropReason): void => {
    if (over) return;
    over = true;
    stream?.destroy();
    events.failed(reason);
  };

  const start = (firstByte: number): Transform | undefined => {
    const transform = createTransform(encoding.trim().toLowerCase(), firstByte);
    transform?.on('data', (chunk: Buffer) => {
      decodedBytes += chunk.length;
      if (decodedBytes > limits.maxDecodedBytes) fail('decoded_too_large');
      else if (!over) events.decoded(chunk);
    });
    transform?.on('end', () => {
      if (over) return;
      over = true;
      events.ended();
    });
    transform?.on('error', () => fail('undecodable_body'));
    return transform;
  };

  return {
    push: (chunk) => {
      if (over || chunk.length === 0) return;
      stream ??= start(chunk[0]!);
      if (!stream) fail('unsupported_encoding');
      else if (stream.writableLength + chunk.length > limits.maxBodyBytes && stream.writableLength > 0) {
        fail('decoder_backlog');
        // A copy: the chunk's memory is not ours, and the thread pool reads it later.
      } else stream.write(Buffer.from(chunk));
    },
    end: () => {
      if (stream) stream.end();
      else if (!over) {
        over = true;
        events.ended();
      }
    },
    eventEnded: () => {
      decodedBytes = 0;
    },
  };
}
