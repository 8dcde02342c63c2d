import { css } from './css.ts';

/** Charts, small and large: those that the server draws, and what uPlot needs to look the same. */
export const chartsStyle = css`
  .line,
  .dot,
  .grid,
  .mark {
    fill: none;
    stroke: currentColor;
    vector-effect: non-scaling-stroke;
  }
  .line {
    stroke-width: 1.75;
    stroke-linejoin: round;
    stroke-linecap: round;
  }
  .line-first {
    color: var(--first);
  }
  .line-second {
    color: var(--second);
    stroke-dasharray: 7 3;
  }
  .line-third {
    color: var(--third);
    stroke-dasharray: 2 3;
  }
  .line-fourth {
    color: var(--fourth);
    stroke-dasharray: 9 3 2 3;
  }
  .line-baseline {
    color: var(--edge-strong);
    stroke-width: 1.25;
    stroke-dasharray: 4 4;
  }
  .line-limit {
    color: var(--bad);
    stroke-width: 2;
    stroke-dasharray: 12 4;
  }
  .line-fit {
    color: var(--fourth);
    stroke-width: 2.5;
    stroke-dasharray: 5 4;
  }
  .dot {
    color: var(--first);
    stroke-width: 5;
    stroke-linecap: round;
  }
  .grid {
    color: var(--edge);
    stroke-width: 1;
  }
  .mark {
    color: var(--quiet);
    stroke-width: 1;
    stroke-dasharray: 2 2;
  }
  .band {
    fill: var(--first);
    fill-opacity: 0.22;
    stroke: none;
  }
  .spark {
    width: 9rem;
    max-width: 100%;
    height: 1.5rem;
    vertical-align: -0.4rem;
  }
  .sparkless,
  .chartless {
    color: var(--quiet);
    font-size: 0.8125rem;
  }
  .chartless {
    display: grid;
    place-items: center;
    min-height: 9.5rem;
    border: 1px dashed var(--edge);
    border-radius: 6px;
  }
  .ratio {
    width: 4.5rem;
    height: 0.5rem;
    margin-left: 0.4rem;
    vertical-align: 0.05em;
  }
  .ratio-ground {
    fill: var(--edge);
  }
  .ratio-fill {
    fill: currentColor;
  }
  .ratio-mark {
    fill: none;
    stroke: var(--ink);
    stroke-width: 1.5;
    vector-effect: non-scaling-stroke;
  }
  .charts {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(24rem, 100%), 1fr));
    gap: 1.1rem 1.75rem;
  }
  .chart {
    min-width: 0;
  }
  .chart figcaption {
    display: flex;
    flex-wrap: wrap;
    justify-content: space-between;
    align-items: baseline;
    gap: 0 0.75rem;
    margin-bottom: 0.3rem;
  }
  .drawing {
    min-height: 172px;
  }
  .frame {
    display: grid;
    grid-template-columns: 64px minmax(0, 1fr);
  }
  .plot {
    width: 100%;
    height: 150px;
  }
  .axis {
    width: 64px;
    height: 150px;
  }
  .axis text {
    fill: var(--quiet);
    font-size: 11px;
    text-anchor: end;
  }
  .times {
    grid-column: 2;
    display: flex;
    justify-content: space-between;
    height: 22px;
    color: var(--quiet);
    font-size: 11px;
  }
  .legend {
    display: flex;
    flex-wrap: wrap;
    gap: 0.1rem 1rem;
    padding-left: 64px;
    list-style: none;
    color: var(--quiet);
    font-size: 0.8125rem;
  }
  .swatch {
    width: 24px;
    height: 10px;
    margin-right: 0.35rem;
  }
  .ranges {
    display: inline-flex;
    flex-wrap: wrap;
    border: 1px solid var(--edge-strong);
    border-radius: 6px;
    overflow: hidden;
  }
  .ranges a {
    padding: 0.2rem 0.7rem;
    color: var(--ink);
    font-size: 0.875rem;
    text-decoration: none;
  }
  .ranges a + a {
    border-left: 1px solid var(--edge);
  }
  .ranges a[aria-current] {
    background: var(--ink);
    color: var(--surface);
    font-weight: 600;
  }
  .ranges a:focus-visible {
    outline-offset: -4px;
  }
  .reading {
    min-height: 1.3em;
    padding-left: 64px;
    font-size: 0.8125rem;
  }
  .u-over {
    cursor: crosshair;
  }
  @media (max-width: 60rem) {
    td > div > .ratio {
      display: block;
      margin: 0.2rem 0 0;
    }
  }
  @media (max-width: 45rem) {
    .legend,
    .reading {
      padding-left: 0;
    }
  }
`;
