// What a Prometheus sees of this web process: requests, errors, live pages, the pool. Counted as it happens and read at each scrape; nothing is asked of
// Postgres for it. Labels are kinds, codes and route patterns, never an address, an id of a person or a company.
import { counter, type Family, gauge, histogram, toText } from '#shared/metrics/exposition.ts';
import { describePool, describeProcess } from '#shared/metrics/process.ts';
import type { Deps } from './context.ts';

/** What is asked for; a live page counts until its first bytes, the rest until the whole answer stands. */
export type RequestKind = 'page' | 'fragment' | 'write' | 'api' | 'live' | 'static' | 'watch';

const requestSeconds = histogram(
  'carrinho_http_request_seconds',
  'Seconds to answer a request, by kind.',
  [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15],
);
const requests = counter('carrinho_http_requests_total', 'Requests by route pattern, method and status.');
const errors = counter('carrinho_http_errors_total', 'Requests answered with an error, by its code.');
const events = counter('carrinho_live_events_total', 'Events sent to live pages, one for each page that got it.');
const bytes = counter('carrinho_live_bytes_total', 'Bytes of the events sent to live pages.');
const dropped = counter('carrinho_live_dropped_total', 'Live pages dropped because they read too slowly.');
const refused = counter('carrinho_live_refused_total', 'Live pages refused because their user had too many open.');
const failures = counter('carrinho_live_render_failures_total', 'Views of live pages that could not be made.');
const lost = counter('carrinho_listen_lost_total', 'How often the connection that listens was lost or refused.');

const liveFamilies = { dropped, refused, render_failed: failures, listen_lost: lost };
for (const family of [events, bytes, ...Object.values(liveFamilies)]) family.add({}, 0);

/** One answer; `route` is the pattern. */
export function countRequest(answer: { kind: RequestKind; method: string; route: string; status: number; ms: number }) {
  const { kind, method, route, status, ms } = answer;
  requestSeconds.observe({ kind }, ms / 1000);
  requests.add({ method, route, status: String(status) });
}

/** One error that somebody was told. */
export const countError = (code: string): void => errors.add({ code });

/** One thing that happened to live pages; an event has its size. */
export function countLive(what: keyof typeof liveFamilies | 'event', size = 0): void {
  if (what === 'event') {
    events.add({});
    bytes.add({}, size);
  } else {
    liveFamilies[what].add({});
  }
}

/** The text of a scrape. */
export function scrape({ feed, db }: Pick<Deps, 'feed' | 'db'>): string {
  const { clients, views, isListening } = feed.state();
  const families: Family[] = [
    requestSeconds,
    requests,
    errors,
    gauge('carrinho_live_clients', 'Live pages that are open.', [{ value: clients }]),
    gauge('carrinho_live_views', 'Different views that the live pages look at.', [{ value: views }]),
    events,
    bytes,
    dropped,
    refused,
    failures,
    gauge('carrinho_listen_up', 'Whether Postgres tells this process of changes.', [{ value: isListening ? 1 : 0 }]),
    lost,
    ...describePool(db.pool()),
    ...describeProcess(),
  ];
  return toText(families);
}
