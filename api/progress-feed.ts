// What moves on open pages. NOTIFY says only that something changed; the feed renders each (company, page, query) once, at most four times
// a second, and sends the same bytes to every tab that looks at it. Each connection begins with a snapshot and goes on with what differs from it, so nothing
// depends on replay.
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import type { UserId } from '#shared/ids.ts';
import type { Log } from '#shared/log.ts';
import { listValidSessions } from './auth/sessions.ts';
import type { Company, SignedUser } from './context.ts';
import type { Database } from './db.ts';
import { HttpError } from './http-error.ts';
import { type Listener, type ListenOptions, listen } from './listener.ts';
import { liveChanges } from './live-changes.ts';
import { countLive } from './metrics.ts';
import { listOpenCompanies } from './queries/open-companies.ts';

/** What a page looks at: runs under way, or the kinds of rows that a commit changed. */
export type LiveKind = 'progress' | 'cart' | 'order' | 'lead' | 'export';

export type LiveRequest = { company: Company; query: Readonly<Record<string, string>>; now: Date };

/**
 * What one page pushes: `<hx-partial>` elements as one text. `render`: the same for everybody who has this role in the company, made once for all of
 * them. `renderFor`: the user's own, whose id is the session's and never the address's. `renderBadge`: what every page has and every run moves; where
 * nothing else moved, the rest is not made again.
 */
export type LiveView = {
  page: string;
  kinds: readonly LiveKind[];
  renderBadge?(request: LiveRequest): Promise<string>;
} & (
  | { render(request: LiveRequest): Promise<string> }
  | { renderFor(request: LiveRequest & { userId: UserId }): Promise<string> }
);

export type OpenStream = { user: SignedUser; company: Company; page: string; query: Record<string, string> };

export type ProgressFeed = {
  register(view: LiveView): void;
  /** A live connection, or null when the page pushes nothing. 429 when the user has too many open. */
  open(request: OpenStream): Response | null;
  start(options: Pick<ListenOptions, 'url' | 'role'>): Promise<void>;
  /** When a commit that changed this company's rows was last heard of, or may have been missed (performance.now()). */
  changedAtMs(tenantId: string): number;
  /** Open connections, what they look at together, and whether Postgres tells us of changes. */
  state(): { clients: number; views: number; isListening: boolean };
  close(): Promise<void>;
};

type Client = {
  user: SignedUser;
  group: Group;
  controller: ReadableStreamDefaultController<Uint8Array>;
  /** Its page shows what the group last rendered. */
  hasSnapshot: boolean;
};

type Group = {
  key: string;
  view: LiveView;
  company: Company;
  /** Of whom the view is, when it is a user's own. */
  userId: UserId | null;
  query: Record<string, string>;
  clients: Set<Client>;
  /** The last text rendered, and its bytes once somebody needed them. */
  html: string | null;
  /** The same without its badge. */
  content: string | null;
  snapshot: Uint8Array | null;
  timer: NodeJS.Timeout | null;
  isRendering: boolean;
  isDirty: boolean;
  /** More than the badge moved. */
  isContentDirty: boolean;
  /** The next render begins no earlier. */
  nextAtMs: number;
  /** When the renders so far will have taken a fifth of the time. */
  paidAtMs: number;
};

const minIntervalMs = 100;
/** A run tells its steps in the moments before the rows that it brings: those do not wait for the badge. */
const minBadgeIntervalMs = 20;
/**
 * A page that is slow to render comes less often, so that it takes no more than a fifth of the time. One render is free to follow at once: a change is
 * often told in two commits, the row and what follows from it.
 */
const minRestFactor = 5;
const afterFailureMs = 2_000;
const heartbeatMs = 15_000;
/** Relative times move on and sessions run out without any event. */
const tickMs = 60_000;
/** A reader this far behind is dropped; it reconnects and gets a snapshot. */
const maxPendingBytes = 512 * 1024;
const maxStreamsPerUser = 20;
const tooManyStreams = `Esta aba não se atualiza sozinha: você tem ${maxStreamsPerUser} abas abertas. Feche algumas e recarregue.`;

const headers = { 'Content-Type': 'text/event-stream; charset=utf-8', 'X-Accel-Buffering': 'no' };
const encoder = new TextEncoder();
const endEvent = encoder.encode('event: fim\ndata: fim\n\n');
const heartbeat = encoder.encode(':\n\n');

const changed = z.object({ tenant: z.string(), kinds: z.array(z.enum(['cart', 'order', 'lead', 'export'])) });
const progress = z.object({ tenant: z.string() });
const session = z.object({ user: z.string() });

/** The answer to a live connection without session: the page goes to the login by itself. */
export function endedStream(): Response {
  return new Response(endEvent, { headers });
}

/** An unnamed event; a carriage return inside a person's name ends a line of the protocol too. */
function encodeEvent(html: string): Uint8Array {
  const lines = html.split(/\r\n|\r|\n/).map((line) => `data: ${line}\n`);
  return encoder.encode(`${lines.join('')}\n`);
}

export function createProgressFeed({ db, log, now }: { db: Database; log: Log; now: () => Date }): ProgressFeed {
  const views = new Map<string, LiveView>();
  const groups = new Map<string, Group>();
  let listener: Listener | null = null;
  const timers: NodeJS.Timeout[] = [];
  const changes = new Map<string, number>();
  let missedAtMs = 0;

  const clientsOf = (test: (client: Client) => boolean) =>
    [...groups.values()].flatMap((group) => [...group.clients].filter(test));

  function drop(client: Client, lastWords?: Uint8Array): void {
    const { group } = client;
    if (!group.clients.delete(client)) return;
    if (group.clients.size === 0) {
      if (group.timer) clearTimeout(group.timer);
      groups.delete(group.key);
    }
    try {
      if (lastWords) client.controller.enqueue(lastWords);
      client.controller.close();
    } catch {
      // The reader went away first: the stream is closed already.
    }
  }

  function send(client: Client, bytes: Uint8Array): void {
    if ((client.controller.desiredSize ?? 0) < -maxPendingBytes) {
      log.warn('feed.slow_client_dropped', { tenant: client.group.company.id, user: client.user.id });
      countLive('dropped');
      drop(client);
      return;
    }
    client.controller.enqueue(bytes);
    if (bytes !== heartbeat) countLive('event', bytes.length);
  }

  function sendSnapshot(client: Client): void {
    const { group } = client;
    group.snapshot ??= encodeEvent(group.html!);
    client.hasSnapshot = true;
    send(client, group.snapshot);
  }

  function markDirty(group: Group, isContent = true): void {
    group.isDirty = true;
    group.isContentDirty ||= isContent;
    if (group.timer || group.isRendering) return;
    const wait = Math.max(0, group.nextAtMs - performance.now());
    group.timer = setTimeout(() => void render(group), wait);
  }

  async function renderGroup({ view, company, query, userId, content }: Group, isWhole: boolean) {
    const request = { company, query, now: now() };
    const badge = (await view.renderBadge?.(request)) ?? '';
    if (!isWhole && content !== null) return { badge, content };
    const made = 'render' in view ? view.render(request) : view.renderFor({ ...request, userId: userId! });
    return { badge, content: await made };
  }

  async function render(group: Group): Promise<void> {
    const isWhole = group.isContentDirty;
    group.timer = null;
    group.isDirty = false;
    group.isContentDirty = false;
    group.isRendering = true;
    const startedAtMs = performance.now();
    let restMs = isWhole ? minIntervalMs : minBadgeIntervalMs;
    try {
      const { badge, content } = await renderGroup(group, isWhole);
      const html = badge + content;
      group.content = content;
      const isNew = html !== group.html;
      const changes = isNew && group.html !== null ? encodeEvent(liveChanges(group.html, html)) : null;
      if (isNew) {
        group.html = html;
        group.snapshot = null;
      }
      for (const client of [...group.clients]) {
        if (!client.hasSnapshot) sendSnapshot(client);
        else if (changes) send(client, changes);
      }
    } catch (error) {
      // The page keeps what it has, for the moment.
      group.isDirty = true;
      group.isContentDirty ||= isWhole;
      restMs = afterFailureMs;
      countLive('render_failed');
      log.error('feed.render_failed', { page: group.view.page, tenant: group.company.id, error: String(error) });
    }
    const tookMs = performance.now() - startedAtMs;
    const costMs = tookMs * minRestFactor;
    group.paidAtMs = Math.max(group.paidAtMs, startedAtMs) + costMs;
    group.nextAtMs = Math.max(startedAtMs + restMs, group.paidAtMs - costMs);
    group.isRendering = false;
    if (group.isDirty && group.clients.size > 0) markDirty(group, group.isContentDirty);
  }

  function markTenant(tenantId: string, kinds: readonly LiveKind[]): void {
    for (const group of groups.values()) {
      if (group.company.id !== tenantId) continue;
      if (kinds.some((kind) => group.view.kinds.includes(kind))) markDirty(group);
      else if (group.view.renderBadge && kinds.includes('progress')) markDirty(group, false);
    }
  }

  /** Closes the streams of this person whose session, membership or visit is gone or whose role is another: the page asks anew. */
  async function checkUser(userId: UserId): Promise<void> {
    const clients = clientsOf((client) => client.user.id === userId);
    if (clients.length === 0) return;
    const valid = await listValidSessions(
      db.sql,
      clients.map((client) => client.user.sessionHash),
    );
    for (const sessionHash of new Set(clients.map((client) => client.user.sessionHash.toString('hex')))) {
      const own = clients.filter(({ user }) => user.sessionHash.toString('hex') === sessionHash);
      const open = await listOpenCompanies(db, own[0]!.user);
      for (const client of own) {
        const { company } = client.group;
        const hasSameRole = open.some(({ id, role }) => id === company.id && role === company.role);
        if (!hasSameRole || !valid.has(sessionHash)) drop(client, endEvent);
      }
    }
  }

  async function check(userId: UserId): Promise<void> {
    try {
      await checkUser(userId);
    } catch (error) {
      log.error('feed.check_failed', { user: userId, error: String(error) });
    }
  }

  function onMessage(channel: string, payload: string): void {
    try {
      const data: unknown = JSON.parse(payload);
      if (channel === 'carrinho_progress') markTenant(progress.parse(data).tenant, ['progress']);
      else if (channel === 'carrinho_session') void check(session.parse(data).user as UserId);
      else {
        const { tenant, kinds } = changed.parse(data);
        changes.set(tenant, performance.now());
        markTenant(tenant, kinds);
      }
    } catch {
      log.warn('feed.bad_payload', { channel });
    }
  }

  function everyTick(): void {
    for (const group of groups.values()) markDirty(group);
    void checkEverybody();
  }

  /** Spread over half of the time until the next tick: what moves on the pages does not wait for it. */
  async function checkEverybody(): Promise<void> {
    const users = new Set(clientsOf(() => true).map(({ user }) => user.id));
    for (const userId of users) {
      await check(userId);
      await pause(tickMs / 2 / users.size, null, { ref: false });
    }
  }

  function findGroup({ user, company, page, query }: OpenStream, view: LiveView): Group {
    const userId = 'renderFor' in view ? user.id : null;
    const key = JSON.stringify([company.id, company.role, userId, page, Object.entries(query).sort()]);
    const known = groups.get(key);
    if (known) return known;
    const group: Group = {
      key,
      view,
      company,
      userId,
      query,
      clients: new Set(),
      html: null,
      content: null,
      snapshot: null,
      timer: null,
      isRendering: false,
      isDirty: false,
      isContentDirty: false,
      nextAtMs: 0,
      paidAtMs: 0,
    };
    groups.set(key, group);
    return group;
  }

  return {
    register(view) {
      views.set(view.page, view);
    },
    open(request) {
      const view = views.get(request.page);
      if (!view) return null;
      // The oldest would come back by itself and push out another: the newest is refused instead, and told so.
      if (clientsOf((client) => client.user.id === request.user.id).length >= maxStreamsPerUser) {
        countLive('refused');
        throw new HttpError(429, 'too_many_streams', tooManyStreams);
      }
      let client: Client;
      const stream = new ReadableStream<Uint8Array>(
        {
          start(controller) {
            const group = findGroup(request, view);
            client = { user: request.user, group, controller, hasSnapshot: false };
            group.clients.add(client);
            // The first bytes at once, so that the browser sees the connection stand.
            controller.enqueue(heartbeat);
            if (group.html !== null && !group.isDirty && !group.isRendering) sendSnapshot(client);
            else markDirty(group);
          },
          cancel() {
            drop(client);
          },
        },
        new ByteLengthQueuingStrategy({ highWaterMark: 16 * 1024 }),
      );
      return new Response(stream, { headers });
    },
    async start({ url, role }) {
      timers.push(
        setInterval(() => {
          for (const client of clientsOf(() => true)) send(client, heartbeat);
        }, heartbeatMs),
        setInterval(everyTick, tickMs),
      );
      listener = await listen({
        url,
        role,
        channels: ['carrinho_progress', 'carrinho_changed', 'carrinho_session'],
        onMessage,
        onListening() {
          missedAtMs = performance.now();
          everyTick();
        },
        log,
      });
    },
    state: () => ({
      clients: clientsOf(() => true).length,
      views: groups.size,
      isListening: listener?.isListening() ?? false,
    }),
    changedAtMs: (tenantId) => Math.max(changes.get(tenantId) ?? 0, missedAtMs),
    async close() {
      for (const timer of timers) clearInterval(timer);
      for (const client of clientsOf(() => true)) drop(client);
      await listener?.close();
    },
  };
}
