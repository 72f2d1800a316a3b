// The account that a person has in the shop, as the shop keeps it: a fact to read, never what a person is recognised by.
import { type Clock, dateText } from '../format.ts';
import { Email } from './email.tsx';

export type ShopAccount = {
  name: string | null;
  email: string | null;
  emailRaw: string | null;
  registeredAt: Date | null;
  missingSince: Date | null;
};

export function AccountLine({ of, clock, isMasked }: { of: ShopAccount; clock: Clock; isMasked: boolean }) {
  return (
    <span class="stack">
      {of.name ? <bdi>{of.name}</bdi> : ''}
      <Email of={of} isMasked={isMasked} />
      <span class="faint">
        {of.registeredAt ? `cadastrada em ${dateText(of.registeredAt, clock.timeZone)}` : 'sem data de cadastro'}
        {of.missingSince ? ' · removida na loja' : ''}
      </span>
    </span>
  );
}
