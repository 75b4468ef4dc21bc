/**
 * Map labels are drawn on a canvas, which does not wait for web fonts. On a machine without a Chinese font the subsets that the words need are
 * loaded first; a machine that has one loads nothing.
 */
const WEB_FONT = 'Noto Sans SC Variable';
const SYSTEM_FONTS = ['PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', 'Source Han Sans SC', 'Noto Sans SC'];
export const LABEL_FONTS = [...SYSTEM_FONTS, WEB_FONT];

/** Two different characters that look the same are both the box of a missing glyph. */
function hasChineseFont(): boolean {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 20;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) return true;
  const drawn = ['拉', '萨'].map((character) => {
    context.clearRect(0, 0, 20, 20);
    context.font = `16px ${SYSTEM_FONTS.map((name) => `"${name}"`).join(', ')}`;
    context.fillText(character, 1, 16);
    return context.getImageData(0, 0, 20, 20).data.join();
  });
  return drawn[0] !== drawn[1];
}

let known: boolean | undefined;

/** Resolves when these words can be drawn. */
export async function glyphsReady(words: readonly string[]): Promise<void> {
  known ??= hasChineseFont();
  if (known || words.length === 0) return;
  await import('@fontsource-variable/noto-sans-sc/index.css');
  await document.fonts.load(`16px "${WEB_FONT}"`, [...new Set(words.join(''))].join('')).catch(() => []);
}
