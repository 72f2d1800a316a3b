// What a person reads when a shop cannot be reached or read: one plain Portuguese sentence and one remedy for each error code.
// The command line and the pages show the same words. `facts` come from the error: hosts, ports, tables, never a secret.

type Facts = Record<string, string | undefined>;
type Text = string | ((facts: Facts) => string);

const server = ({ ip, publicIp }: Facts) => {
  const seen = ip ?? publicIp;
  return seen ? `o IP ${seen}` : 'o IP deste servidor';
};
const visible = (f: Facts) => (f.visible ? ` Este usuário enxerga: ${f.visible}.` : '');
const named = (value: string | undefined, before: string) => (value ? ` ${before}${value}` : '');

const texts = {
  // 1 — the name
  host_not_found: [
    (f) => `O endereço${named(f.host, '')} não existe.`,
    (f) => `Confira se copiou o host ${f.service === 'ssh' ? 'SSH' : 'MySQL'} (não o endereço do site).`,
  ],
  dns_unavailable: [
    (f) => `Não foi possível consultar o nome${named(f.host, '')}: o serviço de nomes (DNS) não respondeu.`,
    'Costuma passar sozinho. Se continuar, confira a internet deste servidor.',
  ],
  address_refused: [
    (f) => `O endereço${named(f.host, '')}${f.ip ? ` (${f.ip})` : ''} é de uma rede interna e não é permitido.`,
    'Use o endereço público do banco. Quem administra esta instalação pode liberar a rede em ALLOWED_SHOP_NETWORKS.',
  ],
  port_not_offered: [
    (f) => `A porta${named(f.port, '')} não é usada para banco de dados nem para SSH.`,
    'MySQL costuma usar 3306 e SSH, 22 ou outra acima de 1023. Confira no painel da hospedagem.',
  ],
  // 2 — the port
  port_timeout: [
    (f) => `A porta${named(f.port, '')} não respondeu.`,
    (f) =>
      f.service === 'ssh'
        ? `Confira a porta do SSH e libere ${server(f)} no firewall da hospedagem.`
        : `Libere ${server(f)} em “MySQL remoto” no painel da hospedagem.`,
  ],
  port_refused: [
    (f) => `Há um servidor em${named(f.host, '')}, mas não nessa porta${named(f.port, '(')}${f.port ? ')' : ''}.`,
    (f) =>
      `Confira a porta no painel da hospedagem (a do ${f.service === 'ssh' ? 'SSH costuma ser 22' : 'MySQL costuma ser 3306'}).`,
  ],
  host_unreachable: [
    (f) => `Não há caminho de rede até${named(f.host, '')}.`,
    'Confira o endereço; se ele estiver certo, a hospedagem pode estar fora do ar.',
  ],
  // 3 — the SSH server's identity
  ssh_host_key_unknown: [
    (f) => `Primeiro contato com o servidor SSH${named(f.host, '')}. Impressão digital: ${f.fingerprint ?? ''}.`,
    (f) =>
      `Compare com a que a hospedagem informa e confirme (na linha de comando: --chave-do-servidor=${f.fingerprint ?? 'SHA256:…'}).`,
  ],
  ssh_host_key_changed: [
    (f) => `A identidade do servidor mudou: era ${f.expected ?? ''}, agora é ${f.fingerprint ?? ''}.`,
    'Nada foi enviado. Pergunte à hospedagem se trocaram o servidor; só então confirme a nova impressão digital.',
  ],
  ssh_failed: [
    (f) => `O servidor SSH${named(f.host, '')} não concluiu a conexão.`,
    'Confira se a porta é mesmo a do SSH e se o servidor aceita algoritmos atuais.',
  ],
  // 4 — SSH login
  ssh_auth_failed: [
    (f) => `O SSH recusou o usuário${named(f.user, '')}.`,
    'Confira usuário e senha; com chave, confira se a parte pública está em authorized_keys.',
  ],
  ssh_key_unreadable: [
    (f) => `A chave privada não pôde ser lida${f.format ? ` (formato ${f.format})` : ''}.`,
    (f) =>
      f.format === 'PuTTY'
        ? 'Converta no PuTTYgen: Conversions → Export OpenSSH key.'
        : f.format === 'chave pública'
          ? 'Essa é a parte pública. Cole a privada, que começa com “-----BEGIN”.'
          : 'Use uma chave OpenSSH ou PEM, inteira, com as linhas BEGIN e END.',
  ],
  ssh_key_passphrase: ['A chave privada tem senha, e a informada não a abre.', 'Informe a senha da chave SSH.'],
  // 5 — the tunnel
  ssh_forwarding_denied: [
    'O servidor não permite túnel (AllowTcpForwarding).',
    'Peça à hospedagem que libere o encaminhamento de portas para esse usuário.',
  ],
  ssh_target_refused: [
    (f) => `O servidor SSH não alcança o banco em ${f.target ?? ''}.`,
    'Confira host e porta do banco como vistos de dentro do servidor (quase sempre 127.0.0.1 e 3306).',
  ],
  // 6 — MySQL login
  mysql_access_denied: [
    (f) => `O banco recusou o usuário${named(f.user, '')}${f.ip ? `, vindo de ${f.ip}` : ''}.`,
    (f) => `Confira usuário e senha; se estiverem certos, falta liberar ${server(f)} para esse usuário.`,
  ],
  mysql_host_not_allowed: [
    (f) => `O banco não aceita conexões de ${f.ip ?? 'este servidor'}.`,
    (f) => `Libere ${server(f)} em “MySQL remoto” no painel da hospedagem.`,
  ],
  mysql_host_blocked: [
    'O banco bloqueou este servidor depois de muitos erros de conexão.',
    'Peça à hospedagem que execute FLUSH HOSTS, depois confira usuário e senha.',
  ],
  mysql_account_locked: [
    (f) => `A conta${named(f.user, '')} está bloqueada ou com a senha vencida.`,
    'Desbloqueie a conta ou troque a senha no painel da hospedagem.',
  ],
  mysql_auth_plugin: [
    (f) => `O banco pede um tipo de login que não é suportado${named(f.plugin, '(')}${f.plugin ? ')' : ''}.`,
    'Crie o usuário com mysql_native_password ou caching_sha2_password.',
  ],
  mysql_no_answer: [
    (f) => `A porta${named(f.port, '')} abriu, mas o banco não respondeu a tempo.`,
    'Confira se é mesmo a porta do MySQL; se for, a hospedagem pode estar sobrecarregada.',
  ],
  not_mysql: [
    (f) => `O que responde na porta${named(f.port, '')} não é um MySQL nem um MariaDB.`,
    'Confira a porta no painel da hospedagem.',
  ],
  // 7 — TLS
  tls_not_supported: [
    'O banco não oferece conexão criptografada.',
    'Use um túnel SSH. Se não houver, escolha “sem criptografia” sabendo que os dados passam abertos pela rede.',
  ],
  tls_untrusted: [
    'O certificado do banco não é de uma autoridade conhecida.',
    (f) =>
      `Informe o certificado da autoridade (CA) da hospedagem, ou confirme este certificado: ${f.fingerprint ?? ''}.`,
  ],
  tls_wrong_host: [
    (f) => `O certificado do banco é de outro nome, não de ${f.host ?? ''}.`,
    'Use o nome que está no certificado, ou confirme este certificado pela impressão digital.',
  ],
  tls_certificate_changed: [
    (f) => `O certificado do banco mudou: agora é ${f.fingerprint ?? ''}.`,
    'Nada foi enviado. Confirme com a hospedagem antes de aceitar o novo certificado.',
  ],
  tls_expired: ['O certificado do banco está vencido.', 'Peça à hospedagem que o renove.'],
  tls_failed: [
    'A conexão criptografada com o banco não pôde ser feita.',
    'O servidor pode ser antigo demais para TLS 1.2. Prefira um túnel SSH.',
  ],
  // 8 — the database
  mysql_database_unknown: [
    (f) => `O banco de dados${named(f.database, '')} não existe.${visible(f)}`,
    'Confira o nome (na hospedagem compartilhada ele costuma ter o usuário na frente, como loja_wp123).',
  ],
  mysql_database_denied: [
    (f) => `O usuário${named(f.user, '')} não enxerga o banco de dados${named(f.database, '')}.${visible(f)}`,
    'Dê a ele o privilégio SELECT nesse banco.',
  ],
  // 9, 10 — rights and read only
  select_denied: [
    (f) => `Falta permissão de leitura na tabela${named(f.table, '')}.`,
    (f) =>
      `Dê ao usuário o privilégio SELECT em todo o banco da loja.${f.sql ? ` Quem administra o banco executa: ${f.sql}` : ''}`,
  ],
  read_only_refused: [
    'O banco recusou um comando porque a sessão é só de leitura.',
    'Nada mudou na loja. Avise o suporte.',
  ],
  read_only_unverified: [
    'A sessão não pôde ser posta em só leitura.',
    'Nada foi lido. Use MySQL 5.6 ou MariaDB 10 (ou mais novos), sem um intermediário que descarte comandos SET.',
  ],
  statement_refused: [
    'Um comando que não é de leitura foi recusado antes de sair daqui.',
    'Nada foi enviado à loja. Avise o suporte.',
  ],
  // reading
  statement_timeout: [
    'O banco interrompeu uma leitura que passou do tempo limite.',
    'Tentamos de novo na próxima vez.',
  ],
  shop_stalled: ['O banco parou de responder no meio de uma leitura.', 'Tentamos de novo na próxima vez.'],
  too_many_connections: [
    'O banco está com conexões demais.',
    'Tentamos de novo na próxima vez. Se for sempre, peça à hospedagem um limite maior para esse usuário.',
  ],
  connection_lost: ['A conexão com o banco caiu.', 'Tentamos de novo na próxima vez, de onde parou.'],
  table_missing: [
    (f) => `A tabela${named(f.table, '')} não existe na loja.`,
    'O plugin pode ter sido removido. O que já foi copiado fica guardado.',
  ],
  column_missing: [
    (f) => `A coluna${named(f.column, '')} não existe na loja.`,
    'O plugin pode ter mudado de versão. Refaça a verificação da conexão.',
  ],
  shop_query_failed: [
    (f) => `O banco não aceitou uma leitura${f.mysql ? ` (erro ${f.mysql})` : ''}.`,
    'Avise o suporte com esse número.',
  ],
} satisfies Record<string, readonly [sentence: Text, remedy: Text]>;

export type ShopErrorCode = keyof typeof texts;
export type ShopMessage = { sentence: string; remedy: string };

/** The sentence and the remedy for an error's code, or null when the code is not about a shop's connection. */
export function findShopMessage(code: string, facts: Facts = {}): ShopMessage | null {
  if (!Object.hasOwn(texts, code)) return null;
  const [sentence, remedy]: readonly [Text, Text] = texts[code as ShopErrorCode];
  const say = (text: Text) => (typeof text === 'string' ? text : text(facts));
  return { sentence: say(sentence), remedy: say(remedy) };
}

/** Every code that has a text, for tests and documentation. */
export const shopErrorCodes = Object.keys(texts) as ShopErrorCode[];
