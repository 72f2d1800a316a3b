// Conexão: the company's shops, and the way to a new one in four steps: Acesso, Diagnóstico, O que encontramos, Mapeamento. Every step can be left and come
// back to: what was saved stays. A secret is never shown again, only since when it is there.
import type { FieldErrors } from '#shared/company-settings.ts';
import { type ConnectionForm, tlsWords } from '#shared/connection-form.ts';
import { Badge } from '../components/badge.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { Field, fieldInput, TextField } from '../components/field.tsx';
import { Icon } from '../components/icon.tsx';
import { Time } from '../components/time.tsx';
import { type Clock, countText, dateTimeText } from '../format.ts';
import { PageHead } from '../layout.tsx';
import { paths } from '../paths.ts';
import type { SavedSecret, ShopConnection, ShopLine } from './connection-types.ts';

const steps = ['Acesso', 'Diagnóstico', 'O que encontramos', 'Mapeamento'] as const;

/** Where in the way a page stands; the steps before it can be gone back to. */
export function Steps({ slug, siteId, current }: { slug: string; siteId: string | null; current: 1 | 2 | 3 | 4 }) {
  const hrefOf = (step: number) =>
    siteId === null
      ? null
      : step === 1
        ? paths.connectionEdit(slug, siteId)
        : step === 4
          ? paths.mapping(slug, siteId)
          : paths.diagnosis(slug, siteId);
  return (
    <ol class="steps" aria-label="Passos">
      {steps.map((label, index) => {
        const step = index + 1;
        const href = hrefOf(step);
        const text = (
          <>
            <span class="step-number">{step}</span> {label}
          </>
        );
        return (
          <li aria-current={step === current ? 'step' : undefined}>
            {href && step !== current ? <a href={href}>{text}</a> : <span>{text}</span>}
          </li>
        );
      })}
    </ol>
  );
}

type ShopsPageProps = { slug: string; shops: readonly ShopLine[]; canManage: boolean; clock: Clock };

export function ShopsPage({ slug, shops, canManage, clock }: ShopsPageProps) {
  return (
    <>
      <PageHead title="Conexão">
        {canManage && shops.length > 0 ? (
          <a class="button button-main" href={paths.connectionNew(slug)}>
            Conectar outra loja
          </a>
        ) : (
          ''
        )}
      </PageHead>
      {shops.length === 0 ? (
        <EmptyState icon="sync" title="Nenhuma loja conectada.">
          {canManage ? (
            <a class="button button-main" href={paths.connectionNew(slug)}>
              Conectar a loja
            </a>
          ) : (
            'Peça a um administrador da empresa que conecte a loja.'
          )}
        </EmptyState>
      ) : (
        shops.map((shop) => <ShopCard shop={shop} slug={slug} canManage={canManage} clock={clock} />)
      )}
    </>
  );
}

function ShopCard({ shop, slug, canManage, clock }: Omit<ShopsPageProps, 'shops'> & { shop: ShopLine }) {
  const way = shop.mode === 'ssh' ? `túnel SSH por ${shop.sshHost}` : `direta a ${shop.host}`;
  return (
    <section class="card" aria-labelledby={`loja-${shop.id}-nome`}>
      <div class="card-head">
        <div class="card-title">
          <h2 id={`loja-${shop.id}-nome`}>{shop.name}</h2>
          {shop.isScheduled ? (
            <Badge tone="good">Conectada</Badge>
          ) : (
            <Badge tone="warn">{shop.isConnected ? 'Falta a primeira sincronização' : 'Falta o acesso'}</Badge>
          )}
        </div>
      </div>
      <p class="faint">
        {shop.isConnected ? (
          <>
            {shop.siteUrl ? `${shop.siteUrl} · ` : ''}banco {shop.database}, {way}
          </>
        ) : (
          'O acesso ao banco da loja ainda não foi informado.'
        )}
        {shop.checkedAt ? (
          <>
            {' · '}diagnóstico <Time at={shop.checkedAt} clock={clock} />:{' '}
            {countText(shop.errors ?? 0, 'erro', 'erros')}, {countText(shop.warnings ?? 0, 'aviso', 'avisos')}
          </>
        ) : (
          ''
        )}
      </p>
      <div class="form-end">
        {canManage ? (
          <a class="button" href={paths.connectionEdit(slug, shop.id)}>
            Acesso
          </a>
        ) : (
          ''
        )}
        {shop.isConnected && canManage ? (
          <>
            <a class="button" href={paths.diagnosis(slug, shop.id)}>
              Diagnóstico
            </a>
            <a class="button" href={paths.mapping(slug, shop.id)}>
              Mapeamento
            </a>
          </>
        ) : (
          ''
        )}
        <a class="button" href={paths.certificate(slug, shop.id)}>
          Certificado de zero escrita
        </a>
      </div>
    </section>
  );
}

export type AccessPageProps = {
  slug: string;
  /** Null while the shop is only being typed. */
  shop: ShopConnection | null;
  form: ConnectionForm;
  errors: FieldErrors<ConnectionForm>;
  /** Why the test could not begin. */
  refusal: string | null;
  clock: Clock;
};

export function AccessPage(props: AccessPageProps) {
  const { slug, shop, form, errors, refusal, clock } = props;
  const action = shop ? paths.connectionEdit(slug, shop.id) : paths.connectionNew(slug);
  const wrong = Object.keys(errors).length;
  const text = (name: keyof ConnectionForm) => ({ name, value: form[name], error: errors[name] });
  return (
    <>
      <PageHead title={shop ? `Conexão de ${shop.name}` : 'Conectar uma loja'} />
      <Steps slug={slug} siteId={shop?.typed ? shop.id : null} current={1} />
      <form class="card settings" method="post" action={action}>
        {wrong > 0 || refusal ? (
          <p class="form-error" role="alert">
            <Icon name="alert" />{' '}
            {refusal ??
              `${wrong === 1 ? '1 campo precisa' : `${wrong} campos precisam`} de correção. Nada foi salvo nem testado.`}
          </p>
        ) : (
          ''
        )}
        <div class="fields">
          <TextField label="Nome da loja" {...text('nome')} hint="Como ela aparece aqui." />
        </div>
        <fieldset class="choice-set">
          <legend>Como chegamos ao banco da loja</legend>
          <label class="check">
            <input type="radio" name="modo" value="direta" checked={form.modo !== 'ssh'} />
            <span>
              <strong>Direta</strong> <span class="faint">a hospedagem libera o acesso remoto ao MySQL</span>
            </span>
          </label>
          <label class="check">
            <input type="radio" name="modo" value="ssh" checked={form.modo === 'ssh'} />
            <span>
              <strong>Túnel SSH</strong>{' '}
              <span class="faint">entramos pelo servidor da loja; tudo vai criptografado</span>
            </span>
          </label>
        </fieldset>
        <fieldset class="only-ssh">
          <legend>Servidor SSH</legend>
          <div class="fields">
            <TextField label="Servidor" {...text('ssh_host')} placeholder="ssh.loja.example" />
            <TextField label="Porta" {...text('ssh_porta')} inputmode="numeric" />
            <TextField label="Usuário SSH" {...text('ssh_usuario')} />
            <SecretField label="Senha SSH" {...text('ssh_senha')} saved={shop?.secrets.ssh_password} clock={clock} />
            <Field
              label="Chave privada"
              name="ssh_chave"
              error={errors.ssh_chave}
              hint={savedText(shop?.secrets.ssh_private_key, clock) ?? 'OpenSSH ou PEM. Em vez da senha.'}
            >
              <textarea {...fieldInput('ssh_chave', errors.ssh_chave)} rows={4} spellcheck={false} autocomplete="off" />
            </Field>
            <SecretField
              label="Frase da chave"
              {...text('ssh_frase')}
              saved={shop?.secrets.ssh_passphrase}
              clock={clock}
            />
          </div>
        </fieldset>
        <fieldset>
          <legend>Banco de dados da loja</legend>
          <div class="fields">
            <TextField
              label="Host MySQL"
              {...text('host')}
              placeholder="mysql.loja.example"
              hint="Com túnel, como o servidor SSH o vê; vazio é 127.0.0.1."
            />
            <TextField label="Porta do MySQL" {...text('porta')} inputmode="numeric" />
            <TextField label="Nome do banco" {...text('banco')} />
            <TextField label="Usuário do banco" {...text('usuario')} hint="De preferência um que só lê (SELECT)." />
            <SecretField label="Senha do banco" {...text('senha')} saved={shop?.secrets.password} clock={clock} />
          </div>
        </fieldset>
        <fieldset class="only-direct">
          <legend>Criptografia da conexão direta</legend>
          <div class="fields">
            <Field label="Certificado do servidor" name="tls" error={errors.tls}>
              <select class="select" {...fieldInput('tls', errors.tls)}>
                {(
                  [
                    ['verify', 'Conferir (recomendado)'],
                    ['ca', 'Conferir com a autoridade abaixo'],
                    ['pinned', 'Aceitar só a impressão digital abaixo'],
                    ['off', 'Sem criptografia'],
                  ] as const
                ).map(([mode, label]) => (
                  <option value={tlsWords[mode]} selected={form.tls === tlsWords[mode]}>
                    {label}
                  </option>
                ))}
              </select>
            </Field>
            <Field label="Autoridade certificadora (PEM)" name="tls_ca" error={errors.tls_ca}>
              <textarea {...fieldInput('tls_ca', errors.tls_ca)} rows={2} spellcheck={false}>
                {form.tls_ca}
              </textarea>
            </Field>
            <TextField label="Impressão digital (SHA-256)" {...text('tls_impressao')} />
          </div>
        </fieldset>
        <div class="form-end">
          <button class="button button-main" type="submit" name="acao" value="salvar">
            Salvar e diagnosticar
          </button>
          <button class="button" type="submit" name="acao" value="testar">
            Testar sem salvar
          </button>
          <span class="faint">
            Só lemos: nenhum comando de gravação sai daqui. As senhas são guardadas cifradas e nunca voltam à tela.
          </span>
        </div>
      </form>
    </>
  );
}

function savedText(saved: SavedSecret | undefined, { timeZone }: Clock): string | null {
  if (!saved) return null;
  const since = saved.at ? ` em ${dateTimeText(saved.at, timeZone).split(' ')[0]}` : '';
  return `Definida${since}${saved.by ? ` por ${saved.by}` : ''}. Vazio: fica como está.`;
}

type SecretFieldProps = {
  label: string;
  name: string;
  error?: string | undefined;
  saved: SavedSecret | undefined;
  clock: Clock;
};

function SecretField({ label, name, error, saved, clock }: SecretFieldProps) {
  return (
    <TextField
      label={label}
      name={name}
      value=""
      type="password"
      error={error}
      placeholder={saved ? '••••••••' : undefined}
      hint={savedText(saved, clock) ?? undefined}
    />
  );
}
