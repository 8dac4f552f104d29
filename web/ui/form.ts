/**
 * The parts of forms: each field with its label, hint and error. Errors are listed at the top and, in one line, at the
 * field; with JavaScript both disappear once the field is changed.
 */

import type { Ctx } from '../context.ts';
import { type Html, html, type Value } from './html.ts';
import { icon } from './icons.ts';
import { WORDS } from './words.ts';

/** Error messages that say what to do, by field name. */
export type FieldErrors = Record<string, string | undefined>;

export type Field = {
  name: string;
  label: string;
  value?: string;
  type?: 'text' | 'password' | 'tel' | 'email' | 'date';
  hint?: Value;
  required?: boolean;
  autocomplete?: string;
  inputmode?: 'numeric' | 'tel' | 'email';
  readonly?: boolean;
  /** Offers a button that reveals what was typed. */
  reveal?: boolean;
  /** A hint that follows what is typed, with JavaScript; the server checks everything again. */
  live?: LiveHint;
  /** Behind a button beside the label; opens without JavaScript and by keyboard. */
  explanation?: { label: string; body: Html };
  /** Six digits, set wide apart. */
  code?: boolean;
  /** Disables spelling aids, which would change names and codes. */
  plain?: boolean;
};

/** `start` is shown from the beginning, also without JavaScript. `{n}` stands for the number of missing characters. */
export type LiveHint = { start: string } & (
  | { atLeast: number; missing: string; enough: string }
  | { sameAs: string; same: string; different: string }
);

/** Not announced at every key: it is read with its field, and errors are reported again after submitting. */
function liveHint(name: string, hint: LiveHint): Html {
  const data =
    'atLeast' in hint
      ? html` data-at-least="${hint.atLeast}" data-missing="${hint.missing}" data-enough="${hint.enough}"`
      : html` data-same-as="${hint.sameAs}" data-same="${hint.same}" data-different="${hint.different}"`;
  return html`<p class="hint live" id="${name}-live" data-live="${name}" data-start="${hint.start}"${data}>${hint.start}</p>`;
}

/** At the top of a rejected form; takes focus, and links to each field. */
export function errorSummary(ctx: Ctx, errors: FieldErrors): Html | false {
  const wrong = Object.entries(errors).filter(([, words]) => words);
  return (
    wrong.length > 0 &&
    html`<div class="error-summary" role="alert" tabindex="-1" autofocus>
<h2>${icon('wrong')}${WORDS[ctx.state.locale].problem}</h2>
<ul>${wrong.map(([name, words]) => html`<li><a href="#${name}" hx-boost="false">${words}</a></li>`)}</ul>
</div>`
  );
}

/** The error of one field, at the field. */
const fieldError = (name: string, words: string | undefined): Html | false =>
  words !== undefined && html`<p class="error" id="${name}-error">${icon('wrong')}${words}</p>`;

/** `id`: to open it from elsewhere on the page. */
export function explanation({
  label,
  body,
  id,
  open,
}: {
  label: string;
  body: Html;
  id?: string;
  open?: boolean;
}): Html {
  return html`<details class="explanation"${id && html` id="${id}"`}${open && html` open`}><summary>${label}</summary><div>${body}</div></details>`;
}

/** Shows and hides what was typed; inside the box of its field. */
const revealButton = ({ show, hide }: { show: string; hide: string }, { name, label }: Field): Html =>
  html`<button type="button" class="quiet" data-reveal="${name}" data-hide="${hide}" aria-controls="${name}">${show}<span class="visually-hidden"> ${label}</span></button>`;

/** The ids that describe a field beside its name. */
const partsOf = ({ name, hint, live }: Field, wrong?: string): string =>
  [hint && `${name}-hint`, wrong && `${name}-error`, live && `${name}-live`].filter(Boolean).join(' ');

export function inputField(ctx: Ctx, { errors, ...given }: Field & { errors: FieldErrors }): Html {
  const { name, label, value = '', type = 'text', hint, autocomplete, inputmode } = given;
  const wrong = errors[name];
  const described = partsOf(given, wrong);
  const plain = given.plain ?? ['password', 'tel', 'email'].includes(type);
  return html`<div class="field${wrong && ' wrong'}">
<label for="${name}">${label}${given.required && html`&nbsp;<span aria-hidden="true">*</span>`}</label>
${hint && html`<p class="hint" id="${name}-hint">${hint}</p>`}
<div class="input"><input id="${name}" name="${name}" type="${type}" value="${value}"${autocomplete && html` autocomplete="${autocomplete}"`}${inputmode && html` inputmode="${inputmode}"`}${given.code && html` class="code"`}${given.readonly && html` readonly`}${given.required && html` aria-required="true"`}${wrong && html` aria-invalid="true"`}${described && html` aria-describedby="${described}"`}${plain && html` spellcheck="false" autocapitalize="off"`}>${given.reveal && revealButton(WORDS[ctx.state.locale], given)}</div>
${fieldError(name, wrong)}
${given.live && liveHint(name, given.live)}
${given.explanation && explanation(given.explanation)}
</div>`;
}

/** Six digits from a phone. */
export const codeField = (ctx: Ctx, given: Field & { errors: FieldErrors }): Html =>
  inputField(ctx, { autocomplete: 'one-time-code', inputmode: 'numeric', code: true, plain: true, ...given });

export function textField(
  { name, label, value }: { name: string; label: string; value: string },
  errors: FieldErrors,
): Html {
  const wrong = errors[name];
  return html`<div class="field${wrong && ' wrong'}"><label for="${name}">${label}</label>
<div class="input"><textarea id="${name}" name="${name}" rows="4"${wrong && html` aria-invalid="true" aria-describedby="${name}-error"`}>${value}</textarea></div>
${fieldError(name, wrong)}</div>`;
}

export function choices(given: {
  name: string;
  legend: string;
  value: string;
  options: readonly (readonly [string, string])[];
  error?: string;
}): Html {
  const { name, legend, value, options, error } = given;
  return html`<fieldset class="field${error && ' wrong'}"${error && html` aria-describedby="${name}-error"`}>
<legend>${legend}</legend>
${options.map(
  ([option, label], place) =>
    html`<label class="choice"><input type="radio" name="${name}" value="${option}"${place === 0 && html` id="${name}"`}${option === value && html` checked`}> <span>${label}</span></label>`,
)}
${fieldError(name, error)}
</fieldset>`;
}

/**
 * A form that posts to its own page, with the session's token if there is one. `hx-disable` prevents a second submit,
 * which the server would tolerate too. `novalidate`: our own messages instead of the browser's. `boost: false`: a
 * plain form for pages with a secret URL, because htmx sends the URL with every request.
 */
export function form(
  ctx: Ctx,
  { action = ctx.path, boost = true, body }: { action?: string; boost?: boolean; body: Value },
): Html {
  const token = ctx.state.formToken;
  return html`<form method="post" action="${action}" novalidate hx-disable="findAll button"${!boost && html` hx-boost="false"`}>
${token && html`<input type="hidden" name="formToken" value="${token}">`}
${body}
</form>`;
}

/** The main button comes first in the page, so that Enter presses it. */
export const button = (label: string, action?: string): Html =>
  html`<button class="primary"${action && html` name="action" value="${action}"`}>${label}</button>`;

/** Other actions: below the main button, and less prominent. */
export const quietButton = (label: string, action: string): Html =>
  html`<button class="secondary" name="action" value="${action}">${label}</button>`;
