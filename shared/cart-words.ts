// The Portuguese words for what is concluded of a cart: the pages and the command line say the same.

export const cartStatusLabels = {
  waiting: 'Aguardando',
  abandoned: 'Abandonado',
  recovered: 'Recuperado',
  purchased: 'Compra direta',
  removed: 'Removido na loja',
} as const;
export type CartStatus = keyof typeof cartStatusLabels;

export const cartReasonLabels = {
  window_open: 'Dentro da janela',
  window_closed: 'Janela encerrada',
  payment_expired: 'Pagamento expirado',
  awaiting_payment: 'Pagamento pendente',
  in_progress: 'Em andamento',
  direct_purchase: 'Compra direta',
  removed: 'Removido na loja',
  manual: 'Ajuste manual',
  contacted: 'com contato',
  plugin_email: 'e-mail do plugin',
  spontaneous: 'espontânea',
  prior_purchase: 'compra anterior',
} as const;
export type CartReason = keyof typeof cartReasonLabels;

export const confidenceLabels = { high: 'alta', medium: 'média', low: 'baixa' } as const;

/** alta ≥ 80 · média 55–79 · baixa < 55 (docs/rules.md, Score). */
export function confidenceOf(score: number): keyof typeof confidenceLabels {
  if (score >= 80) return 'high';
  return score >= 55 ? 'medium' : 'low';
}

export const channelLabels = { whatsapp: 'WhatsApp', email: 'e-mail', phone: 'telefone', other: 'outro meio' } as const;
export type ContactChannel = keyof typeof channelLabels;

/** What asked for the recompute in which a status changed. */
export const changeCauseLabels = {
  sync: 'sincronização',
  time: 'passagem do tempo',
  by_hand: 'ajuste manual',
  contact: 'contato',
  recompute: 'recálculo',
} as const;
export type ChangeCause = keyof typeof changeCauseLabels;

/** What happened to an order that no longer counts: `cancelado`, `reembolsado` … */
export function voidOrderText(wcStatus: string): string {
  const known: Record<string, string> = {
    cancelled: 'cancelado',
    failed: 'falhou',
    refunded: 'reembolsado',
    trash: 'removido',
  };
  return Object.hasOwn(known, wcStatus) ? known[wcStatus]! : 'anulado';
}
