// "Resumo de ontem": the day before in a few lines that an operator pastes into the shop owner's WhatsApp. What is shown is what is copied.
import { toMinor } from '#shared/money.ts';
import { CopyButton } from '../components/copy-button.tsx';
import { dayText, moneyText, numberText } from '../format.ts';
import { paths } from '../paths.ts';
import type { Digest } from './dashboard-types.ts';

const textId = 'resumo-texto';

/** WhatsApp writes `*…*` bold; a no-break space would arrive as a box in some apps. */
export function digestText({ companyName, day, figures, recovered, contactCount }: Digest): string {
  const { currency, carts, leadsByCustomerStatus, awaitingPayment } = figures;
  const money = (value: string) => moneyText(toMinor(value), currency);
  const lines = [
    `*${companyName}: resumo de ${dayText(day)}*`,
    `Leads: ${numberText(figures.leads)}${leadsByCustomerStatus.was_customer > 0 ? ` (${numberText(leadsByCustomerStatus.was_customer)} já eram clientes)` : ''}`,
    `Carrinhos abandonados: ${numberText(carts.abandoned)} (${money(figures.abandonedValue)})`,
    ...(awaitingPayment.count > 0
      ? [`Aguardando pagamento: ${numberText(awaitingPayment.count)} (${money(awaitingPayment.value)})`]
      : []),
    `Recuperados: ${numberText(recovered.count)} (${moneyText(recovered.minor, currency)})`,
    `Pedidos pagos: ${numberText(figures.ordersByClass.paid)} (${money(figures.paidValue)})`,
    `Contatos feitos: ${numberText(contactCount)}`,
  ];
  return lines.join('\n').replaceAll('\u00a0', ' ');
}

export function DigestCard({ slug, digest }: { slug: string; digest: Digest }) {
  return (
    <section class="card digest" aria-labelledby="resumo">
      <div class="card-head">
        <h2 id="resumo">Resumo de ontem</h2>
        <CopyButton from={textId}>Copiar texto</CopyButton>
      </div>
      <p id={textId} class="digest-text">
        {digestText(digest)}
      </p>
      <p class="faint">
        Pronto para mandar ao dono da loja.{' '}
        <a href={paths.dashboard(slug, { periodo: 'ontem' })}>Ver ontem no painel</a>
      </p>
    </section>
  );
}
