/** The fonts: DejaVu, embedded, since the standard fonts of PDF know Western European letters only. */
import path from 'node:path'
import * as fontkit from 'fontkit'

const folder = path.join(path.dirname(require.resolve('dejavu-fonts-ttf/package.json')), 'ttf')

export const FONTS = {
  plain: path.join(folder, 'DejaVuSansCondensed.ttf'),
  bold: path.join(folder, 'DejaVuSansCondensed-Bold.ttf'),
  fixed: path.join(folder, 'DejaVuSansMono.ttf'),
} as const

export type FontName = keyof typeof FONTS

const opened = new Map<FontName, fontkit.Font>()

function opening(name: FontName): fontkit.Font {
  const font = opened.get(name) ?? (fontkit.openSync(FONTS[name]) as fontkit.Font)
  opened.set(name, font)
  return font
}

/** The text as the font can show it: a character that the font lacks is written as its code, never as an empty box. */
export function printable(text: string, font: FontName): string {
  const plain = text.normalize('NFC').replace(/\r\n?/g, '\n').replace(/\t/g, '    ')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  return plain.replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]|[^\u0000-\u024f]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0
    return code > 0x9f && opening(font).hasGlyphForCodePoint(code) ? character : `[U+${code.toString(16).toUpperCase().padStart(4, '0')}]`
  })
}
