/** The gallery of the pictures: one page a language, which follows the reader's own choice of light or dark. */
import type { Locale } from '../../domain/locale.ts';

export const WIDTHS = { phone: 390, desktop: 1280 } as const;
export const LOOKS = ['light', 'dark'] as const;

export type Look = (typeof LOOKS)[number];

/** Pictures are kept by language; the pages for trying Instap out are in one. */
export type Folder = Locale | 'trial';

export type Section = {
  title: string;
  about: string;
  folder: Folder;
  shots: { name: string; caption: string }[];
};

/** Where a picture is, from the gallery. */
export const fileOf = (
  folder: Folder,
  name: string,
  { width, look }: { width: number; look: Look },
): string => `${folder}/${name}-${width}${look === 'dark' ? '-dark' : ''}.webp`;

const PAGES = {
  nl: { file: 'README.md', title: 'What people see, in Dutch', other: '[in English](english.md)' },
  en: { file: 'english.md', title: 'What people see, in English', other: '[in Dutch](README.md)' },
} satisfies Record<Locale, unknown>;

/** The page's file and text. */
export function gallery(language: Locale, sections: Section[]): { file: string; text: string } {
  const { file, title, other } = PAGES[language];
  const contents = sections.map(({ title, shots }) => `- [${title}](#${anchor(title)}): ${shots.length}`);
  const text = `# ${title}

Every mail and page, on a phone and on a desktop, in the light and in the dark. Taken by \`npm run screens\`. The same ${other}.

${contents.join('\n')}

${sections.map(sectionText).join('\n')}`;
  return { file, text };
}

/** As GitHub makes it from a heading. */
const anchor = (title: string): string =>
  title
    .toLowerCase()
    .replace(/[^\w ]/g, '')
    .replaceAll(' ', '-');

const sectionText = ({ title, about, folder, shots }: Section): string => `## ${title}

${about}

${shots.map(({ name, caption }) => shotText(folder, name, caption)).join('\n')}`;

function shotText(folder: Folder, name: string, caption: string): string {
  const picture = (width: number, shownWidth: number) => {
    const [light, dark] = LOOKS.map((look) => fileOf(folder, name, { width, look }));
    return `<picture><source media="(prefers-color-scheme: dark)" srcset="${dark}"><img src="${light}" width="${shownWidth}" alt="${caption}, ${width} pixels wide"></picture>`;
  };
  const links = Object.entries(WIDTHS).flatMap(([device, width]) =>
    LOOKS.map((look) => `[${device}, ${look}](${fileOf(folder, name, { width, look })})`),
  );
  return `### ${caption}

${picture(WIDTHS.phone, 240)} ${picture(WIDTHS.desktop, 560)}

${links.join(' · ')}
`;
}
