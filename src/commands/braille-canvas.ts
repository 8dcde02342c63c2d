/** Dots across and down a cell of Braille. */
const [ACROSS, DOWN] = [2, 4];

/** Bits of the dots of a cell, row by row (Unicode 2800 to 28FF). */
const BITS = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
];

/** A drawing in dots, of which two by four make one character. */
export class BrailleCanvas {
  readonly width: number;
  readonly height: number;
  readonly #cells: Uint8Array;

  /** @param columns and rows in characters. */
  constructor(columns: number, rows: number) {
    this.width = columns * ACROSS;
    this.height = rows * DOWN;
    this.#cells = new Uint8Array(columns * rows);
  }

  /** Sets the dots of a column from one row to another, counted from below; what lies outside is left out. */
  fill(x: number, fromY: number, toY: number): void {
    if (x < 0 || x >= this.width) return;
    for (let y = Math.max(0, fromY); y <= Math.min(this.height - 1, toY); y++) {
      const down = this.height - 1 - y;
      const cell = Math.floor(down / DOWN) * (this.width / ACROSS) + Math.floor(x / ACROSS);
      this.#cells[cell] = (this.#cells[cell] ?? 0) | (BITS[down % DOWN]?.[x % ACROSS] ?? 0);
    }
  }

  /** The character of a cell, rows counted from above; undefined where nothing is drawn. */
  cell(column: number, row: number): string | undefined {
    const bits = this.#cells[row * (this.width / ACROSS) + column] ?? 0;
    return bits === 0 ? undefined : String.fromCharCode(0x2800 + bits);
  }
}
