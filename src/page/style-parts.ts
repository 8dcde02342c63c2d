import { css } from './css.ts';

/** Verdicts, the banner, conditions, facts, probes' runs. */
export const partsStyle = css`
  .verdict {
    font-weight: 600;
    white-space: nowrap;
  }
  .icon {
    flex: none;
    width: 1em;
    height: 1em;
    vertical-align: -0.125em;
  }
  .icon .fill {
    fill: currentColor;
  }
  .icon .stroke {
    fill: none;
    stroke: var(--surface);
    stroke-width: 1.8;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  .icon .ring {
    fill: none;
    stroke: currentColor;
    stroke-width: 1.8;
  }
  .verdict-ok,
  .banner-ok > .icon {
    color: var(--good);
  }
  .verdict-watch,
  .banner-watch > .icon {
    color: var(--warn);
  }
  .verdict-bad,
  .banner-bad > .icon {
    color: var(--bad);
  }
  .verdict-unknown,
  .banner-unknown > .icon {
    color: var(--calm);
  }
  .over {
    color: var(--bad);
    font-weight: 650;
  }
  .banner {
    display: flex;
    gap: 1.1rem;
    padding: 1.25rem;
    border: 1px solid var(--edge);
    border-left: 8px solid;
    border-radius: 10px;
  }
  .banner > .icon {
    width: 2.75rem;
    height: 2.75rem;
    margin-top: 0.1rem;
  }
  .banner .icon .stroke {
    stroke: var(--surface);
  }
  .banner-ok {
    border-left-color: var(--good);
    background: var(--good-ground);
  }
  .banner-watch {
    border-left-color: var(--warn);
    background: var(--warn-ground);
  }
  .banner-bad {
    border-left-color: var(--bad);
    background: var(--bad-ground);
  }
  .banner-unknown {
    border-left-color: var(--calm);
    background: var(--calm-ground);
  }
  .banner-text {
    min-width: 0;
    flex: 1;
  }
  .state-server {
    margin-left: 0.4rem;
    font-size: 0.9375rem;
    font-weight: 400;
    color: var(--quiet);
  }
  .lead {
    margin-top: 0.25rem;
    font-size: 1.0625rem;
    max-width: 60rem;
  }
  .since {
    color: var(--quiet);
    font-size: 0.875rem;
  }
  .lead a {
    color: inherit;
  }
  .next {
    max-width: 60rem;
    margin-top: 0.35rem;
  }
  .next ul {
    margin: 0.2rem 0 0 1.25rem;
  }
  .reasons {
    display: grid;
    gap: 0.4rem;
    margin-top: 0.75rem;
    list-style: none;
  }
  .reasons .verdict {
    margin-right: 0.35rem;
  }
  .reasons a {
    color: var(--ink);
  }
  .conditions {
    display: grid;
    gap: 0.75rem;
    list-style: none;
  }
  .condition {
    display: grid;
    gap: 0.25rem;
    padding: 0.7rem 0.9rem;
    border: 1px solid var(--edge);
    border-left-width: 5px;
    border-radius: 6px;
    overflow-wrap: anywhere;
  }
  .condition-bad {
    border-left-color: var(--bad);
  }
  .condition-watch {
    border-left-color: var(--warn);
  }
  .condition-head {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    gap: 0.15rem 0.6rem;
  }
  .label {
    padding: 0 0.4em;
    border-radius: 4px;
    background: var(--sunken);
    font-size: 0.8125rem;
  }
  .runbook {
    display: grid;
    gap: 0.4rem;
    margin: 0.5rem 0 0.25rem;
    padding: 0.75rem 1rem;
    border-radius: 6px;
    background: var(--sunken);
    max-width: 60rem;
  }
  .runbook h4 {
    margin: 0;
    font-size: 0.875rem;
  }
  .runbook ul {
    padding-left: 1.2rem;
  }
  .section > details,
  .leak > details {
    margin-top: 0.75rem;
  }
  .sub {
    margin: 1.1rem 0 0.5rem;
  }
  .words {
    max-width: 60rem;
  }
  .message {
    display: block;
    color: var(--bad);
    overflow-wrap: anywhere;
  }
  .facts {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(min(15rem, 100%), 1fr));
    gap: 0.6rem 1.5rem;
    margin-top: 0.75rem;
  }
  .facts > div {
    min-width: 0;
  }
  .facts dt {
    color: var(--quiet);
    font-size: 0.8125rem;
  }
  .facts dd {
    overflow-wrap: anywhere;
  }
  .facts .verdict {
    white-space: normal;
  }
  .leaks {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(28rem, 100%), 1fr));
    gap: 1rem;
    margin-bottom: 0.75rem;
  }
  .leak {
    display: grid;
    align-content: start;
    gap: 0.4rem;
    min-width: 0;
    padding: 0.9rem 1rem;
    border: 1px solid var(--edge);
    border-top: 4px solid var(--edge-strong);
    border-radius: 8px;
  }
  .leak-bad {
    border-top-color: var(--bad);
  }
  .leak-watch {
    border-top-color: var(--warn);
  }
  .leak h3::first-letter,
  .quiet-series strong::first-letter {
    text-transform: uppercase;
  }
  .quiet-series {
    padding: 0.35rem 0;
    border-top: 1px solid var(--edge);
  }
  .rules {
    display: grid;
    gap: 0.25rem;
    padding: 0.5rem 0 0 1.2rem;
  }
  .runs {
    width: 9rem;
    max-width: 100%;
    height: 1.5rem;
    vertical-align: -0.4rem;
  }
  .run-success {
    fill: var(--good);
  }
  .run-retried {
    fill: var(--warn);
  }
  .run-failure {
    fill: var(--bad);
  }
  .run-cross {
    fill: none;
    stroke: var(--surface);
    stroke-width: 1.5;
  }
  .machines {
    margin-top: 0.75rem;
  }
  .pending {
    margin-top: 0.75rem;
  }
  .pending .conditions {
    margin-top: 0.5rem;
  }
  .pending .condition {
    border-left-style: dashed;
  }
  .phase {
    display: inline-block;
    margin-right: 0.4rem;
    color: var(--quiet);
    font-size: 0.8125rem;
    white-space: nowrap;
  }
  .aside span {
    margin-left: 0.75rem;
  }
  @media (max-width: 45rem) {
    .banner {
      gap: 0.7rem;
      padding: 0.9rem;
      border-left-width: 6px;
    }
    .banner > .icon {
      width: 1.75rem;
      height: 1.75rem;
    }
    h1 {
      font-size: 1.25rem;
    }
    .state-server {
      display: block;
      margin-left: 0;
    }
  }
  @media (forced-colors: active) {
    .icon .fill,
    .run,
    .ratio-fill {
      forced-color-adjust: none;
    }
  }
`;
