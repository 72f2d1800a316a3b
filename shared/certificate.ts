// The "zero escrita" certificate: what a shop's owner may know of our access, from the record of the last run and the server's own words. The
// record is judged anew here, by other rules than the gateway's, so that the certificate does not only repeat what the gateway believes.
import { type GrantsVerdict, judgeGrants, readerUserSql } from './grants.ts';

export type AccessedStatement = {
  shape: string;
  count: number;
  failed: number;
  rows: number;
  ms: number;
  slowestMs: number;
};

/** The row of sql/queries/get_certificate.sql. */
export type CertificateRow = {
  tenantName: string;
  siteName: string;
  siteUrl: string | null;
  timeZone: string;
  mode: 'direct' | 'ssh';
  host: string;
  port: number;
  username: string;
  database: string;
  tlsMode: string;
  sshHost: string | null;
  runId: string;
  runKind: string | null;
  takenAt: Date;
  serverVersion: string;
  account: string | null;
  readOnlyVariable: string;
  statementLimitMs: number | null;
  grants: string[] | null;
  grantsAt: Date | null;
  statements: AccessedStatement[];
  shapeCount: number;
  statementCount: number;
  ms: number;
  restedMs: number;
};

export type StatementPurpose = 'read' | 'session' | 'snapshot' | 'other';

export type Certificate = Omit<CertificateRow, 'grants' | 'statements'> & {
  issuedAt: Date;
  /**
   * `only_read`: the run only read, and the user could not write. `only_read_could_write`: it only read, but the user may write.
   * `only_read_unclear`: it only read; what the user may do is not known. `not_proven`: the record holds a statement that is no read.
   */
  verdict: 'only_read' | 'only_read_could_write' | 'only_read_unclear' | 'not_proven';
  grants: (GrantsVerdict & { lines: string[] }) | null;
  /** What makes the user harmless, for who administers the shop's database; empty when it is. */
  readerSql: string[];
  statements: (AccessedStatement & { purpose: StatementPurpose })[];
  refusals: readonly string[];
};

/** What is refused before it reaches the wire; each sentence has its attacks in test/integration/gateway-attacks.test.ts. */
const refusals = [
  'Gravar, alterar ou apagar dados: INSERT, UPDATE, DELETE, REPLACE, TRUNCATE.',
  'Criar, mudar ou apagar tabelas, índices, usuários e permissões: CREATE, ALTER, DROP, GRANT.',
  'Ler ou gravar arquivos: SELECT … INTO OUTFILE, LOAD DATA, LOAD_FILE().',
  'Chamar procedimentos, executar código escondido em comentários ou enviar dois comandos de uma vez.',
  'Travar tabelas ou linhas: LOCK TABLES, FOR UPDATE, GET_LOCK().',
  'Mudar configurações do servidor ou tirar a sessão do modo somente leitura: SET GLOBAL, SET SESSION TRANSACTION READ WRITE.',
] as const;

const sessionShapes = [
  /^set session transaction read only$/,
  /^set names utf8mb4$/,
  /^set session sql_mode = \?$/,
  /^set session (?:max_statement_time|max_execution_time) = \?$/,
];
const snapshotShapes = [/^start transaction with consistent snapshot, read only$/, /^commit$/];

/** What a statement of the record was for; `other` for whatever is not plainly a read. */
export function purposeOf(shape: string): StatementPurpose {
  const text = shape.toLowerCase();
  if (sessionShapes.some((pattern) => pattern.test(text))) return 'session';
  if (snapshotShapes.some((pattern) => pattern.test(text))) return 'snapshot';
  const isRead = /^(?:select|show|explain select)\s/.test(text) && !/;|\binto\b|\bfor update\b|\block in\b/.test(text);
  return isRead ? 'read' : 'other';
}

/** Judges the record of a shop's last run. */
export function makeCertificate({ grants, statements, ...row }: CertificateRow, issuedAt: Date): Certificate {
  const judged = grants ? { ...judgeGrants(grants), lines: grants } : null;
  const withPurpose = statements.map((statement) => ({ ...statement, purpose: purposeOf(statement.shape) }));
  const hasOther = withPurpose.some(({ purpose }) => purpose === 'other');
  const couldWrite = judged?.verdict === 'can_write';
  return {
    ...row,
    issuedAt,
    verdict: hasOther
      ? 'not_proven'
      : couldWrite
        ? 'only_read_could_write'
        : judged?.verdict === 'read_only'
          ? 'only_read'
          : 'only_read_unclear',
    grants: judged,
    readerSql:
      judged?.verdict === 'read_only' ? [] : readerUserSql({ database: row.database, host: hostOf(row.account) }),
    statements: withPurpose,
    refusals,
  };
}

/** From where the server lets the user in: `leitor@203.0.113.9` → `203.0.113.9`. */
function hostOf(account: string | null): string | null {
  return account?.includes('@') ? account.slice(account.lastIndexOf('@') + 1) : null;
}

export const verdictTexts: Record<Certificate['verdict'], string> = {
  only_read:
    'ZERO ESCRITA. Na última leitura só houve consultas, a sessão estava em modo somente leitura, e o usuário do banco não tem como escrever.',
  only_read_could_write:
    'NADA FOI ESCRITO, mas o usuário do banco tem permissão para escrever. Na última leitura só houve consultas e a sessão estava em modo somente leitura; para fechar a porta de vez, use um usuário que só lê (abaixo).',
  only_read_unclear:
    'NADA FOI ESCRITO. Na última leitura só houve consultas e a sessão estava em modo somente leitura. Não foi possível saber tudo o que o usuário do banco pode fazer: veja as permissões abaixo.',
  not_proven:
    'NÃO COMPROVADO. O registro da última leitura tem um comando que não é uma consulta. Pause a loja e avise o suporte com este texto.',
};

export const purposeTexts: Record<StatementPurpose, string> = {
  read: 'consulta',
  session: 'prepara a sessão',
  snapshot: 'leitura de um mesmo instante',
  other: 'NÃO É CONSULTA',
};
