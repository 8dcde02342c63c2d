import { css } from './css.ts';

/**
 * Colours, type and what every page has. Both themes in one place: `light-dark()` follows the system, or `data-theme` where
 * somebody chose. Every pair of text and ground has a contrast of 4.5 to 1 or more.
 */
export const baseStyle = css`
  :root {
    color-scheme: light dark;
    --ground: light-dark(#f4f6f8, #0d1117);
    --surface: light-dark(#ffffff, #151b23);
    --sunken: light-dark(#eef1f4, #1d2530);
    --edge: light-dark(#d3d9e0, #303a46);
    --edge-strong: light-dark(#7d8894, #768391);
    --ink: light-dark(#14191f, #e8edf3);
    --quiet: light-dark(#525d69, #a3adb8);
    --link: light-dark(#0b57b0, #7db8ff);
    --good: light-dark(#126b35, #56cf7c);
    --good-ground: light-dark(#e6f5eb, #10271a);
    --warn: light-dark(#7f4a00, #edb63e);
    --warn-ground: light-dark(#fff2d9, #2d2209);
    --bad: light-dark(#b01c24, #ff8480);
    --bad-ground: light-dark(#fdebea, #351517);
    --calm: light-dark(#525d69, #a3adb8);
    --calm-ground: light-dark(#eceff2, #1f2731);
    --first: light-dark(#1264c4, #6cb0ff);
    --second: light-dark(#9a3fb5, #da93f2);
    --third: light-dark(#0b7a75, #3ecfc4);
    --fourth: light-dark(#a04a00, #ffa657);
    --mono: ui-monospace, 'SF Mono', 'Cascadia Mono', 'DejaVu Sans Mono', Menlo, Consolas, monospace;
  }
  :root[data-theme='light'] {
    color-scheme: light;
  }
  :root[data-theme='dark'] {
    color-scheme: dark;
  }
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  html {
    scroll-padding-top: 7rem;
    -webkit-text-size-adjust: 100%;
  }
  body {
    margin: 0;
    background: var(--ground);
    color: var(--ink);
    font:
      15px/1.5 system-ui,
      -apple-system,
      'Segoe UI',
      Roboto,
      'Noto Sans',
      'DejaVu Sans',
      sans-serif;
    font-variant-numeric: tabular-nums;
  }
  h1,
  h2,
  h3,
  p,
  ul,
  ol,
  dl,
  dd,
  figure,
  pre {
    margin: 0;
    padding: 0;
  }
  h1 {
    font-size: 1.5rem;
    line-height: 1.25;
    text-wrap: balance;
  }
  h2 {
    font-size: 1.125rem;
    line-height: 1.3;
  }
  h3 {
    font-size: 0.9375rem;
  }
  a {
    color: var(--link);
    text-underline-offset: 0.15em;
  }
  code,
  pre,
  kbd {
    font-family: var(--mono);
    font-size: 0.8125rem;
  }
  pre {
    overflow: auto;
    max-height: 28rem;
    padding: 0.75rem;
    border: 1px solid var(--edge);
    border-radius: 6px;
    background: var(--sunken);
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }
  bdi {
    overflow-wrap: anywhere;
  }
  time {
    white-space: nowrap;
  }
  button,
  input {
    font: inherit;
    color: inherit;
  }
  button,
  .button {
    display: inline-block;
    padding: 0.3rem 0.75rem;
    border: 1px solid var(--edge-strong);
    border-radius: 6px;
    background: var(--surface);
    color: var(--ink);
    text-decoration: none;
    cursor: pointer;
  }
  button:hover,
  .button:hover {
    background: var(--sunken);
  }
  summary {
    cursor: pointer;
  }
  :focus-visible {
    outline: 3px solid var(--link);
    outline-offset: 2px;
    border-radius: 3px;
  }
  .skip {
    position: absolute;
    left: 0.5rem;
    top: -4rem;
    z-index: 9;
    padding: 0.5rem 1rem;
    background: var(--surface);
    border: 1px solid var(--edge-strong);
  }
  .skip:focus {
    top: 0.5rem;
  }
  .quiet {
    color: var(--quiet);
  }
  .small {
    font-size: 0.8125rem;
  }
  .unseen {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  [hidden] {
    display: none !important;
  }
  @media (prefers-reduced-motion: no-preference) {
    html {
      scroll-behavior: smooth;
    }
  }
`;
