// "Possíveis duplicados": pairs that may be one person. Nobody is united without somebody's word; either word takes the pair off the list and can be
// taken back on the person's page (docs/rules.md, People).
import type { Suggestion } from '#shared/people/person.ts';
import { EmptyState } from '../components/empty-state.tsx';
import { countText } from '../format.ts';
import { PageHead } from '../layout.tsx';
import { paths } from '../paths.ts';
import { keyText } from './person-key.ts';

/** A pair with the names that the two are shown by. */
export type Duplicate = Suggestion & { nameA: string | null; nameB: string | null };

/** More than anybody decides in one go. */
export const mostDuplicates = 100;

const duplicatesLinkId = 'duplicados';

/** On Clientes: the way to the pairs; how many there are is asked for after the page. */
export function DuplicatesLink({ slug, count }: { slug: string; count?: number }) {
  const ask = count === undefined ? paths.duplicates(slug, { contagem: 1 }) : undefined;
  return (
    <a
      id={duplicatesLinkId}
      class="button"
      href={paths.duplicates(slug)}
      hx-get={ask}
      hx-trigger={ask && 'load'}
      hx-swap={ask && 'outerHTML'}
      hx-push-url={ask && 'false'}
    >
      Possíveis duplicados
      {count === undefined ? '' : ` (${count > mostDuplicates ? `mais de ${mostDuplicates}` : count})`}
    </a>
  );
}

type DuplicatesPageProps = {
  slug: string;
  duplicates: readonly Duplicate[];
  isMasked: boolean;
  canContact: boolean;
};

export function DuplicatesPage({ slug, duplicates, isMasked, canContact }: DuplicatesPageProps) {
  const shown = duplicates.slice(0, mostDuplicates);
  return (
    <>
      <nav class="crumbs" aria-label="Caminho">
        <a href={paths.customers(slug)}>Clientes</a> / Possíveis duplicados
      </nav>
      <PageHead title="Possíveis duplicados" />
      <p class="faint">
        Pares que talvez sejam a mesma pessoa. Ninguém é unido sozinho: quem decide é você, e dá para desfazer na página
        da pessoa.
      </p>
      {shown.length === 0 ? (
        <EmptyState icon="check" title="Nenhum par para decidir.">
          <a href={paths.customers(slug)}>Voltar para Clientes</a>
        </EmptyState>
      ) : (
        <>
          <p class="faint">
            {duplicates.length > mostDuplicates
              ? `Os primeiros ${mostDuplicates} pares.`
              : countText(shown.length, 'par', 'pares')}
          </p>
          <ul class="duplicates">
            {shown.map((pair) => (
              <li class="card">
                <p>
                  <PersonName slug={slug} id={pair.personA} name={pair.nameA} />{' '}
                  <bdi class="faint">{keyText(pair.a, isMasked)}</bdi>
                </p>
                <p>
                  <PersonName slug={slug} id={pair.personB} name={pair.nameB} />{' '}
                  <bdi class="faint">{keyText(pair.b, isMasked)}</bdi>
                </p>
                <p class="reason">{reasonText(pair, isMasked)}</p>
                {canContact ? <DuplicateActs slug={slug} pair={pair} isFromList /> : ''}
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

/** On the page of one of the two. */
export function PersonDuplicates({ slug, duplicates, isMasked, canContact }: DuplicatesPageProps) {
  if (duplicates.length === 0) return null;
  return (
    <section class="card" aria-labelledby="possiveis-duplicados">
      <h2 id="possiveis-duplicados">Possíveis duplicados</h2>
      <ul class="duplicates">
        {duplicates.map((pair) => (
          <li>
            <p>
              <PersonName slug={slug} id={pair.personB} name={pair.nameB} />{' '}
              <bdi class="faint">{keyText(pair.b, isMasked)}</bdi>
            </p>
            <p class="reason">{reasonText(pair, isMasked)}</p>
            {canContact ? <DuplicateActs slug={slug} pair={pair} /> : ''}
          </li>
        ))}
      </ul>
    </section>
  );
}

function PersonName({ slug, id, name }: { slug: string; id: string; name: string | null }) {
  return (
    <a href={paths.customer(slug, id)}>
      <bdi>{name?.trim() || 'Sem nome'}</bdi>
    </a>
  );
}

function reasonText({ reason, sharedKey, name }: Suggestion, isMasked: boolean): string {
  switch (reason) {
    case 'dots':
      return 'O mesmo Gmail, com outros pontos.';
    case 'tag':
      return 'O mesmo e-mail, um deles com +etiqueta.';
    case 'domain':
      return 'O mesmo e-mail, com um domínio que parece erro de digitação.';
    case 'name':
      return `O mesmo primeiro nome${name ? ` (${name})` : ''} junto do mesmo contato compartilhado${
        sharedKey ? `, ${keyText(sharedKey, isMasked)}` : ''
      }.`;
  }
}

function DuplicateActs({ slug, pair, isFromList }: { slug: string; pair: Duplicate; isFromList?: boolean }) {
  const fields = (
    <>
      <input type="hidden" name="propria" value={pair.a} />
      <input type="hidden" name="chave" value={pair.b} />
      {isFromList ? <input type="hidden" name="volta" value="duplicados" /> : ''}
    </>
  );
  return (
    <div class="duplicate-acts">
      <form method="post" action={paths.personAct(slug, pair.personA, 'unir')}>
        {fields}
        <button class="button" type="submit">
          Unir
        </button>
      </form>
      <details class="chart-data">
        <summary>São pessoas diferentes</summary>
        <form class="panel-form" method="post" action={paths.personAct(slug, pair.personA, 'diferentes')}>
          {fields}
          <input
            name="motivo"
            maxlength={200}
            placeholder="Motivo: como você sabe"
            aria-label="Motivo: como você sabe que são pessoas diferentes"
            autocomplete="off"
            required
          />
          <button class="button" type="submit">
            Confirmar
          </button>
        </form>
      </details>
    </div>
  );
}
