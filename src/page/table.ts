import { html, type Html, type HtmlValue } from './html.ts';

/** A column of a table. */
export interface Column {
  readonly title: string;
  /** Figures stand at the right. */
  readonly isFigure?: boolean;
  /** Long words may break in it, but not sooner than they must. */
  readonly isRoomy?: boolean;
  /** Leads to the page sorted by it. */
  readonly sort?: { readonly href: string; readonly order: 'ascending' | 'descending' | 'none' };
}

/** A row of a table. */
export interface Row {
  /** Tells the row from the others across updates. */
  readonly key: string;
  /** Beside the columns; the first is the row's heading. */
  readonly cells: readonly HtmlValue[];
  /** Shown beneath the row, over its whole width. */
  readonly more?: Html | undefined;
  readonly isTotal?: boolean;
}

const heading = ({ title, isFigure, sort }: Column): Html => {
  const side = isFigure === true ? 'figure' : '';
  if (sort === undefined) return html`<th role="columnheader" scope="col" class="${side}">${title}</th>`;
  const arrow = { ascending: '▲', descending: '▼', none: '↕' }[sort.order];
  return html`<th role="columnheader" scope="col" class="${side}" aria-sort="${sort.order}">
    <a href="${sort.href}" data-choice>${title}<span class="arrow" aria-hidden="true"> ${arrow}</span></a>
  </th>`;
};

function row(columns: readonly Column[], { key, cells, more, isTotal }: Row): Html {
  const [first, ...rest] = cells;
  return html`<tr role="row" data-key="${key}" class="${isTotal === true ? 'total' : ''}">
      <th role="rowheader" scope="row">${first}</th>
      ${rest.map((cell, n) => {
        const column = columns[n + 1];
        const side = column?.isFigure === true ? 'figure' : column?.isRoomy === true ? 'roomy' : '';
        return html`<td role="cell" class="${side}" data-label="${column?.title}"><div>${cell}</div></td>`;
      })}
    </tr>
    ${
      more !== undefined &&
      html`<tr role="row" class="more" data-key="${key} more">
        <td role="cell" colspan="${columns.length}">${more}</td>
      </tr>`
    }`;
}

/**
 * A table that becomes a list of cards where there is no room. Its roles are written out, since browsers take them away
 * from a table whose display is another.
 * @param caption for those who cannot see what stands around it.
 */
export const table = (caption: string, columns: readonly Column[], rows: readonly Row[]): Html =>
  html`<table role="table">
    <caption class="unseen">
      ${caption}
    </caption>
    <thead role="rowgroup">
      <tr role="row">
        ${columns.map(heading)}
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${rows.map((each) => row(columns, each))}
    </tbody>
  </table>`;
