/** `npm run screens`: pictures of every page into docs/screens/, in Dutch, on a phone and on a desktop. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { startBrowser } from './browser.ts';
import { ROOT } from './folder.ts';
import { openGround } from './ground.ts';
import { say } from './screen.ts';
import { tour } from './screenTour.ts';
import { openWorld } from './world.ts';

const FOLDER = path.join(ROOT, 'docs', 'screens');
const WIDTHS = [390, 1280];
const HEIGHT = 800;

const stops: (() => unknown)[] = [];

try {
  const world = await openWorld(await openGround(stops));
  stops.push(() => world.close());
  const browser = await startBrowser();
  stops.push(() => browser.close());
  say('pictures', 'taking them');
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  const taken: { name: string; caption: string }[] = [];
  await tour({
    world,
    browser,
    async shoot(page, name, caption) {
      await page.mouse.move(0, 0);
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: HEIGHT });
        await page.screenshot({ path: path.join(FOLDER, `${name}-${width}.png`), fullPage: true });
      }
      taken.push({ name, caption });
    },
  });
  await browser.close();
  writeFileSync(path.join(FOLDER, 'README.md'), gallery(taken));
  say('pictures', `${taken.length * WIDTHS.length} in docs/screens/`);
} finally {
  for (const stop of stops.reverse()) await stop();
}

function gallery(taken: { name: string; caption: string }[]): string {
  const rows = taken.map(
    ({ name, caption }) => `## ${caption}

<img src="${name}-390.png" width="280" alt="${caption}, on a phone"> <img src="${name}-1280.png" width="560" alt="${caption}, on a desktop">
`,
  );
  return `# The pages

Made by \`npm run screens\`, in the order in which a person meets them; each on a phone and on a desktop.

${rows.join('\n')}`;
}
