// The doctor's findings as a text to send to whoever helps: no secrets, no personal data. The command line and the page copy the same.
import { doctorMessage } from './doctor-messages.ts';
import { type DoctorShopDetails, doctorShopLines } from './doctor-shop-messages.ts';
import { maskPersonalData } from './log.ts';

export type ReportedCheck = {
  nn: number;
  name: string;
  state: 'ok' | 'warning' | 'error' | 'not_tested';
  code: string;
  facts: Record<string, string>;
  details?: unknown;
};

export const checkStateNames = { ok: 'ok', warning: 'aviso', error: 'erro', not_tested: 'não testado' } as const;

/** What the sixteen checks are called, in their order. */
export const checkNames = [
  'Endereço',
  'Porta',
  'Identidade do servidor SSH',
  'Login SSH',
  'Túnel até o banco',
  'Login no banco',
  'Criptografia',
  'Banco de dados',
  'Permissões',
  'Somente leitura',
  'Prefixo das tabelas',
  'Pedidos do WooCommerce',
  'Carrinhos abandonados',
  'Formulários',
  'Relógio, fuso e acentos',
  'Velocidade',
] as const;

/** Choices, forms and what else is wrong, where the check gives any. */
export const detailLines = ({ details }: Pick<ReportedCheck, 'details'>) =>
  doctorShopLines((details ?? {}) as DoctorShopDetails);

/** One line a check, with what is under it. */
export function reportLines(checks: readonly ReportedCheck[], now: Date): string[] {
  return [
    `Carrinho e Leads: relatório da conexão, ${now.toISOString()}`,
    ...checks.flatMap((check) => {
      const { nn, name, state, code, facts } = check;
      const { sentence, remedy } = doctorMessage(code, facts);
      const advice = state === 'ok' || state === 'not_tested' ? '' : ` ${remedy}`;
      const text = `${nn}. ${name}: ${checkStateNames[state]} (${code}). ${sentence}${advice}`;
      return [text, ...detailLines(check).map((line) => `   ${line}`)].map(withoutPersonalData);
    }),
  ];
}

const ipv4 = /((?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.]))/;

/** Masks e-mails and phones, and leaves IP addresses, which have as many digits. */
function withoutPersonalData(text: string): string {
  return text
    .split(ipv4)
    .map((part, index) => (index % 2 === 1 ? part : maskPersonalData(part)))
    .join('');
}
