import { crc32, deflateSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import { z } from 'zod';

const pixels = z.object({ width: z.number(), height: z.number(), palette: z.string(), indices: z.string() });

/** In the browser: the 256 most frequent colours of a picture, and for each pixel the nearest of them. */
const REDUCE = `(async (source) => {
  const image = new Image();
  image.src = source;
  await image.decode();
  const { width, height } = image;
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  const counts = new Map();
  const colorAt = (i) => (data[i] << 16) | (data[i + 1] << 8) | data[i + 2];
  for (let i = 0; i < data.length; i += 4) counts.set(colorAt(i), (counts.get(colorAt(i)) ?? 0) + 1);
  const palette = [...counts].toSorted((a, b) => b[1] - a[1]).slice(0, 256).map(([color]) => color);
  const nearest = new Map(palette.map((color, index) => [color, index]));
  const distance = (a, b) => ((a >> 16) - (b >> 16)) ** 2 + (((a >> 8) & 255) - ((b >> 8) & 255)) ** 2 + ((a & 255) - (b & 255)) ** 2;
  const indices = new Uint8Array(width * height);
  for (let i = 0; i < indices.length; i += 1) {
    const color = colorAt(4 * i);
    let index = nearest.get(color);
    if (index === undefined) {
      index = 0;
      for (let n = 1; n < palette.length; n += 1)
        if (distance(color, palette[n]) < distance(color, palette[index])) index = n;
      nearest.set(color, index);
    }
    indices[i] = index;
  }
  const base64 = (bytes) => {
    let text = '';
    for (let i = 0; i < bytes.length; i += 32768) text += String.fromCharCode(...bytes.subarray(i, i + 32768));
    return btoa(text);
  };
  const colors = Uint8Array.from(palette.flatMap((color) => [color >> 16, (color >> 8) & 255, color & 255]));
  return { width, height, palette: base64(colors), indices: base64(indices) };
})`;

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(body.length + 8);
  frame.writeUInt32BE(data.length, 0);
  body.copy(frame, 4);
  frame.writeUInt32BE(crc32(body), body.length + 4);
  return frame;
}

/** The same picture with at most 256 colours, for documents: about a third of the bytes (PNG, colour type 3). */
export async function smallPng(browser: Browser, png: Buffer): Promise<Buffer> {
  const page = await browser.newPage();
  try {
    const source = `data:image/png;base64,${png.toString('base64')}`;
    const reduced = pixels.parse(await page.evaluate(`${REDUCE}(${JSON.stringify(source)})`));
    const { width, height } = reduced;
    const indices = Buffer.from(reduced.indices, 'base64');
    // Each line begins with its filter, 0 for none.
    const lines = Buffer.alloc((width + 1) * height);
    for (let y = 0; y < height; y += 1) indices.copy(lines, y * (width + 1) + 1, y * width, (y + 1) * width);
    const header = Buffer.alloc(13);
    header.writeUInt32BE(width, 0);
    header.writeUInt32BE(height, 4);
    header.set([8, 3, 0, 0, 0], 8);
    return Buffer.concat([
      Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
      chunk('IHDR', header),
      chunk('PLTE', Buffer.from(reduced.palette, 'base64')),
      chunk('IDAT', deflateSync(lines, { level: 9 })),
      chunk('IEND', Buffer.alloc(0)),
    ]);
  } finally {
    await page.close();
  }
}
