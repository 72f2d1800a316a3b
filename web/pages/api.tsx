// The API for people: what can be asked, where and with which permission. docs/api.md has the examples.
import type { Assets } from '../assets.ts';
import { contentId } from '../content-id.ts';
import { Document } from '../layout.tsx';
import { paths } from '../paths.ts';

type ApiField = { name: string; description: string; isRequired: boolean };
export type ApiOperation = {
  method: string;
  path: string;
  summary: string;
  permission: string;
  parameters: readonly ApiField[];
  body: readonly ApiField[];
};

type ApiPageProps = { assets: Assets; publicUrl: string; operations: readonly ApiOperation[] };

export function ApiPage({ assets, publicUrl, operations }: ApiPageProps) {
  return (
    <Document title="API" assets={assets}>
      <header class="topbar">
        <a class="brand outer-brand" href={paths.home}>
          <img src={assets.icon} alt="" width="28" height="28" /> <span>Carrinho e Leads</span>
        </a>
        <nav class="topbar-end" aria-label="Conta">
          <a href={paths.account}>Minha conta</a>
        </nav>
      </header>
      <main id={contentId} class="outer" tabindex={-1}>
        <h1>API</h1>
        <p>
          JSON para outros programas. Faça uma chave pessoal em <a href={`${paths.account}#chaves`}>Minha conta</a> e
          mande-a em cada pedido; ela vale para uma empresa e não pode mais do que você. Números de registro e dinheiro
          são textos, e instantes são ISO 8601 em UTC.
        </p>
        <pre>
          <code>{`curl -H "Authorization: Bearer $CHAVE" ${publicUrl}/api/customers/`}</code>
        </pre>
        <p>
          Um erro vem como <code>{'{"error": {"code", "message", "reference"}}'}</code>, com a frase para a pessoa em{' '}
          <code>message</code>. Para ferramentas: <a href={paths.openApi}>o documento OpenAPI 3.1</a>.
        </p>
        {operations.map((operation) => (
          <OperationCard {...operation} />
        ))}
      </main>
    </Document>
  );
}

function OperationCard({ method, path, summary, permission, parameters, body }: ApiOperation) {
  return (
    <section class="card">
      <h2>
        <span class="chip">{method}</span> <code class="break">{path}</code>
      </h2>
      <p>
        {summary}. <span class="faint">Permissão da chave: {permission}.</span>
      </p>
      <Fields title="Parâmetros" fields={parameters} />
      <Fields title="Corpo (JSON)" fields={body} />
    </section>
  );
}

function Fields({ title, fields }: { title: string; fields: readonly ApiField[] }) {
  if (fields.length === 0) return null;
  return (
    <details>
      <summary>{title}</summary>
      <dl class="facts">
        {fields.map(({ name, description, isRequired }) => (
          <div>
            <dt>
              <code>{name}</code>
              {isRequired ? ' *' : ''}
            </dt>
            <dd>{description || '—'}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
