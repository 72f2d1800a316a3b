// What a person reads of the doctor's findings: errors of the way keep the words of shop-messages.ts, so that a failed sync and the doctor say the same.
import { doctorShopTexts } from './doctor-shop-messages.ts';
import { findShopMessage, type ShopMessage } from './shop-messages.ts';

type Facts = Record<string, string | undefined>;

const nothing = 'Nada a fazer.';

const wayTexts: Record<string, (facts: Facts) => ShopMessage> = {
  address_found: (f) => ({ sentence: `${f.host} é ${f.ip}.`, remedy: nothing }),
  port_open: (f) => ({ sentence: `A porta ${f.port} de ${f.host} responde.`, remedy: nothing }),
  ssh_host_key_known: (f) => ({ sentence: `O servidor é o confirmado: ${f.fingerprint}.`, remedy: nothing }),
  ssh_logged_in: (f) => ({
    sentence: `O SSH aceitou o usuário ${f.user} (${f.by === 'key' ? 'chave' : 'senha'}).`,
    remedy: nothing,
  }),
  ssh_forwards: (f) => ({ sentence: `O servidor SSH alcança o banco em ${f.target}.`, remedy: nothing }),
  mysql_logged_in: (f) => ({ sentence: `O banco aceitou o usuário ${f.user}.`, remedy: nothing }),
  tls_first: () => ({ sentence: 'A criptografia falhou antes do login.', remedy: 'Veja o próximo item.' }),
  tls_by_ssh: () => ({ sentence: 'O túnel SSH criptografa tudo.', remedy: nothing }),
  tls_on: (f) => ({
    sentence:
      f.mode === 'pinned'
        ? 'Conexão criptografada, com o certificado que você confirmou.'
        : 'Conexão criptografada, com certificado conferido.',
    remedy: nothing,
  }),
  tls_off: () => ({
    sentence: 'Conexão sem criptografia: senha e dados de clientes passam abertos pela rede.',
    remedy: 'Use um túnel SSH (--ssh-host=…) ou ligue a criptografia (--tls=verificar).',
  }),
  database_found: (f) => ({ sentence: `O banco ${f.database} está lá.`, remedy: nothing }),
  only_reads: () => ({ sentence: 'Este usuário só lê.', remedy: nothing }),
  can_write: (f) => ({
    sentence: `Este usuário pode mais do que ler: ${f.privileges}.`,
    remedy: `Funciona, e nós nunca escrevemos. Para um usuário que só lê, quem administra o banco executa: ${f.sql}`,
  }),
  grants_unclear: (f) => ({
    sentence: f.roles
      ? `As permissões vêm de papéis que o servidor não detalha: ${f.roles}.`
      : 'O servidor não disse que permissões este usuário tem.',
    remedy: 'Peça à hospedagem um usuário com SELECT no banco da loja e nada mais.',
  }),
  read_only_verified: (f) => ({
    sentence: `Sessão só de leitura, confirmada pelo servidor (${f.serverVersion}).`,
    remedy: nothing,
  }),
  not_applicable: () => ({ sentence: 'Não se aplica: a conexão é direta, sem SSH.', remedy: nothing }),
  stopped_before: (f) => ({
    sentence: f.nn ? `Não testado: antes é preciso resolver o item ${f.nn}.` : 'Não testado.',
    remedy: f.nn ? `Resolva o item ${f.nn} e repita.` : 'Resolva os itens anteriores e repita.',
  }),
  check_failed: () => ({
    sentence: 'Este item não pôde ser verificado por um erro nosso.',
    remedy: 'Avise o suporte com o relatório.',
  }),
};

/** Every code of a finding that is not one of the way's errors. */
export const doctorCodes = Object.keys({ ...wayTexts, ...doctorShopTexts });

/** The sentence and the remedy of a finding. Throws for a code without words: a test asks for each. */
export function doctorMessage(code: string, facts: Facts = {}): ShopMessage {
  const own = Object.hasOwn(wayTexts, code) ? wayTexts[code] : doctorShopTexts[code];
  const message = own?.(facts) ?? findShopMessage(code, facts);
  if (!message) throw new Error(`the doctor has no words for ${code}`);
  return message;
}
