// `loja certificado`: what a shop's owner gets to see of our access: that nothing was written, and nothing could be.
import {
  type Certificate,
  type CertificateRow,
  makeCertificate,
  purposeTexts,
  verdictTexts,
} from '#shared/certificate.ts';
import { runQuery, withTenant } from '../db.ts';
import { type Command, CommandError, tenantOption } from './command.ts';
import type { Output } from './output.ts';
import { siteOption } from './site-options.ts';

export const certificateCommand: Command = {
  name: 'loja certificado',
  summary: 'Mostra o certificado de zero escrita: permissões, modo da sessão e tudo o que foi perguntado à loja',
  options: {
    empresa: { value: 'SLUG', help: 'a empresa' },
    loja: { value: 'SLUG', help: 'a loja (dispensável quando há uma só)' },
  },
  examples: ['carrinho loja certificado --empresa=sol', 'carrinho loja certificado --empresa=sol --json'],
  async run(context) {
    const tenant = await tenantOption(context);
    const site = await siteOption(context, tenant);
    const { rows } = await withTenant(context.pool, tenant.id, (client) =>
      runQuery<CertificateRow>(client, 'get_certificate', { tenant: tenant.id, site: site.id }),
    );
    if (!rows[0])
      throw new CommandError(
        `A loja "${site.slug}" ainda não foi lida. Rode "carrinho importar --empresa=${tenant.slug}" e peça o certificado de novo.`,
      );
    const certificate = makeCertificate(rows[0], context.now);
    context.output.result(certificate, () => printCertificate(context.output, certificate));
  },
};

const number = new Intl.NumberFormat('pt-BR', { maximumFractionDigits: 0 });

const runKinds: Record<string, string> = {
  poll: 'novidades',
  full: 'loja inteira',
  reconcile: 'conferência',
  backfill: 'um período',
};

function printCertificate({ line }: Output, certificate: Certificate): void {
  const { grants, statements, timeZone } = certificate;
  const clock = new Intl.DateTimeFormat('pt-BR', { dateStyle: 'short', timeStyle: 'medium', timeZone });
  const when = (at: Date) => clock.format(at).replace(',', '');

  line('CERTIFICADO DE ZERO ESCRITA');
  line(
    `${certificate.tenantName}, loja ${certificate.siteName}${certificate.siteUrl ? ` (${certificate.siteUrl})` : ''}`,
  );
  line(`Emitido em ${when(certificate.issuedAt)} (${timeZone}).`);
  line();
  line(verdictTexts[certificate.verdict]);

  line();
  line('1. Quem leu, e quando');
  line(
    `   Leitura nº ${certificate.runId}${certificate.runKind ? ` (${runKinds[certificate.runKind] ?? certificate.runKind})` : ''}, terminada em ${when(certificate.takenAt)}.`,
  );
  line(`   Banco ${certificate.database} em ${certificate.host}:${certificate.port}, ${wayOf(certificate)}.`);
  line(`   Usuário: ${certificate.account ?? certificate.username}. Servidor: ${certificate.serverVersion}.`);

  line();
  line('2. Modo da sessão');
  line(
    `   Somente leitura: o servidor confirmou ${certificate.readOnlyVariable} = 1 antes que qualquer tabela fosse lida.`,
  );
  line(
    certificate.statementLimitMs === null
      ? '   Limite de tempo por consulta: este servidor não tem.'
      : `   Limite de tempo por consulta: ${number.format(certificate.statementLimitMs / 1000)} s. No máximo duas conexões ao mesmo tempo: a da leitura e uma pedida à mão (conferência, diagnóstico).`,
  );

  line();
  line('3. O que o usuário do banco pode fazer, nas palavras do servidor');
  for (const grant of grants?.lines ?? ['(o servidor não respondeu a SHOW GRANTS)']) line(`   ${grant}`);
  for (const sentence of grantSentences(certificate)) line(`   ${sentence}`);
  if (certificate.readerSql.length > 0) {
    line('   Um usuário que só lê se faz assim, por quem administra o banco:');
    for (const sql of certificate.readerSql) line(`     ${sql}`);
    line('   Depois conecte a loja de novo com ele.');
  }

  line();
  line(
    `4. O que foi perguntado à loja: ${number.format(certificate.statementCount)} comandos, ${number.format(certificate.ms)} ms do servidor${certificate.restedMs > 0 ? `, ${number.format(certificate.restedMs)} ms de pausas` : ''}`,
  );
  line('   Onde está "?" ou ":nome" havia um valor: valores não são guardados.');
  line();
  for (const { count, rows, ms, slowestMs, purpose, shape } of statements) {
    line(
      `   ${number.format(count)}× · ${purposeTexts[purpose]} · linhas: ${number.format(rows)} · ${number.format(ms)} ms (a mais lenta, ${number.format(slowestMs)} ms)`,
    );
    for (const part of wrap(shape, 110)) line(`       ${part}`);
  }
  if (certificate.shapeCount > statements.length)
    line(`… e mais ${number.format(certificate.shapeCount - statements.length)} formas de consulta.`);

  line();
  line('5. O que o programa se recusa a enviar, mesmo que o usuário pudesse');
  for (const refusal of certificate.refusals) line(`   - ${refusal}`);
}

/** Lines of at most `width` characters, broken at spaces where there are any. */
function wrap(text: string, width: number): string[] {
  return text.match(new RegExp(`\\S.{0,${width - 2}}\\S(?=\\s|$)|\\S{1,${width}}`, 'g')) ?? [text];
}

function wayOf({ mode, sshHost, tlsMode }: Certificate): string {
  if (mode === 'ssh') return `por um túnel SSH de ${sshHost}`;
  return tlsMode === 'off' ? 'conexão direta sem criptografia' : 'conexão direta com criptografia (TLS)';
}

function grantSentences({ grants }: Certificate): string[] {
  if (!grants) return [];
  if (grants.verdict === 'read_only') return ['Conclusão: este usuário só lê.'];
  if (grants.verdict === 'unclear')
    return [
      grants.roles.length > 0
        ? `Conclusão: o usuário recebeu papéis (${grants.roles.join(', ')}) cujas permissões o servidor não lista aqui.`
        : 'Conclusão: não foi possível saber.',
    ];
  const writes = grants.writes.map(({ privilege, on }) => `${privilege} em ${on}`);
  return [`Atenção: este usuário pode mais do que ler: ${writes.join('; ')}.`];
}
