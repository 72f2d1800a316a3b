// The "zero escrita" certificate as a page to read and to print: the same record and verdict as the command line's.
import { type Certificate, purposeTexts, verdictTexts } from '#shared/certificate.ts';
import { Badge, type Tone } from '../components/badge.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { Fact } from '../components/fact.tsx';
import { type Clock, countText, dateTimeText, numberText } from '../format.ts';
import { PageHead } from '../layout.tsx';
import { runKindLabels } from '../messages.ts';
import { paths } from '../paths.ts';

type CertificatePageProps = {
  slug: string;
  shop: { id: string; name: string };
  certificate: Certificate | null;
  clock: Clock;
};

const verdicts: Readonly<Record<Certificate['verdict'], { tone: Tone; label: string }>> = {
  only_read: { tone: 'good', label: 'Zero escrita' },
  only_read_could_write: { tone: 'warn', label: 'Nada escrito; o usuário poderia' },
  only_read_unclear: { tone: 'warn', label: 'Nada escrito; permissões incertas' },
  not_proven: { tone: 'bad', label: 'Não comprovado' },
};

export function CertificatePage({ slug, shop, certificate, clock }: CertificatePageProps) {
  const title = `Certificado de zero escrita: ${shop.name}`;
  if (!certificate) {
    return (
      <>
        <PageHead title={title} />
        <EmptyState title="Esta loja ainda não foi lida.">
          O certificado é feito do registro da última leitura. <a href={paths.connection(slug)}>Voltar à conexão</a>
        </EmptyState>
      </>
    );
  }
  const { verdict, grants, statements, timeZone } = certificate;
  const way =
    certificate.mode === 'ssh'
      ? `túnel SSH por ${certificate.sshHost}`
      : `conexão direta ${certificate.tlsMode === 'off' ? 'sem' : 'com'} criptografia`;
  return (
    <>
      <PageHead title={title}>
        <a class="button" href={paths.connection(slug)}>
          Voltar à conexão
        </a>
      </PageHead>
      <section class="card">
        <div class="card-title">
          <Badge tone={verdicts[verdict].tone}>{verdicts[verdict].label}</Badge>
          <span class="faint">emitido em {dateTimeText(clock.now, timeZone)}</span>
        </div>
        <p class="lead-text">{verdictTexts[verdict]}</p>
        <dl class="facts">
          <Fact label="Leitura">
            nº {certificate.runId}
            {certificate.runKind
              ? ` (${runKindLabels[certificate.runKind as keyof typeof runKindLabels] ?? certificate.runKind})`
              : ''}
            , terminada em {dateTimeText(certificate.takenAt, timeZone)}
          </Fact>
          <Fact label="Banco">
            {certificate.database} em {certificate.host}:{certificate.port}, {way}
          </Fact>
          <Fact label="Usuário">
            {certificate.account ?? certificate.username} · servidor {certificate.serverVersion}
          </Fact>
          <Fact label="Modo da sessão">
            Somente leitura: o servidor confirmou {certificate.readOnlyVariable} = 1 antes que qualquer tabela fosse
            lida.
          </Fact>
          <Fact label="Limite por consulta">
            {certificate.statementLimitMs === null
              ? 'Este servidor não tem.'
              : `${numberText(certificate.statementLimitMs / 1000)} s; no máximo duas conexões ao mesmo tempo.`}
          </Fact>
        </dl>
      </section>
      <section class="card">
        <h2>O que o usuário do banco pode fazer</h2>
        <pre>{(grants?.lines ?? ['(o servidor não respondeu a SHOW GRANTS)']).join('\n')}</pre>
        {grants?.verdict === 'can_write' ? (
          <div class="problem problem-warn">
            <p class="problem-title">
              Este usuário pode mais do que ler:{' '}
              {grants.writes.map(({ privilege, on }) => `${privilege} em ${on}`).join('; ')}.
            </p>
            <p>
              Funciona, e nada é escrito. Para fechar a porta de vez, quem administra o banco faz um usuário que só lê:
            </p>
            <pre>{certificate.readerSql.join('\n')}</pre>
          </div>
        ) : (
          <p class="faint">
            {grants?.verdict === 'read_only'
              ? 'Conclusão: este usuário só lê.'
              : 'Não foi possível saber tudo o que ele pode.'}
          </p>
        )}
      </section>
      <section class="card">
        <div class="card-head">
          <h2>O que foi perguntado à loja</h2>
          <span class="faint">
            {numberText(certificate.statementCount)} comandos · {numberText(certificate.ms)} ms do servidor
            {certificate.restedMs > 0 ? ` · ${numberText(certificate.restedMs)} ms de pausas` : ''}
          </span>
        </div>
        <p class="faint">Onde está “?” ou “:nome” havia um valor: valores não são guardados.</p>
        <ol class="statements">
          {statements.map(({ count, rows, ms, slowestMs, purpose, shape }) => (
            <li>
              <p class="faint">
                {numberText(count)}× · {purposeTexts[purpose]} · {countText(rows, 'linha', 'linhas', 'nenhuma')} ·{' '}
                {numberText(Math.round(ms))} ms (a mais lenta, {numberText(Math.round(slowestMs))} ms)
              </p>
              <pre>{shape}</pre>
            </li>
          ))}
        </ol>
        {certificate.shapeCount > statements.length ? (
          <p class="faint">… e mais {numberText(certificate.shapeCount - statements.length)} formas de consulta.</p>
        ) : (
          ''
        )}
      </section>
      <section class="card">
        <h2>O que o programa se recusa a enviar</h2>
        <ul class="refusals">
          {certificate.refusals.map((refusal) => (
            <li>{refusal}</li>
          ))}
        </ul>
      </section>
    </>
  );
}
