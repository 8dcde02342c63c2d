import type { FigureVerdict } from './judge-figure.ts';

/** Text of a cell or a line with how it is meant. */
export interface Piece {
  readonly text: string;
  readonly tone?: FigureVerdict['tone'] | 'strong' | 'faint';
}

/** A column; those with the greatest `leave` go first where the width does not suffice, those without never. */
export interface TableColumn {
  readonly title: string;
  readonly align: 'left' | 'right';
  readonly leave?: number;
}

/** A piece of a report, whatever it is written as. */
export type Block =
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'lines'; readonly lines: readonly Piece[] }
  | {
      readonly kind: 'table';
      readonly columns: readonly TableColumn[];
      readonly rows: readonly (readonly Piece[])[];
    };
