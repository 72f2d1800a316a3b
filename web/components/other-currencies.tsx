// `3 pedidos em USD fora da conta`: what a sum of money leaves out, with the way to it. Nothing when every paid order is in the company's currency.
import type { Figures } from '#shared/figures.ts';
import { countText } from '../format.ts';
import { FigureLink } from './figure-link.tsx';

type OtherCurrenciesProps = {
  figures: Figures;
  /** The list of the paid orders in a currency. */
  hrefOf(currency: string): string;
};

export function OtherCurrencies({ figures: { paidOrdersInOtherCurrencies }, hrefOf }: OtherCurrenciesProps) {
  const others = Object.entries(paidOrdersInOtherCurrencies);
  if (others.length === 0) return null;
  return (
    <span>
      {others.map(([currency, count], index) => (
        <>
          {index > 0 ? ' e ' : ''}
          <FigureLink href={hrefOf(currency)} sum="count">
            {countText(count, 'pedido', 'pedidos')}
          </FigureLink>{' '}
          em {currency}
        </>
      ))}{' '}
      fora da conta
    </span>
  );
}
