/** A box that says how things stand: the picture and the colour repeat what the words say. */
import { type Html, html, type Value } from './html.ts';
import { icon } from './icons.ts';

export type Kind = 'good' | 'note' | 'wrong';

/** `attributes`: what htmx needs to fetch the box anew. */
export const note = (kind: Kind, words: Value, attributes?: Html): Html =>
  html`<div class="note ${kind}"${attributes}>${icon(kind)}<p>${words}</p></div>`;
