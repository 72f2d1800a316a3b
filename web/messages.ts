// The Portuguese sentence for every code that the screens show. The database and the log speak in codes; people read only this.
import type { customerStatusLabels, orderClassLabels } from '#shared/list-words.ts';
import { minPasswordLength } from '#shared/passwords.ts';

export type { CartReason, CartStatus } from '#shared/cart-words.ts';
export {
  cartReasonLabels,
  cartStatusLabels,
  confidenceLabels,
  confidenceOf,
  voidOrderText,
} from '#shared/cart-words.ts';

export { customerStatusLabels, orderClassLabels, personStatusLabels } from '#shared/list-words.ts';

export type OrderClass = keyof typeof orderClassLabels;
export type CustomerStatus = keyof typeof customerStatusLabels;

export const runStateLabels = {
  queued: 'Na fila',
  connecting: 'Conectando',
  reading: 'Lendo',
  writing: 'Gravando',
  recomputing: 'Recalculando',
  succeeded: 'Concluída',
  succeeded_with_warnings: 'Concluída com avisos',
  failed: 'Falhou',
  cancelled: 'Cancelada',
} as const;
export type RunState = keyof typeof runStateLabels;

export const runKindLabels = {
  first: 'Primeira',
  poll: 'Incremental',
  full: 'Completa',
  backfill: 'Reprocessamento',
  reconcile: 'Conferência',
} as const;
export type RunKind = keyof typeof runKindLabels;

export const backfillStateLabels = {
  waiting: 'Na fila',
  estimating: 'Contando',
  ready: 'Pronto para começar',
  running: 'Lendo',
  paused: 'Pausado',
  done: 'Concluído',
  cancelled: 'Cancelado',
  failed: 'Falhou',
} as const;
export type BackfillState = keyof typeof backfillStateLabels;

/** WooCommerce's own statuses in its Portuguese words; a shop's own status shows as the shop writes it. */
export function orderStatusLabel(wcStatus: string): string {
  const known: Record<string, string> = {
    pending: 'Pagamento pendente',
    processing: 'Processando',
    'on-hold': 'Aguardando',
    completed: 'Concluído',
    cancelled: 'Cancelado',
    refunded: 'Reembolsado',
    failed: 'Malsucedido',
    trash: 'Na lixeira',
    draft: 'Rascunho',
    'checkout-draft': 'Rascunho',
  };
  return Object.hasOwn(known, wcStatus) ? known[wcStatus]! : wcStatus;
}

export const phoneReasonLabels: Readonly<Record<string, string>> = {
  missing_area_code: 'falta o DDD',
  unknown_area_code: 'DDD não existe',
  too_short: 'faltam dígitos',
  too_long: 'dígitos demais',
  invalid_local_number: 'não é um número de telefone',
  scientific_notation: 'estragado por uma planilha',
  service: 'número de serviço',
};

export const loginMessages = {
  wrong: 'E-mail ou senha incorretos.',
  tooMany: 'Muitas tentativas. Espere 15 minutos e tente de novo.',
  wrongCode: 'O código não confere, ou já foi usado. Espere o próximo e tente de novo.',
  codeTooLate: 'Passou do tempo. Entre de novo.',
  linkInvalid: 'Este link já foi usado ou venceu. Peça um novo a quem administra a instalação.',
  noCompany: 'Você ainda não tem acesso a nenhuma empresa. Peça a quem administra a sua.',
} as const;

export const userMessages = {
  badInvitation: 'Diga o e-mail e o papel de quem você convida.',
  isMember: 'Esta pessoa já tem acesso à empresa.',
  badRole: 'Este papel não existe.',
  lastOwner: 'A empresa precisa de pelo menos um proprietário. Dê esse papel a outra pessoa antes.',
  ownersOnly: 'Só um proprietário desliga a verificação em duas etapas de alguém.',
  worksElsewhere:
    'Esta pessoa trabalha também em outras empresas. Quem administra a instalação desliga: carrinho usuario liberar.',
  nameMissing: 'Diga o seu nome.',
  invitationInvalid: 'Este convite já foi usado, foi cancelado ou venceu. Peça um novo a quem convidou você.',
} as const;

/** What is wrong with a password that somebody chooses, or null. */
export function passwordFault(password: string): string | null {
  if (password.length < minPasswordLength) return `A senha precisa de pelo menos ${minPasswordLength} caracteres.`;
  if (password.length > 200) return 'A senha pode ter no máximo 200 caracteres.';
  return null;
}

export const accountMessages = {
  wrongPassword: 'A senha atual não confere.',
  passwordSaved: 'A senha foi mudada, e as outras sessões foram encerradas.',
  passwordAndTokensGone: 'A senha foi mudada; as outras sessões foram encerradas e as chaves, revogadas.',
  sessionsEnded: 'As outras sessões foram encerradas.',
  companyChosen: 'Esta empresa abre primeiro a partir de agora.',
  wrongCode: 'O código não confere. Veja se o relógio do celular está certo e digite o código que aparece agora.',
  codeTooLate: 'Passou do tempo. Comece de novo.',
  twoStepsOff: 'A verificação em duas etapas foi desligada.',
} as const;

export const tokenMessages = {
  nameMissing: 'Dê um nome à chave: o programa que vai usá-la.',
  scopeMissing: 'Escolha o que a chave pode fazer.',
  tooMany: 'Você já tem 20 chaves em uso nesta empresa. Revogue uma antes.',
  revoked: 'A chave foi revogada: a partir de agora ela não abre nada.',
} as const;

export const apiMessages = {
  scope: 'Esta chave não tem permissão para isto. Faça outra em Minha conta.',
  role: 'Seu papel não permite isto.',
  suspended: 'A empresa está suspensa: os dados podem ser vistos, mas nada é gravado.',
  failed: 'Algo falhou aqui. Tente de novo daqui a pouco.',
  notJson: 'Mande o corpo como JSON (Content-Type: application/json).',
  badJson: 'O corpo não é JSON.',
  leadExists: 'Já há um lead com este telefone ou e-mail. Mande "force": true para cadastrar assim mesmo.',
  exportLimit: (limit: number, used: number) =>
    `Seu papel leva ${limit} linhas com contatos por dia, em arquivos e pela API, e hoje já levou ${used}. Peça menos linhas, espere até amanhã ou fale com um administrador.`,
} as const;

export const leadMessages = {
  noShop: 'Conecte uma loja antes: um lead pertence a uma loja.',
  chooseShop: 'Escolha a loja deste lead.',
} as const;

/** Why somebody who sees masked contacts looks at one: chosen, not written, so that the log holds no names. */
export const revealReasons: Readonly<Record<string, string>> = {
  answer: 'A pessoa nos procurou',
  check_order: 'Conferir um pedido ou uma entrega',
  correct: 'Conferir ou corrigir um cadastro',
  duplicate: 'Saber se duas pessoas são a mesma',
};
/** A day and user: enough for questions, too few to copy a list. */
export const mostReveals = 20;
export const revealMessages = {
  reasonMissing: 'Escolha o motivo.',
  tooMany: `Você já viu ${mostReveals} contatos por inteiro hoje. Peça a um operador, ou espere até amanhã.`,
} as const;

/** What the audit log says of each act; an act without a text shows its code. */
export const auditLabels: Readonly<Record<string, string>> = {
  'auth.login': 'Entrou',
  'auth.password_changed': 'Mudou a própria senha',
  'auth.sessions_ended': 'Encerrou outras sessões',
  'auth.two_steps_on': 'Ligou a verificação em duas etapas',
  'auth.two_steps_off': 'Desligou a verificação em duas etapas',
  'auth.recovery_code_used': 'Entrou com um código de reserva',
  'person.viewed': 'Viu a página de uma pessoa',
  'person.reported': 'Leu o relatório de acesso de uma pessoa',
  'person.divided': 'Separou uma pessoa em duas',
  'person.erased': 'Eliminou os dados de uma pessoa',
  'request.created': 'Registrou um pedido de titular',
  'request.decided': 'Decidiu um pedido de titular',
  'retention.applied': 'Retenção: removeu o que passou do prazo',
  'retention.changed': 'Mudou a retenção',
  'legal_basis.changed': 'Mudou a base legal',
  'person.united': 'Uniu duas pessoas',
  'person.told_apart': 'Disse que duas pessoas são diferentes',
  'cart.link_copied': 'Copiou o link de um carrinho',
  'person.word_undone': 'Desfez uma união ou separação',
  'contact.revealed': 'Revelou um contato',
  'list.changed': 'Agiu sobre uma seleção',
  'export.created': 'Exportou',
  'report.exported': 'Baixou um relatório',
  'export.downloaded': 'Baixou uma exportação',
  'api.listed': 'Leu uma lista pela API',
  'token.created': 'Fez uma chave da API',
  'token.revoked': 'Revogou uma chave da API',
  'lead.created': 'Cadastrou um lead',
  'lead.erased': 'Esvaziou um lead cadastrado à mão: a pessoa pediu a eliminação',
  'user.invited': 'Convidou um usuário',
  'user.invitation_cancelled': 'Cancelou um convite',
  'user.joined': 'Aceitou um convite',
  'user.role_changed': 'Mudou o papel de um usuário',
  'user.removed': 'Removeu um usuário',
  'user.two_steps_reset': 'Desligou a verificação em duas etapas de um usuário',
  'company.created': 'Criou a empresa',
  'company.edited': 'Mudou os dados da empresa',
  'company.suspended': 'Suspendeu a empresa',
  'company.resumed': 'Reativou a empresa',
  'company.visited': 'Visitou a empresa como superadministrador',
  'company.visit_ended': 'Encerrou a visita',
  'company.look_changed': 'Mudou cor ou logotipo',
  'connection.saved': 'Gravou o acesso à loja',
  'connection.tested': 'Testou o acesso à loja',
  'coupon.changed': 'Mudou o cupom',
  'mapping.saved': 'Gravou o mapeamento',
  'message.changed': 'Mudou uma mensagem',
  'schedule.changed': 'Mudou a agenda da loja',
  'settings.saved': 'Mudou configurações',
  'settings.changed': 'Mudou configurações',
  'site.started': 'Pediu a primeira sincronização',
  'sync.backfill_asked': 'Pediu para reprocessar um período',
  'sync.loss_accepted': 'Aceitou uma perda de registros',
  'sync.paused': 'Pausou ou retomou a sincronização',
  'sync.quarantine_retried': 'Tentou de novo o que não se leu',
  'sync.recompute_asked': 'Pediu para recalcular',
  'sync.requested': 'Pediu uma sincronização',
};

export const lgpdMessages = {
  forbidden: 'Seu papel não permite decidir sobre dados de titulares.',
  not_open: 'Este pedido já foi decidido.',
  own_request: 'Quem pediu a eliminação não a aprova: outro proprietário precisa aprovar.',
  too_early: 'O único proprietário confirma o próprio pedido 24 horas depois.',
  badRetention: 'Use números inteiros: 1 a 120 meses, 1 a 3650 dias, e o registro por 6 a 120 meses.',
  badDivision: 'Escolha dois contatos diferentes desta pessoa.',
  preview: 'Isto é o que sairia com estes prazos. Nada foi salvo.',
  done: {
    pedido: 'Pedido registrado. Um proprietário decide abaixo.',
    approve: 'Aprovado: os dados somem em até um minuto.',
    refuse: 'Pedido recusado.',
    close: 'Pedido marcado como atendido.',
    retencao: 'Retenção salva.',
    base: 'Base legal salva.',
  } as Readonly<Record<string, string>>,
} as const;

export const companyMessages = {
  nameMissing: 'Diga o nome da empresa.',
  badTimeZone: 'Este fuso horário não existe.',
  badReason: 'Diga o motivo da visita em pelo menos 5 letras.',
  badColor: 'A cor precisa ser escrita como #0f766e.',
  badLogo: 'O logotipo precisa ser uma imagem PNG, JPEG ou WebP.',
  bigLogo: 'O logotipo pode ter no máximo 200 KB.',
} as const;
