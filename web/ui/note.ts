/** A status box: icon and colour repeat what the words say. */
import { type Html, html, type Value } from './html.ts';
import { icon } from './icons.ts';

export type Kind = 'good' | 'note' | 'wrong';

/** `attributes`: htmx attributes that refresh the box. */
export const note = (kind: Kind, words: Value, attributes?: Html): Html =>
  html`<div class="note ${kind}"${attributes}>${icon(kind)}<p>${words}</p></div>`;
