// What a person reads of a run: why it failed, what it warns of, why rows were left out. The command line and the pages show the same words.
import { findShopMessage, type ShopMessage } from './shop-messages.ts';

type Facts = Record<string, string | undefined>;

const texts: Record<string, (facts: Facts) => ShopMessage> = {
  site_not_found: () => ({ sentence: 'Esta loja não existe mais.', remedy: 'Confira a lista de lojas da empresa.' }),
  connection_missing: () => ({
    sentence: 'Esta loja ainda não tem conexão.',
    remedy: 'Conecte com “carrinho loja conectar”.',
  }),
  prefix_unclear: () => ({
    sentence: 'As tabelas do WordPress escolhidas não estão mais nesse banco.',
    remedy: 'Confira se o banco foi trocado e conecte de novo, dizendo o prefixo.',
  }),
  cart_table_unclear: () => ({
    sentence: 'Há mais de uma tabela de carrinhos nesse banco.',
    remedy: 'Conecte de novo e escolha uma com --tabela-carrinho. Os carrinhos não são lidos até lá.',
  }),
  site_url_changed: (facts) => ({
    sentence: `O endereço da loja mudou${facts.before && facts.after ? ` de ${facts.before} para ${facts.after}` : ''}.`,
    remedy: 'Pode ser uma cópia de testes no mesmo banco. Confira antes de confiar nos números.',
  }),
  many_rows_gone: (facts) => ({
    sentence: `A loja perdeu ${facts.gone ?? 'muitos'} registros${facts.label ? ` de ${facts.label}` : ''}: banco restaurado ou limpo?`,
    remedy:
      'Nada foi marcado como removido. Se a loja está certa, quem administra confirma com “carrinho conferir --aceitar-perda”.',
  }),
  orders_left_behind: (facts) => ({
    sentence: `${facts.count ?? 'Alguns'} pedidos ficaram no outro armazenamento do WooCommerce e a loja não os mostra.`,
    remedy:
      'Eles continuam aqui como estavam. Em WooCommerce › Configurações › Avançado › Recursos, ligue o modo de compatibilidade para a loja copiá-los.',
  }),
  shop_slow: (facts) => ({
    sentence: `A loja está respondendo devagar${facts.averageMs ? ` (${Number(facts.averageMs).toLocaleString('pt-BR')} ms por consulta, em média)` : ''}.`,
    remedy:
      'Estamos lendo com pausas, no máximo metade do tempo, para não pesar nela. Nada se perde; as novidades chegam um pouco mais tarde.',
  }),
  form_changed: (facts) => ({
    sentence: `O formulário mudou: “${facts.title ?? facts.form ?? ''}” não traz mais o telefone em ${facts.oldKey ?? ''}${facts.newKey ? `; agora há ${facts.newKey}` : ''}.`,
    remedy: facts.newKey
      ? `Aceite o novo campo (carrinho loja mapear --formulario=${facts.form} --sugerir --aplicar): os leads já lidos são mapeados de novo.`
      : 'Confira na loja se o campo de telefone foi tirado do formulário, e mapeie-o de novo quando voltar.',
  }),
  wp_cron_stopped: (facts) => ({
    sentence: `O agendador (WP-Cron) da loja parece parado: ${facts.count === '1' ? '1 carrinho deixado' : `${facts.count ?? 'há'} carrinhos deixados`} há mais de 2 horas ${facts.count === '1' ? 'segue como novo' : 'seguem como novos'}.`,
    remedy:
      'Aqui eles contam como abandonados assim mesmo; na loja, o plugin não envia os e-mails. Confira DISABLE_WP_CRON no wp-config.php ou agende wp-cron.php na hospedagem.',
  }),
  recompute_differs: (facts) => ({
    sentence: `A conferência da noite mudou ${facts.count === '1' ? '1 conclusão' : `${facts.count ?? 'algumas'} conclusões`} que já deviam estar certas.`,
    remedy: 'Agora estão certas. Isso não deveria acontecer: avise quem mantém o sistema.',
  }),
  figures_differ: (facts) => ({
    sentence: `Os números de ${facts.count === '1' ? '1 dia' : `${facts.count ?? 'alguns'} dias`} não conferem com os registros.`,
    remedy:
      'Veja quais com “carrinho conferir --figuras” e recalcule com “carrinho conferir --figuras --corrigir”. Isso não deveria acontecer: avise quem mantém o sistema.',
  }),
  run_taken_over: () => ({
    sentence: 'Outro daemon assumiu esta leitura.',
    remedy: 'Nada a fazer: ela continua de onde parou.',
  }),
  run_cancelled: () => ({ sentence: 'Cancelada por uma pessoa.', remedy: 'A próxima leitura continua de onde parou.' }),
  daemon_stopping: () => ({
    sentence: 'O daemon parou no meio da leitura.',
    remedy: 'A próxima leitura continua de onde parou.',
  }),
  daemon_lost: () => ({
    sentence: 'O daemon que lia esta loja caiu.',
    remedy: 'Outra leitura continua do último lote gravado.',
  }),
  database_full: () => ({
    sentence: 'O disco do servidor deste sistema está cheio: o banco não aceita mais dados.',
    remedy: 'Libere espaço no servidor. Nada se perdeu: a próxima leitura continua do último lote gravado.',
  }),
  database_read_only: () => ({
    sentence: 'O banco deste sistema está em modo somente leitura.',
    remedy: 'Peça a quem cuida do servidor que libere a gravação. A próxima leitura continua do último lote gravado.',
  }),
  secret_key_mismatch: () => ({
    sentence: 'As senhas desta loja foram cifradas com outra chave.',
    remedy: 'Restaure a chave de antes (SECRET_KEY ou secret.key), ou conecte a loja de novo.',
  }),
  secret_damaged: () => ({
    sentence: 'Uma senha guardada desta loja está danificada.',
    remedy: 'Conecte a loja de novo, informando as senhas.',
  }),
};

/** Every code that has a text of its own here. */
export const runMessageCodes = Object.keys(texts);

/** The sentence and the remedy for the code of a failed run or of a warning; a general one for a code without its own. */
export function runMessage(code: string, facts: Facts = {}): ShopMessage {
  return (
    findShopMessage(code, facts) ??
    (Object.hasOwn(texts, code) ? texts[code]!(facts) : null) ?? {
      sentence: 'A sincronização parou por um erro inesperado.',
      remedy: 'Tentamos de novo na próxima vez. Se continuar, avise o suporte com o texto técnico.',
    }
  );
}

const skipLabels: Record<string, string> = {
  draft: 'rascunhos',
  erased: 'bloqueados por eliminação',
  not_an_answer: 'campos que não são respostas',
  without_session: 'e-mails sem carrinho',
};

/** Why a row of the shop is no record of ours, in the plural: `4 rascunhos`. */
export const skipLabel = (reason: string): string => (Object.hasOwn(skipLabels, reason) ? skipLabels[reason]! : reason);

const quarantineLabels: Record<string, string> = {
  row_unreadable: 'um campo não pôde ser lido',
  php_unserialize_failed: 'os itens do carrinho não puderam ser lidos',
  value_refused: 'um valor não cabe na cópia',
};

/** Why a row of the shop waits in quarantine. */
export const quarantineLabel = (reason: string): string =>
  Object.hasOwn(quarantineLabels, reason) ? quarantineLabels[reason]! : reason;
