import { expect, it } from '@jest/globals';
import {
  ANSWER_BYTES,
  answerAroundId,
  FIRST_ID,
  REQUEST_BYTES,
  requestAroundId,
} from '../../bench/payload.ts';

it.each([
  { what: 'request', around: requestAroundId(), bytes: REQUEST_BYTES },
  { what: 'answer', around: answerAroundId(), bytes: ANSWER_BYTES },
])('the $what is JSON of $bytes bytes and takes any id', ({ around, bytes }) => {
  const text = `${around.before}${FIRST_ID + 7}${around.after}`;
  expect(text).toHaveLength(bytes);
  expect(JSON.parse(text)).toMatchObject({ jsonrpc: '2.0', id: FIRST_ID + 7 });
});
