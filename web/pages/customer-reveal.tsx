// Who sees masked contacts may see one as it is, with a reason that stays in the log. Outside what moves: the next event would mask it again.
import { mostReveals, revealReasons } from '../messages.ts';
import { paths } from '../paths.ts';
import type { CustomerDetail } from './customer-types.ts';
import { keyText } from './person-key.ts';

/** `revealed`: the place of the one contact, among the person's, that this answer shows as it is. */
export function Reveal({
  customer,
  slug,
  revealed,
}: {
  customer: CustomerDetail;
  slug: string;
  revealed: number | null;
}) {
  const { keys, personId } = customer;
  const shown = revealed === null ? null : keys[revealed];
  return (
    <section class="card" aria-labelledby="revelar">
      <h2 id="revelar">Ver um contato por inteiro</h2>
      {shown ? (
        <p class="form-saved" role="status">
          <strong class="break">
            <bdi>{keyText(shown.key, false)}</bdi>
          </strong>
        </p>
      ) : (
        ''
      )}
      <form class="settings" method="post" action={paths.revealContact(slug, personId)}>
        <div class="fields">
          <label class="field">
            <span>Contato</span>
            <select class="select" name="contato">
              {keys.map(({ key }, index) => (
                <option value={String(index)} selected={index === (revealed ?? 0)}>
                  {keyText(key, true)}
                </option>
              ))}
            </select>
          </label>
          <label class="field">
            <span>Motivo</span>
            <select class="select" name="motivo" required>
              <option value="">Escolha</option>
              {Object.entries(revealReasons).map(([value, label]) => (
                <option value={value}>{label}</option>
              ))}
            </select>
          </label>
        </div>
        <div class="form-end">
          <button class="button" type="submit">
            Ver este contato
          </button>
          <p class="faint">Quem viu, qual pessoa e o motivo ficam no Registro. No máximo {mostReveals} por dia.</p>
        </div>
      </form>
    </section>
  );
}
