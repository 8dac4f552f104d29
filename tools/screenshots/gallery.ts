/** The gallery of the screenshots: one page per language, which follows the reader's light or dark mode. */
import type { Locale } from '../../domain/locale.ts';
import { type Html, html, render } from '../../web/ui/html.ts';

export const WIDTHS = { phone: 390, desktop: 1280 } as const;
export const LOOKS = ['light', 'dark'] as const;

export type Look = (typeof LOOKS)[number];

/** Screenshots are kept by language; those of the trial pages in one folder. */
export type Folder = Locale | 'trial';

export type Section = {
  title: string;
  about: string;
  folder: Folder;
  shots: { name: string; caption: string }[];
};

/** The path of a screenshot, relative to the gallery. */
export const fileOf = (
  folder: Folder,
  name: string,
  { width, look }: { width: number; look: Look },
): string => `${folder}/${name}-${width}${look === 'dark' ? '-dark' : ''}.webp`;

const FILES: Record<Locale, string> = { nl: 'dutch.html', en: 'english.html' };
const TITLES: Record<Locale, string> = {
  nl: 'What people see, in Dutch',
  en: 'What people see, in English',
};

/** The page's file and text. */
export function gallery(language: Locale, sections: Section[]): { file: string; text: string } {
  const other = language === 'nl' ? 'en' : 'nl';
  const page = html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${TITLES[language]}</title>
<style>body { margin: 2rem; font-family: system-ui, sans-serif } img { vertical-align: top; border: 1px solid gray }</style>
<h1>${TITLES[language]}</h1>
<p>Every mail and page, on a phone and on a desktop, in the light and in the dark. The same: <a href="${FILES[other]}">${TITLES[other]}</a>.</p>
<ul>
${sections.map(({ title, shots }) => html`<li><a href="#${anchor(title)}">${title}</a>: ${shots.length}</li>\n`)}</ul>
${sections.map(sectionHtml)}</html>
`;
  return { file: FILES[language], text: render(page) };
}

const anchor = (title: string): string => title.toLowerCase().replaceAll(' ', '-');

const sectionHtml = ({
  title,
  about,
  folder,
  shots,
}: Section): Html => html`<h2 id="${anchor(title)}">${title}</h2>
<p>${about}</p>
${shots.map(({ name, caption }) => shotHtml(folder, name, caption))}`;

function shotHtml(folder: Folder, name: string, caption: string): Html {
  const picture = (width: number, shownWidth: number) => {
    const [light, dark] = LOOKS.map((look) => fileOf(folder, name, { width, look }));
    return html`<picture><source media="(prefers-color-scheme: dark)" srcset="${dark}"><img src="${light}" width="${shownWidth}" loading="lazy" alt="${caption}, ${width} pixels wide"></picture>\n`;
  };
  const links = Object.entries(WIDTHS).flatMap(([device, width]) =>
    LOOKS.map((look) => html`<a href="${fileOf(folder, name, { width, look })}">${device}, ${look}</a>\n`),
  );
  return html`<h3>${caption}</h3>
<p>${picture(WIDTHS.phone, 240)}${picture(WIDTHS.desktop, 560)}</p>
<p>${links}</p>
`;
}
