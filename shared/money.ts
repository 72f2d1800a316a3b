// Money is a decimal string with its currency, counted in whole minor units (bigint): no float ever touches it.
// Rounding is half-up away from zero, as WooCommerce (PHP's round) does.

/** Our columns are numeric(26,8). */
const maxIntegerDigits = 18;
const fractionDigits = 8;

/** A decimal as WordPress stores it, in parts: `digits` × 10^-`scale`. */
type Decimal = { isNegative: boolean; digits: string; scale: number };

function readDecimal(text: string): Decimal | null {
  if (text.length > 100) return null;
  const parts = /^\s*([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d{1,2}))?\s*$/i.exec(text);
  if (!parts) return null;
  const [, sign, integer = '', fraction = '', exponent = '0'] = parts;
  if (integer === '' && fraction === '') return null;
  const scale = fraction.length - Number(exponent);
  const digits = `${integer}${fraction}${'0'.repeat(Math.max(0, -scale))}`;
  return { isNegative: sign === '-', digits, scale: Math.max(0, scale) };
}

/** Whole units of 10^-`toScale`, half-up away from zero. */
function scaled({ isNegative, digits, scale }: Decimal, toScale: number): bigint {
  const value = BigInt(digits);
  const units =
    scale <= toScale
      ? value * 10n ** BigInt(toScale - scale)
      : (value + 5n * 10n ** BigInt(scale - toScale - 1)) / 10n ** BigInt(scale - toScale);
  return isNegative ? -units : units;
}

function render(units: bigint, scale: number): string {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0');
  const text = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
  return units < 0n ? `-${text}` : text;
}

/**
 * The shortest text of a decimal (`19.90000000` → `19.9`), rounded to eight places; null when it is no number or does not fit
 * numeric(26,8). Equal amounts give equal texts. PHP's floats may come as `1.0E-7` or as a JavaScript number.
 */
export function parseDecimal(text: string | number | bigint | null | undefined): string | null {
  if (text === null || text === undefined) return null;
  // Nearly every amount: no number needs to be made of it.
  const plain = /^0*(\d{1,18})(?:\.(\d{0,8}?)0*)?$/.exec(String(text));
  if (plain && plain[0].length <= 100) return plain[2] ? `${plain[1]}.${plain[2]}` : plain[1]!;
  const decimal = readDecimal(String(text));
  if (!decimal) return null;
  const rendered = render(scaled(decimal, fractionDigits), fractionDigits).replace(/\.?0+$/, '');
  return rendered.replace(/^-?(\d+).*/, '$1').length > maxIntegerDigits ? null : rendered;
}

/** `19.905` → 1991n: minor units of a decimal from parseDecimal or Postgres. Throws RangeError on anything else. */
export function toMinor(decimal: string, digits = 2): bigint {
  const parsed = readDecimal(decimal);
  if (!parsed) throw new RangeError('expected a decimal number');
  return scaled(parsed, digits);
}

/** 1990n → `19.90`: what Postgres and JSON get. */
export function minorToDecimal(minor: bigint): string {
  return render(minor, 2);
}

const formats = new Map<string, Intl.NumberFormat | null>();

function formatOf(currency: string): Intl.NumberFormat | null {
  let format = formats.get(currency);
  if (format === undefined) {
    // Intl throws on what is no three-letter code; a shop may hold anything.
    format = /^[A-Z]{3}$/i.test(currency) ? new Intl.NumberFormat('pt-BR', { style: 'currency', currency }) : null;
    formats.set(currency, format);
  }
  return format;
}

const plainFormat = new Intl.NumberFormat('pt-BR', { minimumFractionDigits: 2, maximumFractionDigits: 2 });

/** 123450n in BRL → `R$ 1.234,50` (with the no-break space of Intl). Minor units are hundredths in every currency. */
export function formatMoney(minor: bigint, currency: string): string {
  const decimal = minorToDecimal(minor) as `${number}`;
  return formatOf(currency)?.format(decimal) ?? `${currency} ${plainFormat.format(decimal)}`.trim();
}
