/** Icons beside words, in the colour of the text; the words carry the meaning, so screen readers skip the icons. */
import { type Html, html } from './html.ts';

/** Paths in a 24 × 24 square. */
const PATHS = {
  good: 'M20 6.5 9.5 17 4 11.5',
  wrong: 'M12 7.5v5.5M12 16.5v.1M12 3 2.5 20h19z',
  note: 'M12 11v5.5M12 7.5v.1M12 2.5a9.5 9.5 0 1 0 0 19a9.5 9.5 0 1 0 0-19',
  phone:
    'M8 2.5h8a1.5 1.5 0 0 1 1.5 1.5v16a1.5 1.5 0 0 1-1.5 1.5H8A1.5 1.5 0 0 1 6.5 20V4A1.5 1.5 0 0 1 8 2.5zM11 18.5h2',
  sms: 'M4 4.5h16.5v12H11l-4.5 4v-4H4z',
  mail: 'M3 5.5h18v13H3zM3.5 6l8.5 7 8.5-7',
  key: 'M7.5 11.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 1 0 0-9M10.7 12.8 20.5 3M16 7.5l3.5 3.5',
  back: 'M10 5.5 3.5 12l6.5 6.5M4 12h16.5',
  person: 'M12 3.5a4.25 4.25 0 1 0 0 8.5a4.25 4.25 0 1 0 0-8.5M4 20.5a8 6 0 0 1 16 0',
  time: 'M12 7v5.5l3.5 2M12 2.5a9.5 9.5 0 1 0 0 19a9.5 9.5 0 1 0 0-19',
  copy: 'M8.5 8.5h12v12h-12zM15.5 8.5v-5h-12v12h5',
} as const;

export type Icon = keyof typeof PATHS;

export const icon = (name: Icon): Html =>
  html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d="${PATHS[name]}"/></svg>`;
