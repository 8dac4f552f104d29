/**
 * `npm run operator-screens`: screenshots of the real Temporal UI for docs/operators.md; 300 people are signalled at
 * once.
 */
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { startBrowser } from '../../test/kit/chromium.ts';
import { openTestEnvironment } from '../../test/kit/environment.ts';
import { openInfrastructure } from '../../test/kit/infrastructure.ts';
import { filterLink, filters } from '../../workflows/filters.ts';
import { onboardingWorkflowId } from '../../workflows/signals.ts';
import type { StoryParticipant } from '../histories/storyParticipant.ts';
import { ROOT } from '../local/folder.ts';
import { say } from '../local/screen.ts';
import { inviteManyAgain } from './operatorBatch.ts';
import { populate } from './operatorPeople.ts';

const FOLDER = path.join(ROOT, 'docs', 'operators');
const NAMESPACE = 'default';
const MANY = 300;
const WIDTH = 1500;
const HISTORY_HEIGHT = 1560;
const COLUMNS = [
  'OnboardingProblem',
  'OnboardingStep',
  'OnboardingSince',
  'RemindersSent',
  'OnboardingExpires',
  'Workflow ID',
];

const stops: (() => Promise<void>)[] = [];

try {
  const { ui, cli, address, testEnv, browser } = await prepare();
  say('people', 'one in every state');
  const people = await populate(testEnv);
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  const context = await operator(browser);
  const page = await context.newPage();
  const openRun = (person: StoryParticipant) =>
    page.goto(`${ui}/namespaces/${NAMESPACE}/workflows/${onboardingWorkflowId(person.onboardingId)}`);

  const stuck = filters(new Date(), testEnv.config.TIME_ZONE).find(({ name }) => name === 'stuck')!;
  await page.goto(filterLink(stuck, { ui, namespace: NAMESPACE }));
  await page.getByLabel('Collapse saved views').click();
  // The list moves into the freed space.
  const row = await page.getByText('reminders-exhausted').elementHandle();
  await row?.waitForElementState('stable');
  await shoot(page, 'list', 560);

  await openRun(people['help-asked']);
  await page.getByRole('tab', { name: 'User Metadata' }).click();
  await page.frameLocator('iframe >> nth=-1').getByText('Next, if nothing happens').waitFor();
  await shoot(page, 'details', 800);
  await fillInSignal(page);
  await shoot(page, 'signal', 800);

  await openRun(people['sms-undeliverable']);
  await page.setViewportSize({ width: WIDTH, height: HISTORY_HEIGHT });
  await page.getByText('Compact').click();
  await page.getByText('send the code by SMS').last().waitFor();
  await shoot(page, 'history', HISTORY_HEIGHT, 670);

  await openRun(people['mail-delayed']);
  await page.getByRole('tab', { name: 'Pending Activities' }).click();
  await page.getByText('MailNotTaken').first().waitFor();
  await shoot(page, 'pending', 590);

  say('people', `${MANY} more, who are invited again by one signal`);
  await testEnv.restart({ INVITE_EVERY: '1s' });
  const { signalledMs, mailedMs } = await inviteManyAgain(testEnv, { cli, address, count: MANY });
  const rate = testEnv.config.LIMIT_MAILS_PER_SECOND;
  say('people', `${MANY} signalled after ${seconds(signalledMs)}, and mailed after ${seconds(mailedMs)}`);
  say('people', `each got exactly one mail, at ${rate} a second at most`);
  await page.goto(`${ui}/namespaces/${NAMESPACE}/batch-operations`);
  await page.locator('a[href*="batch-operations/"]').first().click();
  await page.getByText(`${MANY} succeeded`).waitFor();
  await shoot(page, 'batch', 640);
  await browser.close();
  say('pictures', 'in docs/operators/');
} finally {
  for (const stop of stops.reverse()) await stop();
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

async function prepare() {
  const infrastructure = await openInfrastructure(stops, { ui: true });
  const { cli, temporal } = infrastructure;
  const testEnv = await openTestEnvironment(infrastructure, { env: { TEMPORAL_TASK_QUEUE: 'instap' } });
  stops.push(() => testEnv.close());
  const browser = await startBrowser();
  stops.push(() => browser.close());
  return { ui: temporal.ui!, cli, address: temporal.address, testEnv, browser };
}

/** An operator's browser, with the column settings that the UI stores in it. */
async function operator(browser: Browser): Promise<BrowserContext> {
  const context = await browser.newContext({ locale: 'en-GB', viewport: { width: WIDTH, height: 900 } });
  const columns = { [NAMESPACE]: COLUMNS.map((label) => ({ label, pinned: false })) };
  await context.addInitScript(
    (kept) => localStorage.setItem('namespace-workflow-table-columns', kept),
    JSON.stringify(columns),
  );
  return context;
}

async function fillInSignal(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'More Actions' }).click();
  await page.getByRole('menu').getByText('Send a Signal').first().click();
  const dialog = page.locator('dialog[open]');
  await dialog.getByTestId('signal-select-button').click();
  await dialog.getByRole('option', { name: 'sendInvitation' }).click();
  await dialog.getByRole('textbox').last().click();
  await page.keyboard.insertText('{"by": "j.de.vries", "reason": "person-called", "ticket": "INC-1234"}');
}

/** `top`: where the screenshot starts, in pixels. */
async function shoot(page: Page, name: string, height: number, top = 0): Promise<void> {
  await page.setViewportSize({ width: WIDTH, height });
  await page.mouse.move(0, 0);
  const clip = { x: 0, y: top, width: WIDTH, height: height - top };
  await page.screenshot({ path: path.join(FOLDER, `${name}.png`), clip });
}
