// Sentences about figures that more than one screen shows.
import type { Figures } from '#shared/figures.ts';
import { countText } from '../format.ts';

/** `3 pedidos em USD fora da conta`, or null when every paid order is in the company's currency. */
export function otherCurrenciesText({ paidOrdersInOtherCurrencies }: Figures): string | null {
  const parts = Object.entries(paidOrdersInOtherCurrencies).map(
    ([currency, count]) => `${countText(count, 'pedido', 'pedidos')} em ${currency}`,
  );
  return parts.length > 0 ? `${parts.join(' e ')} fora da conta` : null;
}
