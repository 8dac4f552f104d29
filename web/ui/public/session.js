// Warns before the session ends, and keeps it when the person says so. The server decides; this only counts along.
// By the clock and not by waiting: timers stand still while a phone sleeps.

const LOOK_EVERY_MS = 1_000;

let ends = { idle: 0, last: 0 };
/** That it cannot be made longer was said once; then only the end itself is said. */
let toldLast = false;

const dialog = () => document.getElementById('session-end');
const idleFromNow = () => Date.now() + dialog().dataset.idleS * 1_000;

function begin() {
  if (!dialog()) return;
  ends = { idle: idleFromNow(), last: Date.now() + dialog().dataset.leftS * 1_000 };
  dialog().addEventListener('cancel', (event) => {
    // Escape says that somebody is there.
    event.preventDefault();
    dialog().querySelector('form').requestSubmit();
  });
}

function look() {
  const box = dialog();
  if (!box) return;
  const last = ends.last <= ends.idle;
  const leftS = (Math.min(ends.idle, ends.last) - Date.now()) / 1_000;
  const ended = leftS <= 0;
  if (leftS > box.dataset.warnS || (last && toldLast && !ended)) {
    if (box.open) box.close();
    return;
  }
  const { idle, minutes, minute } = box.dataset;
  const n = Math.ceil(leftS / 60);
  const words = ended ? box.dataset.ended : last ? box.dataset.last : idle;
  box.querySelector('#session-words').textContent = words.replace(
    '{time}',
    n > 1 ? minutes.replace('{n}', n) : minute,
  );
  // What is behind it is hidden from whoever comes by.
  box.classList.toggle('ended', ended);
  if (!box.open) box.showModal();
}

document.addEventListener('DOMContentLoaded', begin);
document.addEventListener('htmx:after:swap', ({ detail }) => {
  if (detail.ctx.target === document.body && detail.ctx.swap !== 'none') begin();
});
document.addEventListener('htmx:after:request', ({ target, detail }) => {
  if (!dialog() || detail.ctx.response.status >= 400) return;
  if (dialog().contains(target)) toldLast = ends.last <= ends.idle;
  ends.idle = idleFromNow();
  look();
});
document.addEventListener('visibilitychange', look);
setInterval(look, LOOK_EVERY_MS);
