// What helps with JavaScript and is not missed without it: showing a password, copying the key, saying that the
// connection is gone. One listener for the whole page, so it also serves parts that htmx brings later.

document.addEventListener('click', async (event) => {
  const reveal = event.target.closest('[data-reveal]');
  if (reveal) {
    const field = document.getElementById(reveal.dataset.reveal);
    const shown = field.type === 'text';
    field.type = shown ? 'password' : 'text';
    const words = reveal.firstChild;
    [words.textContent, reveal.dataset.hide] = [reveal.dataset.hide, words.textContent];
  }
  const copy = event.target.closest('[data-copy]');
  if (copy) {
    try {
      await navigator.clipboard.writeText(copy.dataset.copy);
      copy.textContent = document.body.dataset.copied;
    } catch {
      // The browser does not allow it: selected, it can be copied by hand.
      getSelection().selectAllChildren(copy.previousElementSibling);
    }
  }
});

// Hints that follow what is typed: how many characters are missing, whether two fields are the same.
const valueOf = (id) => document.getElementById(id)?.value ?? '';
document.addEventListener('input', () => {
  for (const hint of document.querySelectorAll('[data-live]')) {
    const { live, atLeast, missing, enough, sameAs, same, different } = hint.dataset;
    const typed = valueOf(live);
    const left = Number(atLeast ?? 0) - [...typed].length;
    const good = sameAs ? typed === valueOf(sameAs) : left <= 0;
    hint.textContent = sameAs ? (good ? same : different) : good ? enough : missing.replace('{n}', left);
    hint.classList.toggle('good', good);
    hint.hidden = typed === '';
  }
});

// Typed passwords leave as passwords, so browsers offer to keep them.
document.addEventListener('submit', (event) => {
  for (const button of event.target.querySelectorAll('[data-reveal]'))
    document.getElementById(button.dataset.reveal).type = 'password';
});

const prepare = () => {
  for (const button of document.querySelectorAll('[data-reveal], [data-copy]')) button.hidden = false;
};
document.addEventListener('DOMContentLoaded', prepare);
document.addEventListener('htmx:after:swap', () => {
  prepare();
  document.querySelector('[autofocus]')?.focus();
});

document.addEventListener('htmx:error', () => {
  const notice = document.querySelector('.connection');
  if (!notice) return;
  notice.textContent = document.body.dataset.slow;
  notice.hidden = false;
});
