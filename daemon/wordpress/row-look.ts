// How rows of a shop are summed up in one value that changes when one of them does: what a poll asks instead of the rows.

/**
 * SQL for a row's part of a checksum. Of a digest of the text, not of the text itself: CRCs of texts that change in the same way (two carts from
 * `abandoned` to `completed`) cancel out in an XOR.
 */
export function checksumPart(...columns: string[]): string {
  return `crc32(md5(concat_ws('|', ${columns.join(', ')})))`;
}

/** SQL for how many rows there are and the checksum of all. */
export function checksumOf(...columns: string[]): string {
  return `concat_ws('/', count(*), bit_xor(${checksumPart(...columns)}))`;
}

/** What checksumOf() gives for rows with these parts. */
export function joinChecksum(parts: readonly (number | string)[]): string {
  return `${parts.length}/${parts.reduce<number>((sum, part) => (sum ^ Number(part)) >>> 0, 0)}`;
}

/** SQL for the same of rows with a date that every change moves, at a fifth of the cost: an index of date and id answers it alone. */
export function dateSumOf(id: string, date: string): string {
  return `concat_ws('/', count(*), sum(${id}), max(${date}), sum(timestampdiff(second, '2000-01-01', ${date})))`;
}
