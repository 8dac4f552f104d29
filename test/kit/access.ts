/** What can be measured of a page's accessibility, as lines that name what is wrong. */
import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** WCAG 2.2 level AA, and what axe's makers think good besides. */
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
/** Axe's rules that look at colours. */
export const ABOUT_COLOURS = ['color-contrast', 'link-in-text-block'];
/** CSS pixels; WCAG 2.2, 2.5.8. */
const SMALLEST_TARGET = 24;

/**
 * Runs in the page. The policy forbids scripts to the page, not to who holds the browser. Only what is wrong leaves the
 * page: all that axe says would take longer to bring over than to find. `rules`: these of axe's alone.
 */
export async function violations(page: Page, rules?: readonly string[]): Promise<string[]> {
  if (!(await page.evaluate('Boolean(window.axe)'))) await page.evaluate(axe.source);
  const options: axe.RunOptions = {
    runOnly: rules ? { type: 'rule', values: [...rules] } : TAGS,
    resultTypes: ['violations'],
    iframes: false,
  };
  return page.evaluate<string[]>(`
    axe.run(${JSON.stringify(options)}).then(({ violations }) =>
      violations.flatMap(({ id, nodes }) =>
        nodes.map(({ target, failureSummary }) => id + ': ' + target.join(' ') + ': ' + failureSummary)))`);
}

/** What can be pressed or filled and is too small for a trembling finger; links inside a line of text may be. */
export const smallTargets = (page: Page): Promise<string[]> =>
  page.evaluate<string[]>(`
    [...document.querySelectorAll('button, summary, input:not([type="hidden"]), textarea, a')]
      .filter((element) => element.checkVisibility({ visibilityProperty: true }))
      .filter((element) => element.tagName !== 'A' || getComputedStyle(element).display !== 'inline' ||
        element.parentElement.textContent.trim() === element.textContent.trim())
      .filter((element) => !element.classList.contains('skip'))
      .map((element) => [element, (element.closest('label') ?? element).getBoundingClientRect()])
      .filter(([, { width, height }]) => width < ${SMALLEST_TARGET} || height < ${SMALLEST_TARGET})
      .map(([element, { width, height }]) => element.outerHTML.slice(0, 80) + ' ' + width + 'x' + height)`);

/** What stands out of the window to the side, so that people must scroll in two directions. */
export const beyondTheSide = (page: Page): Promise<string[]> =>
  page.evaluate<string[]>(`
    document.documentElement.scrollWidth <= innerWidth ? [] :
      [...document.querySelectorAll('body *')]
        .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
        .map((element) => element.outerHTML.slice(0, 80))`);
