// Before many rows are changed at once, or something is done that takes long to mend: what will happen to how many, by the server's own count, and the
// number typed back.
import { countText, numberText } from '../format.ts';
import { PageHead } from '../layout.tsx';
import { listDefinitions } from '../list-filters.ts';
import type { ListName } from '../lists.ts';
import { paths } from '../paths.ts';

export const bulkActs = ['whatsapp', 'email', 'situacao', 'etiqueta', 'nao_contatar'] as const;
export type BulkAct = (typeof bulkActs)[number];

/** Why a row was left as it was. */
const bulkReasons = ['opted_out', 'no_address', 'marked', 'cool_down', 'repeated', 'unchanged', 'no_record'] as const;
export type BulkReason = (typeof bulkReasons)[number];

const reasonTexts: Readonly<Record<BulkReason, readonly [string, string]>> = {
  opted_out: ['pediu para não receber mensagens', 'pediram para não receber mensagens'],
  no_address: ['sem endereço para este canal', 'sem endereço para este canal'],
  marked: ['já marcado', 'já marcados'],
  cool_down: ['contatado há pouco', 'contatados há pouco'],
  repeated: ['repetido: mesma pessoa', 'repetidos: mesma pessoa'],
  unchanged: ['já estava assim', 'já estavam assim'],
  no_record: ['sem registro com contato', 'sem registro com contato'],
};

export type BulkFacts = { list: ListName; act: BulkAct; done: number; leftOut: Partial<Record<BulkReason, number>> };

const doneTexts: Readonly<Record<BulkAct, string>> = {
  whatsapp: 'com o WhatsApp marcado como enviado',
  email: 'com o e-mail marcado como enviado',
  situacao: 'com a nova situação',
  etiqueta: 'com a etiqueta',
  nao_contatar: 'para não contatar',
};

/** `287 leads com o WhatsApp marcado como enviado. Ficaram como estavam: 14 pediram para não receber mensagens.` */
export function bulkText({ list, act, done, leftOut }: BulkFacts): string {
  const { one, many } = listDefinitions[list];
  const none = 'isFeminine' in listDefinitions[list] ? 'nenhuma' : 'nenhum';
  const rest = bulkReasons.flatMap((reason) => {
    const count = leftOut[reason] ?? 0;
    const [single, plural] = reasonTexts[reason];
    return count === 0 ? [] : [`${numberText(count)} ${count === 1 ? single : plural}`];
  });
  const head = `${countText(done, one, many, none)} ${doneTexts[act]}`;
  return `${head[0]!.toUpperCase()}${head.slice(1)}.${rest.length > 0 ? ` Ficaram como estavam: ${rest.join(', ')}.` : ''}`;
}

/** `whatsapp:287,opted_out:14`: the facts as the list's address carries them; text of an address only gives known words and numbers back. */
export const bulkWord = ({ act, done, leftOut }: BulkFacts): string =>
  [`${act}:${done}`, ...Object.entries(leftOut).map(([reason, count]) => `${reason}:${count}`)].join(',');

export function parseBulkWord(list: ListName, text: string | undefined): BulkFacts | null {
  const [[act, done] = [], ...rest] = (text ?? '').split(',').map((part) => part.split(':'));
  const known = bulkActs.find((name) => name === act);
  if (!known || !/^\d{1,6}$/.test(done ?? '')) return null;
  const leftOut = rest.filter(
    ([reason, count]) => bulkReasons.some((name) => name === reason) && /^\d{1,6}$/.test(count ?? ''),
  );
  return {
    list,
    act: known,
    done: Number(done),
    leftOut: Object.fromEntries(leftOut.map(([reason, count]) => [reason, Number(count)])),
  };
}

const askTexts: Readonly<Record<BulkAct, string>> = {
  whatsapp: 'Marcar o WhatsApp como enviado',
  email: 'Marcar o e-mail como enviado',
  situacao: 'Mudar a situação',
  etiqueta: 'Etiquetar',
  nao_contatar: 'Não contatar mais',
};

type ConfirmProps = {
  slug: string;
  list: ListName;
  act: BulkAct;
  count: number;
  /** Everything that the form said, to be sent again. */
  fields: readonly (readonly [name: string, value: string])[];
  backHref: string;
  fault?: string | null;
};

export function BulkConfirmPage({ slug, list, act, count, fields, backHref, fault }: ConfirmProps) {
  const { one, many } = listDefinitions[list];
  return (
    <>
      <PageHead title={askTexts[act]} />
      <form method="post" action={paths.bulk(slug)} class="form card confirm">
        {fields.map(([name, value]) => (
          <input type="hidden" name={name} value={value} />
        ))}
        <p>
          Isto vale para <strong>{countText(count, one, many)}</strong>. Quem pediu para não receber mensagens e quem
          foi contatado há pouco fica de fora.
        </p>
        {fault ? (
          <p class="form-error" role="alert">
            {fault}
          </p>
        ) : (
          ''
        )}
        <label>
          Para confirmar, digite o número {String(count)}
          <input name="confirmacao" inputmode="numeric" autocomplete="off" required />
        </label>
        <p class="filter-acts">
          <button class="button button-main" type="submit">
            {askTexts[act]}
          </button>
          <a class="button" href={backHref}>
            Voltar à lista
          </a>
        </p>
      </form>
    </>
  );
}
