// The few line icons of the site, as inline SVG; how their lines look stands in app.css.
import type { Child } from 'hono/jsx';

const shapes = {
  dashboard: ['M4 13h6V4H4z', 'M14 20h6V11h-6z', 'M4 20h6v-3H4z', 'M14 7h6V4h-6z'],
  leads: ['M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8z', 'M4 20c1-4 4.5-5.5 8-5.5s7 1.5 8 5.5'],
  cart: [
    'M3 4h2.5l2.2 11h10.6L20.5 7H6.3',
    'M9 20a1 1 0 1 0 0-2 1 1 0 0 0 0 2z',
    'M17 20a1 1 0 1 0 0-2 1 1 0 0 0 0 2z',
  ],
  orders: ['M5 7l1-3h12l1 3v13H5z', 'M5 8h14', 'M9 11a3 3 0 0 0 6 0'],
  people: [
    'M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7z',
    'M2.5 20c.6-3.6 3.3-5 6.5-5s5.9 1.4 6.5 5',
    'M15.5 4.3a3.5 3.5 0 0 1 0 6.4',
    'M17.5 15.3c2.2.6 3.6 2 4 4.7',
  ],
  user: ['M12 11a4 4 0 1 0 0-8 4 4 0 0 0 0 8z', 'M5 21v-1.5c0-3 3-5 7-5s7 2 7 5V21'],
  shield: ['M12 3l7.5 3v5.5c0 4.5-3 7.8-7.5 9.5-4.5-1.7-7.5-5-7.5-9.5V6z', 'M9 12l2.2 2.2L15.5 10'],
  chart: ['M4 20h16', 'M7 16v-5', 'M12 16V6', 'M17 16v-8'],
  log: ['M6 3h9l4 4v14H6z', 'M9.5 11h6', 'M9.5 15h6'],
  copy: ['M9 9h11v11H9z', 'M5 15V4h11'],
  more: [
    'M4 12a1 1 0 1 0 2 0a1 1 0 1 0-2 0',
    'M11 12a1 1 0 1 0 2 0a1 1 0 1 0-2 0',
    'M18 12a1 1 0 1 0 2 0a1 1 0 1 0-2 0',
  ],
  star: ['M12 4l2.4 5.2 5.6.6-4.2 3.8 1.2 5.6-5-2.9-5 2.9 1.2-5.6L4 9.8l5.6-.6z'],
  sync: ['M20 11a8 8 0 0 0-14-4.5L4 8.5', 'M4 4v4.5h4.5', 'M4 13a8 8 0 0 0 14 4.5l2-2', 'M20 20v-4.5h-4.5'],
  plug: ['M9 3v5', 'M15 3v5', 'M6 8h12v3a6 6 0 0 1-12 0z', 'M12 17v4'],
  gear: [
    'M4 7h9',
    'M17 7h3',
    'M15 9a2 2 0 1 0 0-4 2 2 0 0 0 0 4z',
    'M4 17h3',
    'M11 17h9',
    'M9 19a2 2 0 1 0 0-4 2 2 0 0 0 0 4z',
  ],
  check: ['M5 12.5l4.5 4.5L19 7.5'],
  whatsapp: [
    'M4 20l1.2-4.2A8 8 0 1 1 8.4 19z',
    'M9 9.2c.3 3 2.8 5.5 5.8 5.8l.8-1.6-2-1-1 .8a5 5 0 0 1-1.8-1.8l.8-1-1-2z',
  ],
  message: ['M4 5h16v11H9l-5 4z', 'M8 9h8', 'M8 12h5'],
  queue: ['M4 6h16', 'M4 12h11', 'M4 18h7', 'M16 16l2 2 4-4.5'],
  clock: ['M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z', 'M12 7v5.5l3.5 2'],
  alert: ['M12 4L2.5 20h19z', 'M12 10v4.5', 'M12 17.4v.1'],
  leave: ['M10 4H5v16h5', 'M14 8l4 4-4 4', 'M18 12H9'],
  down: ['M6 9.5l6 6 6-6'],
  left: ['M14.5 6l-6 6 6 6'],
  right: ['M9.5 6l6 6-6 6'],
  close: ['M7 7l10 10', 'M17 7L7 17'],
  dot: ['M12 14a2 2 0 1 0 0-4 2 2 0 0 0 0 4z'],
  bag: ['M5 8h14l1 12H4z', 'M9 10V7a3 3 0 0 1 6 0v3'],
  download: ['M12 4v11', 'M7.5 11l4.5 4.5 4.5-4.5', 'M4 19.5h16'],
  search: ['M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14z', 'M16 16l4.5 4.5'],
  filter: ['M4 6h16', 'M7 12h10', 'M10 18h4'],
  inbox: ['M4 13l2.5-8h11L20 13v6H4z', 'M4 13h5l1 2.5h4l1-2.5h5'],
} as const;

export type IconName = keyof typeof shapes;

const drawn = new Map<string, Child>();

/** Decoration only: the text beside it says the same. A list has three in each row: each is written once. */
export function Icon({ name, size = 18 }: { name: IconName; size?: number }) {
  const key = `${name} ${size}`;
  const known = drawn.get(key);
  if (known) return known;
  const icon = (
    <svg class="icon" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
      <path d={shapes[name].join('')} />
    </svg>
  );
  drawn.set(key, icon);
  return icon;
}
