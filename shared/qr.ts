// A QR code of a short text as one SVG path (ISO/IEC 18004: byte mode, level L, versions 5 to 10), so that a telephone takes the secret of a second factor
// without anybody typing it, and without sending it to anyone who draws pictures.

/** By version from 5: data bytes of each block (level L), and bytes of error correction a block. */
const versions: readonly { blocks: readonly number[]; check: number; alignment: readonly number[] }[] = [
  { blocks: [108], check: 26, alignment: [6, 30] },
  { blocks: [68, 68], check: 18, alignment: [6, 34] },
  { blocks: [78, 78], check: 20, alignment: [6, 22, 38] },
  { blocks: [97, 97], check: 24, alignment: [6, 24, 42] },
  { blocks: [116, 116], check: 30, alignment: [6, 26, 46] },
  { blocks: [68, 68, 69, 69], check: 18, alignment: [6, 28, 50] },
];
const firstVersion = 5;

// Arithmetic of GF(256) with the polynomial x^8 + x^4 + x^3 + x^2 + 1.
const exp: number[] = [];
const log: number[] = [];
for (let power = 0, value = 1; power < 255; power++) {
  exp[power] = value;
  log[value] = power;
  value = value & 0x80 ? (value << 1) ^ 0x11d : value << 1;
}
const multiply = (a: number, b: number) => (a === 0 || b === 0 ? 0 : exp[(log[a]! + log[b]!) % 255]!);

/** The Reed-Solomon remainder of a block. */
function checkBytes(data: readonly number[], count: number): number[] {
  let generator = [1];
  for (let power = 0; power < count; power++) {
    generator = [...generator, 0].map((term, at) => term ^ multiply(at > 0 ? generator[at - 1]! : 0, exp[power]!));
  }
  const rest = [...data, ...Array<number>(count).fill(0)];
  for (let at = 0; at < data.length; at++) {
    const factor = rest[at]!;
    for (let term = 0; term <= count; term++) rest[at + term]! ^= multiply(generator[term]!, factor);
  }
  return rest.slice(data.length);
}

/** Length, text and padding as the bytes of all blocks, interleaved with their error correction. */
function codewords(bytes: Uint8Array, version: number): number[] {
  const { blocks, check } = versions[version - firstVersion]!;
  const capacity = blocks.reduce((sum, size) => sum + size, 0);
  const bits: number[] = [];
  const put = (value: number, length: number) => {
    for (let bit = length - 1; bit >= 0; bit--) bits.push((value >> bit) & 1);
  };
  put(4, 4);
  put(bytes.length, version < 10 ? 8 : 16);
  for (const byte of bytes) put(byte, 8);
  put(0, Math.min(4, capacity * 8 - bits.length));
  while (bits.length % 8 > 0) bits.push(0);
  const data: number[] = [];
  for (let at = 0; at < bits.length; at += 8) data.push(Number.parseInt(bits.slice(at, at + 8).join(''), 2));
  for (let pad = 0xec; data.length < capacity; pad ^= 0xec ^ 0x11) data.push(pad);
  const parts = blocks.map((size) => data.splice(0, size));
  const checks = parts.map((part) => checkBytes(part, check));
  const interleaved = (rows: number[][]) =>
    Array.from({ length: Math.max(...rows.map((row) => row.length)) }, (_, at) =>
      rows.flatMap((row) => (at < row.length ? [row[at]!] : [])),
    ).flat();
  return [...interleaved(parts), ...interleaved(checks)];
}

/** The remainder that stands after `value` in format and version information. */
function withRemainder(value: number, polynomial: number, bits: number): number {
  let rest = value << bits;
  const top = 31 - Math.clz32(polynomial);
  for (let bit = 31; bit >= top; bit--) if ((rest >>> bit) & 1) rest ^= polynomial << (bit - top);
  return (value << bits) | rest;
}

const masks: readonly ((row: number, column: number) => boolean)[] = [
  (row, column) => (row + column) % 2 === 0,
  (row) => row % 2 === 0,
  (_, column) => column % 3 === 0,
  (row, column) => (row + column) % 3 === 0,
  (row, column) => (Math.floor(row / 2) + Math.floor(column / 3)) % 2 === 0,
  (row, column) => ((row * column) % 2) + ((row * column) % 3) === 0,
  (row, column) => (((row * column) % 2) + ((row * column) % 3)) % 2 === 0,
  (row, column) => (((row + column) % 2) + ((row * column) % 3)) % 2 === 0,
];

/** The modules of the code, dark or light, row by row; null for a text beyond version 10 (271 bytes). */
export function findQrModules(text: string): boolean[][] | null {
  const bytes = new TextEncoder().encode(text);
  const index = versions.findIndex(
    ({ blocks }, at) => blocks.reduce((sum, size) => sum + size, 0) >= bytes.length + (at + firstVersion < 10 ? 2 : 3),
  );
  if (index < 0) return null;
  const version = index + firstVersion;
  const size = 17 + 4 * version;
  const dark = Array.from({ length: size }, () => Array<boolean>(size).fill(false));
  const isFixed = Array.from({ length: size }, () => Array<boolean>(size).fill(false));
  const set = (row: number, column: number, value: boolean) => {
    if (row < 0 || column < 0 || row >= size || column >= size) return;
    dark[row]![column] = value;
    isFixed[row]![column] = true;
  };

  for (let at = 0; at < size; at++) {
    set(6, at, at % 2 === 0);
    set(at, 6, at % 2 === 0);
  }
  for (const [top, left] of [
    [0, 0],
    [0, size - 7],
    [size - 7, 0],
  ] as const) {
    for (let row = -1; row <= 7; row++) {
      for (let column = -1; column <= 7; column++) {
        const ring = Math.max(Math.abs(row - 3), Math.abs(column - 3));
        set(top + row, left + column, ring !== 2 && ring !== 4);
      }
    }
  }
  const { alignment } = versions[index]!;
  const last = alignment.at(-1)!;
  for (const row of alignment) {
    for (const column of alignment) {
      if ((row === 6 && (column === 6 || column === last)) || (row === last && column === 6)) continue;
      for (let down = -2; down <= 2; down++) {
        for (let right = -2; right <= 2; right++)
          set(row + down, column + right, Math.max(Math.abs(down), Math.abs(right)) !== 1);
      }
    }
  }
  if (version >= 7) {
    const information = withRemainder(version, 0x1f25, 12);
    for (let bit = 0; bit < 18; bit++) {
      const isDark = ((information >> bit) & 1) === 1;
      const [near, far] = [Math.floor(bit / 3), size - 11 + (bit % 3)];
      set(near, far, isDark);
      set(far, near, isDark);
    }
  }
  const setFormat = (mask: number) => {
    // Level L is 01.
    const information = withRemainder((1 << 3) | mask, 0x537, 10) ^ 0x5412;
    const bitOf = (bit: number) => ((information >> bit) & 1) === 1;
    for (let bit = 0; bit < 15; bit++) {
      set(bit < 6 ? bit : bit < 8 ? bit + 1 : size - 15 + bit, 8, bitOf(bit));
      set(8, bit < 8 ? size - 1 - bit : bit < 9 ? 7 : 14 - bit, bitOf(bit));
    }
    set(size - 8, 8, true);
  };
  setFormat(0);

  const bits = codewords(bytes, version).flatMap((byte) =>
    Array.from({ length: 8 }, (_, bit) => ((byte >> (7 - bit)) & 1) === 1),
  );
  let next = 0;
  for (let right = size - 1; right >= 1; right -= 2) {
    if (right === 6) right = 5;
    const isUp = ((right + 1) & 2) === 0;
    for (let step = 0; step < size; step++) {
      const row = isUp ? size - 1 - step : step;
      for (const column of [right, right - 1]) {
        if (!isFixed[row]![column]) dark[row]![column] = bits[next++] ?? false;
      }
    }
  }

  const flip = (mask: number) => {
    for (let row = 0; row < size; row++) {
      for (let column = 0; column < size; column++) {
        if (!isFixed[row]![column] && masks[mask]!(row, column)) dark[row]![column] = !dark[row]![column];
      }
    }
  };
  const scores = masks.map((_, mask) => {
    flip(mask);
    setFormat(mask);
    const score = penalty(dark);
    flip(mask);
    return score;
  });
  const best = scores.indexOf(Math.min(...scores));
  flip(best);
  setFormat(best);
  return dark;
}

/** How hard a code is to read, by the standard's four rules: long runs, squares, what looks like a corner, too much of one shade. */
function penalty(dark: readonly (readonly boolean[])[]): number {
  const size = dark.length;
  const columns = dark.map((_, column) => dark.map((row) => row[column]!));
  let score = 0;
  for (const line of [...dark, ...columns]) {
    const text = line.map((isDark) => (isDark ? '1' : '0')).join('');
    for (const [run] of text.matchAll(/0{5,}|1{5,}/g)) score += run.length - 2;
    score += 40 * ([...text.matchAll(/(?=10111010000)/g)].length + [...text.matchAll(/(?=00001011101)/g)].length);
  }
  for (let row = 1; row < size; row++) {
    for (let column = 1; column < size; column++) {
      const value = dark[row]![column];
      if (value === dark[row]![column - 1] && value === dark[row - 1]![column] && value === dark[row - 1]![column - 1])
        score += 3;
    }
  }
  const share = dark.flat().filter(Boolean).length / (size * size);
  return score + 10 * Math.floor(Math.abs(share - 0.5) * 20);
}

/** The dark modules as an SVG path, one unit a module, with the four light ones around that readers need; `size` is the whole side. */
export function findQrPath(text: string): { path: string; size: number } | null {
  const modules = findQrModules(text);
  if (!modules) return null;
  const path = modules
    .flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x + 4} ${y + 4}h1v1h-1z` : '')))
    .join('');
  return { path, size: modules.length + 8 };
}
