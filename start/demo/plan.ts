// How many shoppers of each kind a shop of a given size has, and when each begins. The plan is made first and sorted by time, so that ids grow
// with time and the generator holds only a few days of a shop in memory.
import { day, type Kind } from './play.ts';
import type { Random } from './random.ts';
import { plainKinds, specialKinds } from './shoppers.ts';

/** `tiny` is for tests: every kind of shopper, in the fewest rows. */
export type ShopSize = 'tiny' | 'small' | 'medium' | 'large';

export const shopSizes: Record<ShopSize, { orders: number; carts: number; leads: number; days: number }> = {
  tiny: { orders: 150, carts: 100, leads: 80, days: 180 },
  small: { orders: 600, carts: 400, leads: 300, days: 180 },
  medium: { orders: 20_000, carts: 10_000, leads: 10_000, days: 365 },
  large: { orders: 200_000, carts: 100_000, leads: 100_000, days: 730 },
};

export type Appointment = { kind: Kind; start: Date };

/** Stories of the last day are about the present: a large shop does not have a thousand of them. */
const mostOfToday = 40;

/** Every shopper's kind and beginning, oldest first. */
export function planShoppers({ size, random, now }: { size: ShopSize; random: Random; now: Date }): Appointment[] {
  const target = shopSizes[size];
  const counts: [Kind, number][] = specialKinds.map((kind) => {
    const wanted = Math.max(1, Math.round((kind.per400 * target.carts) / 400));
    return [kind, kind.ageDays && kind.ageDays[1] <= 1 ? Math.min(wanted, mostOfToday) : wanted];
  });
  const left = (which: 0 | 1 | 2, wanted: number) =>
    Math.max(1, Math.round(wanted - counts.reduce((sum, [kind, count]) => sum + kind.yields[which] * count, 0)));
  counts.push(
    [plainKinds.cart, left(0, target.carts)],
    [plainKinds.order, left(1, target.orders)],
    [plainKinds.lead, Math.max(1, Math.round(left(2, target.leads) / plainKinds.lead.yields[2]))],
  );
  const appointments: Appointment[] = [];
  for (const [kind, count] of counts) {
    for (let index = 0; index < count; index += 1) {
      const ageDays = kind.ageDays
        ? kind.ageDays[0] + (kind.ageDays[1] - kind.ageDays[0]) * random.next()
        : 0.02 + target.days * random.next() ** 1.4; // shops grow: more of it lately
      appointments.push({ kind, start: new Date(now.getTime() - Math.round((ageDays * day) / 1000) * 1000) });
    }
  }
  return appointments.sort((a, b) => a.start.getTime() - b.start.getTime());
}
