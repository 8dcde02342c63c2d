import { css } from './css.ts';

/** Where things stand: the bar at the top, the verdict, the sections. */
export const layoutStyle = css`
  .bar {
    position: sticky;
    top: 0;
    z-index: 5;
    background: var(--surface);
    border-bottom: 1px solid var(--edge);
  }
  .bar-row {
    display: flex;
    align-items: center;
    gap: 0.5rem 1rem;
    flex-wrap: wrap;
    max-width: 84rem;
    margin: 0 auto;
    padding: 0.5rem 1.25rem;
  }
  .brand {
    display: flex;
    align-items: baseline;
    gap: 0.5rem;
    min-width: 0;
    font-weight: 650;
    color: var(--ink);
    text-decoration: none;
  }
  .bar-server {
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    color: var(--quiet);
  }
  .bar-tools {
    display: flex;
    align-items: center;
    gap: 0.5rem;
    margin-left: auto;
  }
  .bar-tools button,
  .bar-tools .button {
    padding: 0.15rem 0.6rem;
    font-size: 0.8125rem;
  }
  #theme::before {
    content: '◐ ' / '';
  }
  .fresh {
    display: inline-flex;
    align-items: center;
    gap: 0.4rem;
    font-size: 0.8125rem;
    color: var(--quiet);
  }
  .fresh::before {
    content: '';
    width: 0.6rem;
    height: 0.6rem;
    border: 2px solid var(--edge-strong);
    border-radius: 50%;
  }
  .fresh[data-fresh='live']::before {
    border-color: var(--good);
    background: var(--good);
  }
  .fresh[data-fresh='stale'] {
    padding: 0.1rem 0.5rem;
    border-radius: 6px;
    background: var(--bad-ground);
    color: var(--bad);
    font-weight: 600;
  }
  .fresh[data-fresh='stale']::before {
    border-color: var(--bad);
    border-radius: 0;
  }
  .contents {
    /* What is hidden inside must not reach out of it. */
    position: relative;
    max-width: 84rem;
    margin: 0 auto;
    padding: 0 1.25rem;
    overflow-x: auto;
    scrollbar-width: none;
  }
  .contents ul {
    display: flex;
    gap: 1.25rem;
    list-style: none;
  }
  .contents a {
    display: block;
    padding: 0.35rem 0;
    border-bottom: 3px solid transparent;
    color: var(--quiet);
    font-size: 0.875rem;
    white-space: nowrap;
    text-decoration: none;
  }
  .contents a:hover {
    border-color: var(--edge-strong);
    color: var(--ink);
  }
  .contents .count {
    padding: 0 0.4em;
    margin-left: 0.25em;
    border-radius: 1em;
    background: var(--bad-ground);
    color: var(--bad);
    font-weight: 650;
  }
  main {
    display: grid;
    gap: 1.25rem;
    grid-template-columns: minmax(0, 1fr);
    max-width: 84rem;
    margin: 0 auto;
    padding: 1.25rem;
  }
  footer {
    max-width: 84rem;
    margin: 0 auto;
    padding: 0 1.25rem 2rem;
    color: var(--quiet);
    font-size: 0.8125rem;
  }
  .section {
    min-width: 0;
    padding: 1.1rem 1.25rem 1.25rem;
    border: 1px solid var(--edge);
    border-radius: 10px;
    background: var(--surface);
  }
  .section > header {
    display: grid;
    grid-template-columns: 1fr auto;
    align-items: baseline;
    gap: 0.2rem 1rem;
    margin-bottom: 0.6rem;
  }
  .section .hint {
    grid-column: 1 / -1;
    max-width: 62rem;
    color: var(--quiet);
    font-size: 0.875rem;
  }
  .pair {
    display: grid;
    gap: 1.25rem;
    grid-template-columns: repeat(auto-fit, minmax(min(26rem, 100%), 1fr));
  }
  .pair > .section {
    min-width: 0;
  }
  .empty {
    padding: 0.9rem 1rem;
    border: 1px dashed var(--edge-strong);
    border-radius: 8px;
    color: var(--quiet);
  }
  .empty strong {
    color: var(--ink);
  }
  .narrow {
    max-width: 30rem;
    width: 100%;
    margin: 8vh auto 0;
  }
  .form {
    display: grid;
    gap: 0.75rem;
    margin-top: 1rem;
  }
  .form input {
    width: 100%;
    padding: 0.5rem 0.7rem;
    border: 1px solid var(--edge-strong);
    border-radius: 6px;
    background: var(--surface);
  }
  .form button {
    border-color: var(--link);
    background: light-dark(#0b57b0, #1d5fae);
    color: #ffffff;
    font-weight: 600;
  }
  .alert {
    margin-top: 0.75rem;
    padding: 0.6rem 0.8rem;
    border-left: 5px solid var(--bad);
    background: var(--bad-ground);
    color: var(--bad);
  }
  @media (max-width: 45rem) {
    html {
      scroll-padding-top: 6rem;
    }
    .bar-row,
    .contents,
    main {
      padding-left: 0.75rem;
      padding-right: 0.75rem;
    }
    main {
      gap: 0.75rem;
      padding-top: 0.75rem;
    }
    .bar-server {
      display: none;
    }
    .wide {
      position: absolute;
      clip-path: inset(50%);
    }
    .bar-row,
    .bar-tools {
      gap: 0.4rem;
    }
    .section {
      padding: 0.9rem 0.85rem;
    }
  }
`;
