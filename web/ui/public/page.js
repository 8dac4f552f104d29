// Enhancements that are not missed without JavaScript. Listeners are on the whole page, so that they also serve what
// htmx inserts later.

/** After this long a person wonders whether the button worked. */
const SLOW_AFTER_MS = 4_000;

const byId = (id) => document.getElementById(id);
const words = () => document.body.dataset;

/** For screen readers: tells what others can see. */
const say = (text) => {
  byId('said').textContent = text;
};

const tellCopied = (button, text) => {
  button.lastChild.textContent = text;
  say(text);
};

document.addEventListener('click', async ({ target }) => {
  const reveal = target.closest('[data-reveal]');
  if (reveal) {
    const field = byId(reveal.dataset.reveal);
    field.type = field.type === 'text' ? 'password' : 'text';
    const label = reveal.firstChild;
    [label.textContent, reveal.dataset.hide] = [reveal.dataset.hide, label.textContent];
  }
  const copy = target.closest('[data-copy]');
  if (copy) {
    try {
      await navigator.clipboard.writeText(copy.dataset.copy);
      tellCopied(copy, words().copied);
    } catch {
      // The browser does not allow it: select the text, so that it can be copied by hand.
      getSelection().selectAllChildren(byId(copy.dataset.copyFrom));
      tellCopied(copy, words().selected);
    }
  }
});

// Hints that follow what is typed: how many characters are missing, or whether two fields are equal.
const valueOf = (id) => byId(id)?.value ?? '';
document.addEventListener('input', () => {
  for (const hint of document.querySelectorAll('[data-live]')) {
    const { live, start, atLeast, missing, enough, sameAs, same, different } = hint.dataset;
    const typed = valueOf(live);
    const left = Number(atLeast ?? 0) - [...typed].length;
    const good = sameAs ? typed === valueOf(sameAs) : left <= 0;
    const text = sameAs ? (good ? same : different) : good ? enough : missing.replace('{n}', left);
    hint.textContent = typed === '' ? start : text;
    hint.classList.toggle('good', good && typed !== '');
  }
});

// An error is about the value that was sent: it disappears once the field is changed, or is no longer needed.
const takeBack = (field) => {
  field.classList.remove('wrong');
  const { id } = field.querySelector('.error');
  byId(id).remove();
  field.querySelector('[aria-invalid]')?.removeAttribute('aria-invalid');
  document.querySelector(`.error-summary [href="#${id.replace(/-error$/, '')}"]`)?.parentElement.remove();
};
document.addEventListener('input', ({ target }) => {
  const together = target.closest?.('[data-together], .wrong');
  for (const field of document.querySelectorAll('.wrong'))
    if (together?.contains(field) || !field.checkVisibility()) takeBack(field);
  // Hidden, not removed: the language switch still needs to know that the form was rejected.
  const summary = document.querySelector('.error-summary');
  if (summary) summary.hidden = !summary.querySelector('li');
});

// Revealed passwords are submitted as passwords, so that browsers offer to save them.
document.addEventListener('submit', ({ target }) => {
  for (const button of target.querySelectorAll('[data-reveal]')) byId(button.dataset.reveal).type = 'password';
});

// Counts down to the next possible SMS, or ends at once when this one failed. Only the end is announced.
setInterval(() => {
  for (const timer of document.querySelectorAll('[data-countdown]')) {
    timer.due ??= Date.now() + timer.dataset.countdown * 1_000;
    if (document.querySelector('[data-no-wait]')) timer.due = 0;
    const leftS = Math.ceil((timer.due - Date.now()) / 1_000);
    if (leftS > 0) timer.querySelector('b').textContent = leftS;
    else {
      timer.removeAttribute('data-countdown');
      timer.textContent = timer.dataset.then;
      say(timer.dataset.then);
    }
  }
}, 250);

// Screen readers continue at the heading of a new page, as after a full load; in a rejected form at the errors.
document.addEventListener('htmx:after:swap', ({ detail }) => {
  byId(document.querySelector('[data-opens]')?.dataset.opens)?.setAttribute('open', '');
  if (detail.ctx.target !== document.body || detail.ctx.swap === 'none') return;
  document.documentElement.lang = document.body.lang;
  if (document.querySelector('[autofocus]')) return;
  const heading = document.querySelector('h1');
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
});

// The language switch keeps what was typed: in memory while the page changes, and only for the same page and session.
// Values that the server filled in stay the server's, unless they came back in a rejected form.
const place = () => ['.language [name="back"]', 'main [name="formToken"]'].map((one) => document.querySelector(one)?.value);
const fields = () => [...document.querySelectorAll('main :is(input:not([type="hidden"], [readonly]), textarea)')];
const keyOf = ({ name, type, value }) => (['radio', 'checkbox'].includes(type) ? `${name}=${value}` : name);
document.addEventListener('htmx:before:swap', ({ detail: { ctx } }) => {
  if (!ctx.sourceElement.matches('.language')) return;
  const rejected = document.querySelector('.error-summary');
  const isTyped = (field) =>
    rejected || field.value !== field.defaultValue || field.checked !== field.defaultChecked;
  ctx.typed = { place: `${place()}`, fields: new Map(fields().filter(isTyped).map((one) => [keyOf(one), one])) };
});
document.addEventListener('htmx:after:swap', ({ detail: { ctx } }) => {
  if (ctx.swap === 'none' || ctx.typed?.place !== `${place()}`) return;
  for (const field of fields()) {
    const typed = ctx.typed.fields.get(keyOf(field));
    if (typed) Object.assign(field, { value: typed.value, checked: typed.checked });
  }
  document.dispatchEvent(new Event('input'));
});

// A slow or broken connection is shown, and the page stays as it is, with everything that was typed.
let slow;
const tell = (text) => {
  // Setting the same words again would announce them again.
  if (byId('connection').textContent !== text) byId('connection').textContent = text;
};
/** Requests by the person; the automatic ones for news do not show as slow. */
const isAsked = ({ ctx }) => ctx.target === document.body;
document.addEventListener('htmx:before:request', ({ detail }) => {
  if (!isAsked(detail)) return;
  clearTimeout(slow);
  slow = setTimeout(() => tell(words().slow), SLOW_AFTER_MS);
});
document.addEventListener('htmx:after:request', ({ detail: { ctx } }) => {
  tell(ctx.response.status < 500 ? '' : words().broken);
  // A whole page in answer to a partial request: the session ended, or another tab moved on. Then show that page.
  if (ctx.target !== document.body && ctx.text.startsWith('<!doctype') && ctx.response.status < 500)
    Object.assign(ctx, { target: document.body, swap: 'outerSync', replace: 'true' });
});
document.addEventListener('htmx:error', ({ detail }) => {
  if (detail.ctx) tell(words().lost);
});
document.addEventListener('htmx:finally:request', ({ detail }) => {
  if (isAsked(detail)) clearTimeout(slow);
  // Disabling the button removed its focus.
  const { submitter } = detail.ctx.request;
  setTimeout(() => {
    if (submitter?.isConnected && document.activeElement === document.body) submitter.focus();
  });
});
