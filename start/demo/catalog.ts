// What the demo shops sell. Products and variations are posts, and their ids come before any order's; carts name them by id only, so their titles
// must be there to be looked up.
import type { Line } from './facts.ts';
import { postRow } from './order-rows.ts';
import type { Random } from './random.ts';
import type { Shop } from './shop.ts';
import type { TableRow } from './table-columns.ts';

export type Theme = 'shoes' | 'house';

type Product = { id: number; name: string; cents: number; variations: { id: number; size: string }[] };
export type Catalog = { products: Product[]; bundle: Product; lastId: number };

const checkoutPageId = 12;

const names: Record<Theme, [name: string, cents: number][]> = {
  shoes: [
    ['Sandália Sol', 17990],
    ['Sandália Lua', 18990],
    ['Rasteira Brisa', 9990],
    ['Tênis Vento', 29990],
    ['Tênis Trilha', 34990],
    ['Sapatilha Pétala', 12990],
    ['Bota Serra', 42990],
    ['Bota Inverno', 38990],
    ['Chinelo Praia', 4990],
    ['Mule Jardim', 15990],
    ['Scarpin Noite', 24990],
    ['Mocassim Clássico', 21990],
    ['Papete Rio', 16990],
    ['Tamanco Raiz', 13990],
    ['Alpargata Sertão', 11990],
  ],
  house: [
    ['Vela Capim-Limão', 5990],
    ['Difusor Lavanda', 8990],
    ['Manta Algodão', 15990],
    ['Almofada Folhas', 7990],
    ['Caneca Azulejo', 4590],
    ['Bandeja Bambu', 9990],
    ['Cesto Palha', 12990],
    ['Luminária Concha', 23990],
    ['Vaso Terracota', 6990],
    ['Jogo Americano', 8490],
    ['Toalha Linho', 13990],
    ['Espelho Sisal', 27990],
  ],
};

/** The catalog of a theme, with its ids. Shoes come in sizes, things for the house do not. */
export function catalogOf(theme: Theme): Catalog {
  let id = 20;
  const products = names[theme].map(([name, cents]): Product => {
    const product = { id: id++, name, cents, variations: [] as Product['variations'] };
    if (theme === 'shoes')
      for (let size = 34; size <= 42; size += 1) product.variations.push({ id: id++, size: String(size) });
    return product;
  });
  const bundle: Product = {
    id: id++,
    name: theme === 'shoes' ? 'Kit Verão 🌞' : 'Kit Aconchego',
    cents: 24990,
    variations: [],
  };
  return { products, bundle, lastId: id - 1 };
}

/** The catalog's rows in posts, made a year before `now`. */
export function catalogRows(shop: Shop, catalog: Catalog, createdAt: Date): TableRow[] {
  const dates = { createdAt, modifiedAt: createdAt };
  const row = (id: number, type: string, title: string, parent = 0): TableRow => [
    'posts',
    postRow(shop, { id, type, title, parent, status: 'publish', ...dates }),
  ];
  return [
    row(checkoutPageId, 'page', 'Finalizar compra'),
    ...[...catalog.products, catalog.bundle].flatMap((product) => [
      row(product.id, 'product', product.name),
      ...product.variations.map(({ id, size }) =>
        row(id, 'product_variation', `${product.name} - ${size}`, product.id),
      ),
    ]),
  ];
}

function lineOf(random: Random, product: Product): Line {
  const variation = product.variations.length > 0 ? random.pick(product.variations) : null;
  return {
    productId: product.id,
    variationId: variation?.id ?? 0,
    name: variation ? `${product.name} - ${variation.size}` : product.name,
    attributes: variation ? { pa_tamanho: variation.size } : {},
    quantity: random.chance(0.15) ? 2 : 1,
    unitCents: product.cents,
  };
}

/** One to three different products. */
export function pickLines(random: Random, catalog: Catalog): Line[] {
  const first = random.int(0, catalog.products.length - 1);
  const count = random.chance(0.65) ? 1 : random.int(2, 3);
  return Array.from({ length: count }, (_, index) =>
    lineOf(random, catalog.products[(first + index * 4) % catalog.products.length]!),
  );
}

/** Lines for products named by their ids, for whoever buys what lies in a cart. Unknown ids are left out. */
export function linesOfProducts(random: Random, catalog: Catalog, productIds: number[]): Line[] {
  const products = catalog.products.filter((product) => productIds.includes(product.id));
  return products.map((product) => lineOf(random, product));
}

/** The bundle and two children of it, whose price is in the bundle's line. */
export function pickBundle(random: Random, catalog: Catalog): Line[] {
  const children = catalog.products.slice(0, 2).map((product) => lineOf(random, product));
  return [
    { ...lineOf(random, catalog.bundle), quantity: 1 },
    ...children.map((line): Line => ({ ...line, quantity: 1, unitCents: 0, isBundleChild: true })),
  ];
}
