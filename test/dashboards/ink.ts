import type { Browser } from 'playwright-core';

/** A part of a picture, in its pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** How bright a pixel must be in its brightest channel to be a line, a bar or a letter, and no grid or background. */
const BRIGHT = 100;

/** Counts the bright pixels in parts of a PNG, by letting a browser read it. */
export async function inkIn(browser: Browser, png: Buffer, boxes: readonly Box[]): Promise<number[]> {
  const page = await browser.newPage();
  try {
    const script = `(async (source, boxes, bright) => {
      const image = new Image();
      image.src = source;
      await image.decode();
      const canvas = new OffscreenCanvas(image.width, image.height);
      const context = canvas.getContext('2d', { willReadFrequently: true });
      context.drawImage(image, 0, 0);
      return boxes.map(({ x, y, width, height }) => {
        const { data } = context.getImageData(x, y, Math.max(1, width), Math.max(1, height));
        let ink = 0;
        for (let i = 0; i < data.length; i += 4)
          if (Math.max(data[i], data[i + 1], data[i + 2]) >= bright) ink += 1;
        return ink;
      });
    })`;
    const source = `data:image/png;base64,${png.toString('base64')}`;
    return await page.evaluate<number[]>(
      `${script}(${JSON.stringify(source)}, ${JSON.stringify(boxes)}, ${BRIGHT})`,
    );
  } finally {
    await page.close();
  }
}
