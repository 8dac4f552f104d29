import { expect, it } from 'vitest';
import { hiddenFields } from './pages.ts';

const PAGE = `<form method="post" action="/language"><input type="hidden" name="back" value="/a?b&amp;c"></form>
<main><form method="post" action="/code"><input type="hidden" name="formToken" value="t">
<input type="hidden" name="challenge" value="c"><input name="code"><button name="action" value="confirm"></form>
<form method="post" action="/code"><input type="hidden" name="formToken" value="t"><button name="action" value="resend"></form></main>`;

it.each([
  [
    'the form with these fields',
    '/code',
    { code: '123456', action: 'confirm' },
    { formToken: 't', challenge: 'c' },
  ],
  ['the form with this button', '/code', { action: 'resend' }, { formToken: 't' }],
  ['the form that goes there', '/language', { locale: 'en' }, { back: '/a?b&c' }],
  ['a form of another tab', '/terms', { accept: 'yes' }, { formToken: 't' }],
])('a post carries the hidden fields of %s', (_, path, fields, hidden) => {
  expect(hiddenFields(PAGE, path, fields)).toEqual(hidden);
});
