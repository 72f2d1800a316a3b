// Novo lead: the form by which somebody writes a contact down.
import type { SavedLead } from '#shared/manual-lead.ts';
import { Field, fieldInput, TextField } from '../components/field.tsx';
import { FormError } from '../components/form-error.tsx';
import { Icon } from '../components/icon.tsx';
import { Time } from '../components/time.tsx';
import type { Clock } from '../format.ts';
import { PageHead } from '../layout.tsx';
import { paths } from '../paths.ts';

type Outcome<Kind> = Extract<SavedLead, { kind: Kind }>;

export type NewLeadProps = {
  slug: string;
  sites: readonly { id: string; name: string }[];
  form: Record<'nome' | 'telefone' | 'email' | 'tamanho' | 'loja', string>;
  fault: Outcome<'invalid'> | null;
  /** Who is a lead already, with this phone or e-mail. */
  known: Outcome<'exists'> | null;
  clock: Clock;
};

export function NewLeadPage({ slug, sites, form, fault, known, clock }: NewLeadProps) {
  const errorOf = (field: NonNullable<typeof fault>['field']) => (fault?.field === field ? fault.sentence : undefined);
  return (
    <>
      <nav class="crumbs" aria-label="Caminho">
        <a href={paths.leads(slug)}>Leads</a> / Novo lead
      </nav>
      <PageHead title="Novo lead" />
      <FormError message={errorOf(null) ?? null} />
      <form method="post" action={paths.leads(slug)} class="card form-narrow">
        {known ? <Known known={known} slug={slug} clock={clock} /> : ''}
        <TextField label="Nome" name="nome" value={form.nome} error={errorOf('nome')} maxlength={200} />
        <TextField
          label="WhatsApp ou telefone"
          name="telefone"
          value={form.telefone}
          error={errorOf('telefone')}
          hint="Com o DDD, escrito como quiser: (11) 98765-4321"
          maxlength={100}
        />
        <TextField label="E-mail" name="email" value={form.email} error={errorOf('email')} maxlength={320} />
        <TextField
          label="Tamanho (se houver)"
          name="tamanho"
          value={form.tamanho}
          error={errorOf('tamanho')}
          maxlength={60}
        />
        {sites.length > 1 ? (
          <Field label="Loja" name="loja">
            <select {...fieldInput('loja')} class="select">
              {sites.map((site) => (
                <option value={site.id} selected={site.id === form.loja}>
                  {site.name}
                </option>
              ))}
            </select>
          </Field>
        ) : (
          ''
        )}
        <p class="faint">Basta um telefone ou um e-mail. Se a pessoa já comprou, o lead mostra isso na hora.</p>
        <div class="form-end">
          {known ? (
            <button class="button" type="submit" name="forcar" value="1">
              Cadastrar mesmo assim
            </button>
          ) : (
            <button class="button button-main" type="submit">
              Cadastrar
            </button>
          )}
          <a class="button" href={paths.leads(slug)}>
            Cancelar
          </a>
        </div>
      </form>
    </>
  );
}

function Known({ known, slug, clock }: { known: Outcome<'exists'>; slug: string; clock: Clock }) {
  return (
    <p class="form-error" role="alert">
      <Icon name="alert" />{' '}
      <span>
        Já há um lead com este telefone ou e-mail:{' '}
        <a href={paths.lead(slug, known.id)}>
          <bdi>{known.name?.trim() || 'Sem nome'}</bdi>
        </a>
        {known.capturedAt ? (
          <>
            {', '}
            <Time at={known.capturedAt} clock={clock} />
          </>
        ) : (
          ''
        )}
        .
      </span>
    </p>
  );
}
