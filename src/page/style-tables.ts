import { css } from './css.ts';

/** Tables, which become cards where there is no room for them. */
export const tablesStyle = css`
  table {
    position: relative;
    width: 100%;
    border-collapse: collapse;
  }
  th,
  td {
    padding: 0.35rem 1rem 0.35rem 0;
    border-bottom: 1px solid var(--edge);
    text-align: left;
    vertical-align: baseline;
  }
  tbody tr:last-child > * {
    border-bottom: 0;
  }
  th:last-child,
  td:last-child {
    padding-right: 0;
  }
  thead th {
    color: var(--quiet);
    font-size: 0.8125rem;
    font-weight: 600;
    white-space: nowrap;
    vertical-align: bottom;
  }
  thead th a {
    color: inherit;
    text-decoration: none;
  }
  thead th a:hover {
    color: var(--ink);
    text-decoration: underline;
  }
  .arrow {
    font-size: 0.75em;
  }
  tbody th {
    min-width: 9.5rem;
    font-weight: 600;
    overflow-wrap: anywhere;
  }
  .roomy {
    min-width: 13rem;
    overflow-wrap: anywhere;
  }
  .against {
    display: block;
  }
  tbody th .quiet {
    display: block;
    font-weight: 400;
  }
  .figure {
    text-align: right;
  }
  .figure strong {
    white-space: nowrap;
  }
  td .small {
    line-height: 1.35;
  }
  td.figure .small {
    white-space: nowrap;
  }
  td .words {
    margin-left: 0.25rem;
  }
  .total > * {
    border-top: 2px solid var(--edge-strong);
  }
  .more td {
    padding-top: 0.75rem;
    background: var(--sunken);
  }
  .more td,
  .more .charts {
    padding-left: 0.5rem;
    padding-right: 0.5rem;
  }
  @media (max-width: 60rem) {
    table,
    tbody,
    tbody tr,
    tbody th,
    tbody td {
      display: block;
    }
    thead {
      position: absolute;
      width: 1px;
      height: 1px;
      overflow: hidden;
      clip-path: inset(50%);
    }
    tbody tr:not(.more) {
      display: grid;
      grid-template-columns: repeat(auto-fill, minmax(5.6rem, 1fr));
      gap: 0.3rem 0.9rem;
      padding: 0.6rem 0;
      border-bottom: 1px solid var(--edge);
    }
    tbody th,
    tbody td[colspan] {
      grid-column: 1 / -1;
    }
    tbody td:has(.verdict, .runs, .phase, .message) {
      grid-column: span 2;
    }
    tbody tr:last-child {
      border-bottom: 0;
    }
    tbody th,
    tbody td,
    .total > * {
      min-width: 0;
      padding: 0.1rem 0;
      border: 0;
    }
    tbody td[data-label]::before {
      content: attr(data-label);
      display: block;
      color: var(--quiet);
      font-size: 0.75rem;
    }
    td .words {
      display: block;
      margin-left: 0;
    }
    .figure {
      text-align: left;
    }
    .total {
      border-top: 2px solid var(--edge-strong);
    }
  }
`;
