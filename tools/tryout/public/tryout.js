// Keeps the trial pages up to date. Without it they can be reloaded by hand.
const EVERY_MS = 1_000;
const { watch, version } = document.body.dataset;

async function lookForNews() {
  const answer = await fetch(watch);
  const typing = [...document.querySelectorAll('input')].some((field) => field.value !== field.defaultValue);
  if (answer.ok && (await answer.text()) !== version && !typing) location.reload();
}

async function showTokens() {
  const answer = await fetch('/phone.json');
  const { authenticator, secondsLeft } = await answer.json();
  for (const { id, token } of authenticator) {
    const output = document.querySelector(`[data-token="${id}"]`);
    const text = `${token.slice(0, 3)} ${token.slice(3)}`;
    if (output && output.textContent !== text) output.textContent = text;
  }
  for (const place of document.querySelectorAll('[data-seconds-left]')) place.textContent = secondsLeft;
}

// Makes a mail's frame as high as the mail at every width, so that nothing is cut off or scrolls separately.
function showWhole(frame) {
  const mail = frame.contentDocument;
  // Until the mail has loaded, the frame holds an empty page.
  if (!mail?.body?.childElementCount) return;
  new ResizeObserver(() => {
    const borders = frame.offsetHeight - frame.clientHeight;
    frame.style.height = `${Math.ceil(mail.documentElement.getBoundingClientRect().height) + borders}px`;
  }).observe(mail.documentElement);
}

for (const frame of document.querySelectorAll('iframe.mail')) {
  frame.addEventListener('load', () => showWhole(frame));
  showWhole(frame);
}

// A part that is restarting answers a moment later.
const ignore = () => undefined;
const visible = (work) => () => document.hidden || work().catch(ignore);
if (watch) setInterval(visible(lookForNews), EVERY_MS);
if (document.querySelector('[data-token]')) setInterval(visible(showTokens), EVERY_MS);
