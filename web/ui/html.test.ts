/** The safeguard of every page: text is escaped, and only markup made by `html` is markup. */
import { describe, expect, it } from 'vitest';
import { escaped, type Html, html, render, trusted } from './html.ts';

const HOSTILE = `<script>alert("x")</script> & 'quotes'`;
const HARMLESS = '&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; &#39;quotes&#39;';

describe('a text', () => {
  it.each([
    ['&', '&amp;'],
    ['<', '&lt;'],
    ['>', '&gt;'],
    ['"', '&quot;'],
    ["'", '&#39;'],
  ])('%s is written as %s', (sign, entity) => {
    expect(escaped(sign)).toBe(entity);
    expect(render(html`${sign}`)).toBe(entity);
  });

  it('stays text inside an element', () => {
    expect(render(html`<p>${HOSTILE}</p>`)).toBe(`<p>${HARMLESS}</p>`);
  });

  it('stays inside its attribute', () => {
    expect(render(html`<a href="${'"><img src=x onerror=alert(1)>'}">`)).toBe(
      '<a href="&quot;&gt;&lt;img src=x onerror=alert(1)&gt;">',
    );
  });

  it('stays text in lists, however deep', () => {
    expect(render(html`${[[HOSTILE], [[html`<b>${HOSTILE}</b>`]]]}`)).toBe(`${HARMLESS}<b>${HARMLESS}</b>`);
  });

  it('that looks like an entity is not taken for one', () => {
    expect(render(html`${'&lt;'}`)).toBe('&amp;lt;');
  });

  it('of emoji, right-to-left and 10,000 characters comes out as it is', () => {
    const text = `🚲 مرحبا \u202e${'x'.repeat(10_000)}`;
    expect(render(html`${text}`)).toBe(text);
  });
});

describe('markup', () => {
  it('made by `html` passes, once escaped and not twice', () => {
    const inner = html`<b>${'&'}</b>`;
    expect(render(html`<p>${inner}</p>`)).toBe('<p><b>&amp;</b></p>');
    expect(render(html`<ul>${['a', 'b'].map((text) => html`<li>${text}</li>`)}</ul>`)).toBe(
      '<ul><li>a</li><li>b</li></ul>',
    );
  });

  it('of a trusted source passes as it is', () => {
    expect(render(html`${trusted('<svg></svg>')}`)).toBe('<svg></svg>');
  });

  it('cannot be forged by input, because its mark is no text', () => {
    const forged = JSON.parse('{"html":"<script>","Symbol(html)":"<script>","made":"<script>"}') as Html;
    expect(render(html`${forged}`)).not.toContain('<script>');
  });
});

it('what is absent prints nothing; numbers print themselves, zero too', () => {
  expect(render(html`[${undefined}${null}${false}${[]}${''}]`)).toBe('[]');
  expect(render(html`${0} ${12}`)).toBe('0 12');
});
