// The ONE function that sends SQL to a shop, and only to read. What is not on the list never reaches the wire; one statement
// at a time; every statement is counted by its shape, without values, so that a person can see what was asked of the shop.
import type { Connection, RowDataPacket } from 'mysql2/promise';
import type { AppError } from '#shared/errors.ts';
import { ConnectionLostError, ShopStalledError } from './errors.ts';
import { type Place, placeFacts, toQueryError } from './mysql-errors.ts';
import { createPace, type Pace } from './pace.ts';
import { assertReadOnly, endSnapshot, fill, type Params, shapeOf, startSnapshot } from './statement.ts';

export { quoteIdentifier } from './statement.ts';

export type StatementStat = {
  shape: string;
  count: number;
  failed: number;
  rows: number;
  ms: number;
  slowestMs: number;
};

export type Gateway = Pick<Pace, 'rest' | 'hurry' | 'slowness' | 'fastest' | 'spent'> & {
  /**
   * Sends one reading statement. Placeholders are `?` with a list, or `:name` with an object; a list as a value fills `in (:ids)`.
   * Rows: BIGINT and DECIMAL are strings, other integers numbers, dates strings as stored (zero dates too), JSON text, BLOB Buffer.
   * Throws StatementRefusedError before the wire, else a ShopError; after ConnectionLostError or ShopStalledError open a new shop.
   */
  query<Row = Record<string, unknown>>(sql: string, params?: Params): Promise<Row[]>;
  /** Runs `read` inside one read-only consistent snapshot. Keep it to one page: it holds back the shop's purge. */
  snapshot<T>(read: () => Promise<T>): Promise<T>;
  /** What was sent so far, by shape, most often first; at most 500 shapes. */
  statements(): StatementStat[];
  isLost(): boolean;
  /** Another run begins on this connection: what was sent and spent counts from here. */
  startOver(): void;
};

const mostShapes = 500;

/** `connection` is a prepared session (connection.ts); `deadlineMs` is when a silent server is given up. */
export function createGateway({
  connection,
  place,
  deadlineMs,
  now = () => performance.now(),
}: {
  connection: Connection;
  place: Place;
  deadlineMs: number;
  now?: () => number;
}): Gateway {
  const stats = new Map<string, StatementStat>();
  let pace = createPace({ now });
  let lost: AppError | null = null;
  let isInSnapshot = false;
  let last: Promise<unknown> = Promise.resolve();

  const lose = (cause: unknown) => {
    lost ??= new ConnectionLostError(`${place.host}:${place.port}: the connection was lost`, {
      cause,
      facts: placeFacts(place),
    });
  };
  connection.on('error', lose);
  connection.on('end', lose);

  function record(shape: string, { ms, rows, failed }: { ms: number; rows: number; failed: boolean }) {
    const key = stats.has(shape) || stats.size < mostShapes ? shape : '(other)';
    const stat = stats.get(key) ?? { shape: key, count: 0, failed: 0, rows: 0, ms: 0, slowestMs: 0 };
    stat.count += 1;
    stat.failed += failed ? 1 : 0;
    stat.rows += rows;
    stat.ms += ms;
    stat.slowestMs = Math.max(stat.slowestMs, ms);
    stats.set(key, stat);
    pace.add(ms);
  }

  async function send<Row>(sql: string, shape: string): Promise<Row[]> {
    if (lost) throw lost;
    const started = now();
    let rows: Row[] = [];
    let failed = true;
    let timer: NodeJS.Timeout | undefined;
    // The server's own time limit does not help when the line goes silent: then nobody tells us.
    const stalled = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        lost = new ShopStalledError(`${place.host}:${place.port} silent for ${deadlineMs} ms: ${shape}`, {
          facts: placeFacts(place),
        });
        reject(lost);
        connection.destroy();
      }, deadlineMs);
    });
    try {
      const [result] = await Promise.race([connection.query<RowDataPacket[]>(sql), stalled]);
      rows = result as unknown as Row[];
      failed = false;
      return rows;
    } catch (error) {
      const typed = toQueryError(lost ?? error, place, shape);
      if (typed instanceof ConnectionLostError) lost ??= typed;
      throw lost ?? typed;
    } finally {
      clearTimeout(timer);
      record(shape, { ms: now() - started, rows: rows.length, failed });
    }
  }

  function query<Row>(sql: string, params: Params = []): Promise<Row[]> {
    let filled: string;
    try {
      assertReadOnly(sql);
      filled = fill(sql, params);
    } catch (error) {
      return Promise.reject(error);
    }
    const result = last.then(() => send<Row>(filled, shapeOf(sql)));
    last = result.catch(() => undefined);
    return result;
  }

  return {
    query,
    async snapshot(read) {
      if (isInSnapshot) throw new Error('a snapshot is open already: one page at a time on one connection');
      isInSnapshot = true;
      try {
        await query(startSnapshot);
        const result = await read();
        await query(endSnapshot);
        return result;
      } catch (error) {
        if (!lost) await query(endSnapshot).catch(() => undefined);
        throw error;
      } finally {
        isInSnapshot = false;
      }
    },
    statements: () => [...stats.values()].sort((a, b) => b.count - a.count),
    rest: () => pace.rest(),
    hurry: () => pace.hurry(),
    slowness: () => pace.slowness(),
    fastest: () => pace.fastest(),
    spent: () => pace.spent(),
    isLost: () => lost !== null,
    startOver() {
      stats.clear();
      pace = createPace({ now });
    },
  };
}
