// Warns before the session ends, and extends it on request. The server decides; this only counts along. It compares
// clocks instead of waiting, because timers stand still while a phone sleeps.

const LOOK_EVERY_MS = 1_000;

let ends = { idle: 0, last: 0 };
/** Once it was announced that the session cannot be extended, only its end is. */
let toldLast = false;

const dialog = () => document.getElementById('session-end');
const idleFromNow = () => Date.now() + dialog().dataset.idleS * 1_000;

function begin() {
  if (!dialog()) return;
  ends = { idle: idleFromNow(), last: Date.now() + dialog().dataset.leftS * 1_000 };
  dialog().addEventListener('cancel', (event) => {
    // Escape also shows that somebody is there.
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
  // Hides the page behind it from passers-by.
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
