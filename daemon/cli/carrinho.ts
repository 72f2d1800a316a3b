// `mostrar carrinho` and `carrinho ajustar`: the drawer "Por que recuperado?" in the terminal, and what a person may say of a cart.
import {
  type CartStatus,
  cartReasonLabels,
  cartStatusLabels,
  changeCauseLabels,
  channelLabels,
  confidenceLabels,
  confidenceOf,
  voidOrderText,
} from '#shared/cart-words.ts';
import { formatMoney } from '#shared/money.ts';
import {
  findOrderByNumber,
  findRecovery,
  type Judgement,
  judgeCart,
  overrideInForce,
  provingContact,
  type Recovery,
  type RecoveryMatch,
} from '#shared/recovery.ts';
import { scoreLines } from '#shared/score-lines.ts';
import { offsetAt, type TimeZone } from '#shared/time-zone.ts';
import { statementsOf, withTenant } from '../db.ts';
import { authorOptions } from './author.ts';
import { type Command, type CommandContext, CommandError, choiceOption, tenantOption, UsageError } from './command.ts';
import { actOnRecord, findRecordOption, recordOptions } from './record-options.ts';
import { siteOption } from './site-options.ts';

const statusWords = {
  abandonado: 'abandoned',
  aguardando: 'waiting',
  recuperado: 'recovered',
  compra_direta: 'purchased',
  removido: 'removed',
} as const satisfies Record<string, CartStatus>;
const words = Object.keys(statusWords) as (keyof typeof statusWords)[];

const cartOptions = {
  empresa: recordOptions.empresa!,
  loja: recordOptions.loja!,
  episodio: recordOptions.episodio!,
};

/** The command as if the cart's number had come as --carrinho. */
function withNumber(context: CommandContext): CommandContext {
  const [number] = context.positionals;
  if (context.positionals.length !== 1 || !/^\d{1,18}$/.test(number!))
    throw new UsageError('Diga o número do carrinho na loja.');
  return { ...context, options: { ...context.options, carrinho: number } };
}

const show: Command = {
  name: 'mostrar carrinho',
  summary: 'Mostra por que um carrinho foi recuperado, ou não: pedidos com pontos, contatos, ajustes e histórico',
  positionals: 'NUMERO',
  options: cartOptions,
  examples: [
    'carrinho mostrar carrinho 812 --empresa=sol',
    'carrinho mostrar carrinho 812 --empresa=sol --loja=matriz --episodio=1 --json',
  ],
  async run(given) {
    const context = withNumber(given);
    const tenant = await tenantOption(context);
    const site = context.options.loja === undefined ? null : await siteOption(context, tenant);
    const recovery = await withTenant(context.pool, tenant.id, async (client) => {
      const record = await findRecordOption(context, client, site?.id ?? null);
      return await findRecovery(statementsOf(client), record!.id);
    });
    if (!recovery) throw new CommandError('Este carrinho ainda não foi calculado. Use "carrinho recalcular".');
    const matches = recovery.matches.map((match) => ({ ...match, lines: scoreLines(match) }));
    context.output.result({ tenant: tenant.slug, ...recovery, matches }, () =>
      print(context, recovery, tenant.timeZone),
    );
  },
};

function print({ output }: CommandContext, recovery: Recovery, timeZone: TimeZone): void {
  const at = (instant: Date) => localTime(instant, timeZone);
  const { matches, bestOrderId, causalClass } = recovery;
  const best = matches.find(({ orderId }) => orderId === bestOrderId);
  const episode = recovery.episode > 1 ? `, episódio ${recovery.episode}` : '';
  output.line(`Carrinho ${recovery.number} de ${recovery.site}${episode}, de ${at(recovery.firstActivityAt)}`);
  output.line(statusText(recovery));
  if (recovery.voidOrder)
    output.line(`O pedido ${recovery.voidOrder.number} não conta mais: ${voidOrderText(recovery.voidOrder.wcStatus)}.`);
  const override = overrideInForce(recovery);
  if (override) {
    const said = {
      status: `situação ${cartStatusLabels[override.status ?? 'abandoned'].toLowerCase()}`,
      not_recovery: 'não foi recuperação',
      other_order: `foi o pedido ${override.orderNumber}`,
    }[override.kind];
    const note = override.note ? ` (${override.note})` : '';
    output.line(`Ajuste manual por ${authorText(override.author)} em ${at(override.createdAt)}: ${said}${note}`);
  }
  if (best) {
    output.line(
      `\nPedido ${best.orderNumber} · ${money(best.totalMinor, best.currency)} · ${confidence(best)}${remarks(best)}`,
    );
    printLines(output.line, best);
  }
  if (recovery.status === 'recovered' && best) {
    const credited = matches.find(({ orderId }) => orderId === recovery.creditedOrderId);
    output.line(
      credited && recovery.creditedMinor !== null
        ? `Crédito: ${money(recovery.creditedMinor, credited.currency)} do pedido ${credited.orderNumber}`
        : recovery.creditHolder
          ? `Sem crédito: mesmo pedido do carrinho ${recovery.creditHolder}`
          : 'Sem crédito: só um contato usado por várias pessoas liga o pedido ao carrinho',
    );
    if (causalClass) output.line(`Classe: ${cartReasonLabels[causalClass]}`);
    if (recovery.boughtOtherItems)
      output.line('Comprou antes, e outro produto: o carrinho continua na fila de contato.');
  }
  const proof = provingContact(recovery);
  if (proof)
    output.line(
      `Contato antes da compra: ${channelLabels[proof.channel]} por ${authorText(proof.author)}, ${at(proof.contactedAt)}`,
    );
  const others = matches.filter((match) => match !== best);
  if (others.length > 0) output.line('\nOutros pedidos possíveis');
  for (const match of others) {
    output.line(
      `  ${match.orderNumber} · ${money(match.totalMinor, match.currency)} · ${confidence(match)}${remarks(match)}`,
    );
    printLines(output.line, match);
  }
  output.line(`\nHistórico: ${recovery.changeCount === 1 ? '1 mudança' : `${recovery.changeCount} mudanças`}`);
  for (const change of recovery.changes) {
    const from = change.fromStatus ? `${cartStatusLabels[change.fromStatus]} → ` : '';
    const order = change.orderNumber ? ` · pedido ${change.orderNumber}` : '';
    const cause = change.cause ? ` · ${changeCauseLabels[change.cause]}` : '';
    const author = change.author ? ` · ${change.author}` : '';
    output.line(
      `  ${at(change.happenedAt)}  ${from}${cartStatusLabels[change.toStatus]} · ${cartReasonLabels[change.toReason].toLowerCase()}${order}${cause}${author}`,
    );
  }
}

function printLines(line: (text: string) => void, match: RecoveryMatch): void {
  for (const { points, label } of scoreLines(match))
    line(`  ${(points < 0 ? `−${-points}` : `+${points}`).padStart(5)}  ${label}`);
  line(`  ${`= ${match.score}`.padStart(5)}`);
}

/** `Recuperado · espontânea`; a reason that says the same as the status is left out. */
function statusText({ status, reason }: Recovery): string {
  const label = cartStatusLabels[status];
  const why = cartReasonLabels[reason];
  return why === label ? label : `${label} · ${why.toLowerCase()}`;
}

const money = (minor: string, currency: string) => formatMoney(BigInt(minor), currency).replaceAll('\u00a0', ' ');
const confidence = ({ score }: RecoveryMatch) => `confiança ${confidenceLabels[confidenceOf(score)]} (${score})`;
const authorText = (name: string | null) => name ?? 'linha de comando';

function remarks({ isIndirect, isCounted, isRefused, via }: RecoveryMatch): string {
  const record = via && `${{ order: 'pedido', cart: 'carrinho', lead: 'lead' }[via.entity]} ${via.number}`;
  const indirect = isIndirect ? ` · possível, mesma pessoa ${record ? `via ${record}` : 'por união à mão'}` : '';
  return `${indirect}${isIndirect && !isCounted ? ' · não conta' : ''}${isRefused ? ' · recusado à mão' : ''}`;
}

/** `10/01/2026 14:32` in the company's time zone. */
function localTime(instant: Date, timeZone: TimeZone): string {
  const text = new Date(instant.getTime() + offsetAt(instant.getTime(), timeZone)).toISOString();
  return `${text.slice(8, 10)}/${text.slice(5, 7)}/${text.slice(0, 4)} ${text.slice(11, 16)}`;
}

const judge: Command = {
  name: 'carrinho ajustar',
  summary: 'Diz à mão o que um carrinho é: não foi recuperação, foi outro pedido, ou uma situação',
  positionals: 'NUMERO',
  options: {
    ...cartOptions,
    situacao: { value: 'SITUACAO', help: words.join(', ') },
    'nao-foi-recuperacao': { help: 'nenhum pedido criado até agora recupera este carrinho' },
    'foi-pedido': { value: 'NUMERO', help: 'o pedido com este número é o deste carrinho, seja qual for a janela' },
    nota: { value: 'TEXTO', help: 'por quê' },
    desfazer: { help: 'volta às regras' },
    ...authorOptions,
  },
  examples: [
    'carrinho carrinho ajustar 812 --empresa=sol --nao-foi-recuperacao --usuario=ana@exemplo.example',
    'carrinho carrinho ajustar 812 --empresa=sol --foi-pedido=4823 --nota="comprou com o e-mail da irmã"',
    'carrinho carrinho ajustar 812 --empresa=sol --desfazer',
  ],
  async run(given) {
    const context = withNumber(given);
    const { options, output } = context;
    const status = choiceOption(context, 'situacao', words);
    const number = options['foi-pedido'];
    const asked = [
      status,
      number,
      context.has('nao-foi-recuperacao') || undefined,
      context.has('desfazer') || undefined,
    ];
    if (asked.filter((one) => one !== undefined).length !== 1)
      throw new UsageError('Diga uma coisa: --situacao, --nao-foi-recuperacao, --foi-pedido ou --desfazer.');
    const cartId = await actOnRecord(
      context,
      async ({ db, userId, record, touch }) => {
        const cart = record();
        let judgement: Judgement | null = null;
        if (status) judgement = { kind: 'status', status: statusWords[status] };
        else if (context.has('nao-foi-recuperacao')) judgement = { kind: 'not_recovery' };
        else if (number !== undefined) {
          const orderId = await findOrderByNumber(db, { number, cartId: cart.id });
          if (!orderId) throw new CommandError(`Não há pedido ${number} nesta empresa.`);
          judgement = { kind: 'other_order', orderId };
        }
        await judgeCart(db, judgement, {
          cartId: cart.id,
          userId,
          now: context.now,
          note: (options.nota ?? '').trim(),
        });
        touch(cart);
        return cart.id;
      },
      'by_hand',
    );
    const tenant = await tenantOption(context);
    const recovery = await withTenant(context.pool, tenant.id, (client) => findRecovery(statementsOf(client), cartId));
    output.result({ tenant: tenant.slug, ...recovery! }, () =>
      output.line(`Carrinho ${recovery!.number}: ${statusText(recovery!)}.`),
    );
  },
};

export const cartCommands = [show, judge];
