/** The frame of the trial pages, which are only for a person trying Instap out on this machine. */
import { type Html, html, render } from '../../web/ui/html.ts';

const PLACES = [
  ['/', 'Start'],
  ['/mailbox', 'Mailbox'],
  ['/phone', 'Phone'],
] as const;

type Frame = {
  title: string;
  /** The menu entry of the page. */
  place: (typeof PLACES)[number][0];
  /** The page polls this address and reloads when its text changes; without script it can be reloaded by hand. */
  watch?: { address: string; version: string };
};

/** A whole page as text. */
export function page({ title, place, watch }: Frame, content: Html): string {
  return render(html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} – Instap, trial</title>
<link rel="stylesheet" href="/tryout.css">
<link rel="icon" href="data:,">
<script src="/tryout.js" defer></script>
</head>
<body${watch && html` data-watch="${watch.address}" data-version="${watch.version}"`}>
<header><nav aria-label="Trial">
<strong>Instap</strong>
${PLACES.map(([path, name]) => html`<a href="${path}"${path === place && html` aria-current="page"`}>${name}</a>`)}
</nav></header>
<main>
${content}
</main>
<footer><p>Only for trying out Instap on this machine.</p></footer>
</body>
</html>`);
}

/** A time in the time zone of the service (TIME_ZONE), as on its own pages. */
export const clock = (time: Date, timeZone: string | undefined): Html =>
  html`<time datetime="${time.toISOString()}">${time.toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'medium', timeZone })}</time>`;
