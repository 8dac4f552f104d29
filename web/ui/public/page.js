// What helps with JavaScript and is not missed without it. Listeners for the whole page, so they also serve what htmx
// brings later.

/** Longer than this and a person wonders whether the button worked. */
const SLOW_AFTER_MS = 4_000;

const byId = (id) => document.getElementById(id);
const words = () => document.body.dataset;

/** For screen readers: what others see happen. */
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
      // The browser does not allow it: selected, it can be copied by hand.
      getSelection().selectAllChildren(byId(copy.dataset.copyFrom));
      tellCopied(copy, words().selected);
    }
  }
});

// Hints that follow what is typed: how many characters are missing, whether two fields are the same.
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

// What is wrong was wrong with what stood there: it is taken back once that is changed, or no longer asked for.
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
  // Hidden and not removed: that the form was rejected counts on for the other language.
  const summary = document.querySelector('.error-summary');
  if (summary) summary.hidden = !summary.querySelector('li');
});

// Typed passwords leave as passwords, so browsers offer to keep them.
document.addEventListener('submit', ({ target }) => {
  for (const button of target.querySelectorAll('[data-reveal]')) byId(button.dataset.reveal).type = 'password';
});

// Counts down to when an SMS may be sent again: at once when the news is that this one failed. Only the end is said aloud.
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

// A new page is read from its heading on, as after a full load; a rejected form from what is wrong.
document.addEventListener('htmx:after:swap', ({ detail }) => {
  byId(document.querySelector('[data-opens]')?.dataset.opens)?.setAttribute('open', '');
  if (detail.ctx.target !== document.body || detail.ctx.swap === 'none') return;
  document.documentElement.lang = document.body.lang;
  if (document.querySelector('[autofocus]')) return;
  const heading = document.querySelector('h1');
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
});

// The other language keeps what somebody typed: in memory while the page changes, and only for the same page of the same
// session. What the server filled in stays the server's, unless it is what a rejected form gave back.
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

// A connection that is slow or broken is said, and the page stays as it is, with everything that was typed.
let slow;
const tell = (text) => {
  // The same words again would be read aloud again.
  if (byId('connection').textContent !== text) byId('connection').textContent = text;
};
/** What a person asked for; parts of a page that look for news by themselves are not waited for. */
const isAsked = ({ ctx }) => ctx.target === document.body;
document.addEventListener('htmx:before:request', ({ detail }) => {
  if (!isAsked(detail)) return;
  clearTimeout(slow);
  slow = setTimeout(() => tell(words().slow), SLOW_AFTER_MS);
});
document.addEventListener('htmx:after:request', ({ detail: { ctx } }) => {
  tell(ctx.response.status < 500 ? '' : words().broken);
  // A whole page in answer to a part: the session is over, or another tab went on. Then the page is what is shown.
  if (ctx.target !== document.body && ctx.text.startsWith('<!doctype') && ctx.response.status < 500)
    Object.assign(ctx, { target: document.body, swap: 'outerSync', replace: 'true' });
});
document.addEventListener('htmx:error', ({ detail }) => {
  if (detail.ctx) tell(words().lost);
});
document.addEventListener('htmx:finally:request', ({ detail }) => {
  if (isAsked(detail)) clearTimeout(slow);
  // The button was disabled meanwhile and lost the focus with that.
  const { submitter } = detail.ctx.request;
  setTimeout(() => {
    if (submitter?.isConnected && document.activeElement === document.body) submitter.focus();
  });
});
