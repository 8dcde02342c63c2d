const THEMES = ['system', 'light', 'dark'] as const;
const YEAR_SECONDS = 31_536_000;

/**
 * Makes the button go through the themes. The choice is kept in a cookie, so that the server draws the next page in it at
 * once.
 */
export function startTheme(button: HTMLButtonElement, onChange: () => void): void {
  const { dataset } = document.documentElement;
  const current = (): (typeof THEMES)[number] => THEMES.find((each) => each === dataset['theme']) ?? 'system';
  const name = document.createElement('span');
  button.replaceChildren(button.firstElementChild ?? '', name);
  const label = (): void => {
    name.textContent = current();
  };
  button.hidden = false;
  label();
  button.addEventListener('click', () => {
    const next = THEMES[(THEMES.indexOf(current()) + 1) % THEMES.length] ?? 'system';
    dataset['theme'] = next;
    // Without a path it holds below the page, whatever prefix it is served under.
    document.cookie = `mcp_vitals_theme=${next}; SameSite=Strict; Max-Age=${next === 'system' ? 0 : YEAR_SECONDS}`;
    label();
    onChange();
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', onChange);
}
