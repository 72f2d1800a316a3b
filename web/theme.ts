// A company's own colour, made readable: the same hue is darkened for light pages and lightened for dark ones until text on it, and it as
// text, reach a contrast of 4.5 (WCAG 2.2, 1.4.3).

type Rgb = readonly [number, number, number];

const lightSurface: Rgb = [246, 247, 246];
const darkSurface: Rgb = [24, 32, 30];
const white: Rgb = [255, 255, 255];
const black: Rgb = [0, 0, 0];

function parse(hex: string): Rgb {
  return [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)) as unknown as Rgb;
}

const toHex = (color: Rgb) => `#${color.map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')}`;

const mix = (from: Rgb, to: Rgb, share: number): Rgb =>
  from.map((part, index) => part + (to[index]! - part) * share) as unknown as Rgb;

function luminance(color: Rgb): number {
  const [r, g, b] = color.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as unknown as Rgb;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function ratio(one: Rgb, other: Rgb): number {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** The contrast of two colours `#rrggbb`, 1 to 21. */
export function contrast(one: string, other: string): number {
  return ratio(parse(one), parse(other));
}

/** The nearest colour on the way to `towards` that reads on all grounds. */
function readable(color: Rgb, grounds: (of: Rgb) => readonly Rgb[], towards: Rgb): Rgb {
  for (let share = 0; share < 1; share += 0.02) {
    // Rounded as it will be written, so that the check holds for what is shown.
    const tried = parse(toHex(mix(color, towards, share)));
    if (grounds(tried).every((ground) => ratio(tried, ground) >= 4.6)) return tried;
  }
  return towards;
}

type Theme = Readonly<Record<'accent' | 'accentInk' | 'accentSoft' | 'accentText', string>>;

/** The four accent colours of app.css, for light and for dark pages. */
export function themeOf(hex: string): { light: Theme; dark: Theme } {
  const own = parse(hex);
  const make = (surface: Rgb, towards: Rgb): Theme => {
    const soft = mix(surface, own, 0.14);
    const accent = readable(own, () => [surface], towards);
    const ink = ratio(white, accent) >= ratio(black, accent) ? white : black;
    const text = readable(own, () => [surface, soft], towards);
    return { accent: toHex(accent), accentInk: toHex(ink), accentSoft: toHex(soft), accentText: toHex(text) };
  };
  return { light: make(lightSurface, black), dark: make(darkSurface, white) };
}

/** The style sheet that comes after app.css. */
export function themeCss(hex: string): string {
  const { light, dark } = themeOf(hex);
  const rule = ({ accent, accentInk, accentSoft, accentText }: Theme) =>
    `:root { --accent: ${accent}; --accent-ink: ${accentInk}; --accent-soft: ${accentSoft}; --accent-text: ${accentText}; }`;
  return `${rule(light)}\n@media (prefers-color-scheme: dark) { ${rule(dark)} }\n`;
}
