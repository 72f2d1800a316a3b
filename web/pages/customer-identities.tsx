// By which e-mails and phones a person is known, what ties these together, and what somebody may say about it: the same, or two people.
import { countText, dateText } from '../format.ts';
import { paths } from '../paths.ts';
import { type CustomerDetail, type CustomerPageProps, type CustomerUnion, isErased } from './customer-types.ts';
import { keyText } from './person-key.ts';

function identitiesText(keys: CustomerDetail['keys']): string {
  const emails = keys.filter(({ key }) => key.startsWith('e:')).length;
  const parts = [
    ...(emails > 0 ? [countText(emails, 'e-mail', 'e-mails')] : []),
    ...(keys.length > emails ? [countText(keys.length - emails, 'telefone', 'telefones')] : []),
  ];
  return parts.join(' e ');
}

export function Identities(props: CustomerPageProps) {
  const { customer, slug, clock, isMasked, canContact, canDivide } = props;
  const { keys, unions, words } = customer;
  const parted = words.filter(({ kind }) => kind === 'not_same');
  return (
    <section class="card">
      <h2>{identitiesText(keys)}</h2>
      <ul class="items">
        {keys.map(({ key, isShared, isDenied, recordCount }) => (
          <li>
            <span class="break">
              <bdi>{keyText(key, isMasked)}</bdi>{' '}
              {isShared ? <span class="chip chip-warn">compartilhado: não une pessoas</span> : ''}
              {isDenied ? <span class="chip chip-warn">fora das chaves</span> : ''}
            </span>
            <span class="faint nowrap">{countText(recordCount, 'registro', 'registros')}</span>
          </li>
        ))}
      </ul>
      {unions.length > 0 ? (
        <details class="chart-data">
          <summary>Por que é uma pessoa só</summary>
          <ul class="history">
            {unions.map((union) => (
              <li>
                <bdi>{keyText(union.a, isMasked)}</bdi> e <bdi>{keyText(union.b, isMasked)}</bdi>{' '}
                <span class="faint">
                  <UnionReason union={union} slug={slug} />
                  {union.at ? `, ${dateText(union.at, clock.timeZone)}` : ''}
                </span>{' '}
                {canContact && union.entity === 'edge' ? <UndoWord {...props} id={union.id} /> : ''}
              </li>
            ))}
          </ul>
        </details>
      ) : (
        ''
      )}
      {parted.map(({ id, a, b, createdAt }) => (
        <p class="faint">
          Separados à mão em {dateText(createdAt, clock.timeZone)}: <bdi>{keyText(a, isMasked)}</bdi> e{' '}
          <bdi>{keyText(b, isMasked)}</bdi> {canContact ? <UndoWord {...props} id={id} /> : ''}
        </p>
      ))}
      {canContact && keys.length > 0 && !isErased(customer) ? (
        <details class="chart-data">
          <summary>Unir com outra pessoa</summary>
          <form class="panel-form" method="post" action={paths.personAct(slug, customer.personId, 'unir')}>
            <input
              name="chave"
              maxlength={320}
              placeholder="E-mail ou telefone da outra"
              aria-label="E-mail ou telefone da outra pessoa"
              autocomplete="off"
              required
            />
            <button class="button" type="submit">
              Unir
            </button>
          </form>
        </details>
      ) : (
        ''
      )}
      {canDivide && !isErased(customer) ? <Divide {...props} /> : ''}
    </section>
  );
}

function UndoWord({ slug, customer, id }: CustomerPageProps & { id: string }) {
  return (
    <form class="inline-form" method="post" action={paths.personAct(slug, customer.personId, 'desfazer')}>
      <input type="hidden" name="uniao" value={id} />
      <button class="link-button" type="submit">
        Desfazer
      </button>
    </form>
  );
}

function UnionReason({ union: { entity, id, author }, slug }: { union: CustomerUnion; slug: string }) {
  switch (entity) {
    case 'order':
      return (
        <>
          no mesmo <a href={paths.order(slug, id)}>pedido</a>
        </>
      );
    case 'cart':
      return (
        <>
          no mesmo <a href={paths.cart(slug, id)}>carrinho</a>
        </>
      );
    case 'lead':
      return (
        <>
          no mesmo <a href={paths.lead(slug, id)}>lead</a>
        </>
      );
    case 'edge':
      return <>unidos à mão{author ? ` por ${author}` : ''}</>;
  }
}

/** Somebody says that two of the contacts are two people. */
function Divide({ customer, slug }: CustomerPageProps) {
  const keys = customer.keys.filter(({ isShared, isDenied }) => !isShared && !isDenied);
  if (keys.length < 2) return null;
  const choices = (chosen: number) =>
    keys.map(({ key }, index) => (
      <option value={key} selected={index === chosen}>
        {keyText(key, false)}
      </option>
    ));
  return (
    <details class="chart-data">
      <summary>São duas pessoas? Separar</summary>
      <form class="settings" method="post" action={paths.dividePerson(slug, customer.personId)}>
        <p class="faint">
          Cada registro fica com o mais próximo dos dois contatos. Vale mais do que qualquer contato em comum.
        </p>
        <label class="field">
          <span>Este contato</span>
          <select class="select" name="chave">
            {choices(0)}
          </select>
        </label>
        <label class="field">
          <span>não é da mesma pessoa que</span>
          <select class="select" name="outra">
            {choices(1)}
          </select>
        </label>
        <button class="button" type="submit">
          Separar
        </button>
      </form>
    </details>
  );
}
