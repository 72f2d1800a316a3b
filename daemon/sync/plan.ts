// Which streams a shop has today: plugins come and go, and a stream may need a table that this shop lacks.
import type { ShopContext, Source, Stream } from '../source.ts';

export type PlannedStream = { source: Source; stream: Stream };

/** The streams of a shop in the order in which they are read. */
export function listStreams(
  sources: readonly Source[],
  shop: ShopContext,
  wants: (stream: Stream) => boolean = () => true,
): PlannedStream[] {
  return sources
    .filter((source) => source.detect(shop))
    .flatMap((source) => source.streams.map((stream) => ({ source, stream: stream as unknown as Stream })))
    .filter(({ stream }) => (stream.detect?.(shop) ?? true) && wants(stream));
}
