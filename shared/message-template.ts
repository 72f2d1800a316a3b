// The one renderer of messages to people: preview, button and queue show the same text. `{nome}` is a variable, `{nome|tudo bem}` says what
// stands there when it is empty, `{{` is a brace. Values are data: nothing inside them is a variable again.

export const messageVariables = [
  'nome',
  'nome_completo',
  'empresa',
  'itens',
  'valor',
  'link_carrinho',
  'tamanho',
  'numero',
  'data',
  'operador',
  'saudacao',
  'cupom',
  'desconto',
  'validade',
] as const;
export type MessageVariable = (typeof messageVariables)[number];
/** A blank value counts as absent. */
export type MessageValues = Partial<Record<MessageVariable, string>>;

export type TemplatePart = { text: string } | { variable: MessageVariable; ifEmpty: string };
export type TemplateFault = { kind: 'unknown_variable'; name: string } | { kind: 'unclosed' };

const isVariable = (name: string): name is MessageVariable => (messageVariables as readonly string[]).includes(name);

/** The parts of a template, and why it can't be saved; what is faulty stands there as it was typed. */
export function parseTemplate(template: string): { parts: TemplatePart[]; faults: TemplateFault[] } {
  const parts: TemplatePart[] = [];
  const faults: TemplateFault[] = [];
  for (const [token] of template.matchAll(/\{\{|\{[^{}]*\}|[^{]+|\{/g)) {
    if (token === '{{') parts.push({ text: '{' });
    else if (token === '{') {
      faults.push({ kind: 'unclosed' });
      parts.push({ text: token });
    } else if (token.startsWith('{')) {
      const [name = '', ...rest] = token.slice(1, -1).split('|');
      if (isVariable(name.trim())) parts.push({ variable: name.trim() as MessageVariable, ifEmpty: rest.join('|') });
      else {
        faults.push({ kind: 'unknown_variable', name });
        parts.push({ text: token });
      }
    } else parts.push({ text: token });
  }
  return { parts, faults };
}

/** The variables that a template uses, each once. */
export function variablesOf(template: string): MessageVariable[] {
  const used = parseTemplate(template).parts.flatMap((part) => ('variable' in part ? [part.variable] : []));
  return [...new Set(used)];
}

/** Half an emoji, which no address can hold, becomes U+FFFD. */
const wellFormed = (text: string) => text.replace(/\p{Surrogate}/gu, '\ufffd');

/** One line, plain spaces: a name with a line break must not break the message, and `R$ 10,00` has a no-break space. */
const oneLine = (text: string) =>
  wellFormed(text)
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();

/** The message of one person. */
export function renderMessage(template: string, values: MessageValues): string {
  const text = parseTemplate(template)
    .parts.map((part) => ('text' in part ? part.text : oneLine(values[part.variable] ?? '') || part.ifEmpty))
    .join('');
  return wellFormed(text.replaceAll('\r\n', '\n'));
}

/** `MARIA DA SILVA` → `Maria`; empty for what is no name (`12`, an e-mail). */
export function firstNameOf(name: string | null): string {
  const first = oneLine(name ?? '').split(' ')[0] ?? '';
  if (!/\p{L}{2}/u.test(first) || first.includes('@')) return '';
  return first.toLocaleLowerCase('pt-BR').replace(/(^|[-'’])\p{L}/gu, (letter) => letter.toLocaleUpperCase('pt-BR'));
}

/** `Bom dia` from 5 to 12, `Boa tarde` to 18, else `Boa noite`; `hour` is local. */
export function greetingAt(hour: number): string {
  if (hour >= 5 && hour < 12) return 'Bom dia';
  return hour >= 12 && hour < 18 ? 'Boa tarde' : 'Boa noite';
}

export const longMessage = 1000;

/** Does the text tell how to get no more messages? */
export function hasWayOut(template: string): boolean {
  return /não (quer|quis|desej)|parar|descadastr|\bsair\b/i.test(template);
}

export const whatsappOpeners = ['wa_me', 'web', 'app'] as const;
export type WhatsappOpener = (typeof whatsappOpeners)[number];

/** The address that opens WhatsApp with the text written; `digits` as wa.me wants them (5511987654321). */
export function whatsappUrl(opener: WhatsappOpener, { digits, text }: { digits: string; text: string }): string {
  const query = text === '' ? '' : `text=${encodeURIComponent(text)}`;
  if (opener === 'wa_me') return `https://wa.me/${digits}${query && `?${query}`}`;
  const address = opener === 'web' ? 'https://web.whatsapp.com/send' : 'whatsapp://send';
  return `${address}?phone=${digits}${query && `&${query}`}`;
}

/**
 * The restore link of WooCommerce Cart Abandonment Recovery: it gives the cart and the person's data back to whoever opens it, so it is for that
 * person only. Null when the shop can't make it (docs/wordpress.md, Recovery link).
 */
export function cartLink(cart: {
  siteUrl: string | null;
  checkoutPageId: string | null;
  sessionId: string | null;
}): string | null {
  const { siteUrl, checkoutPageId, sessionId } = cart;
  if (!siteUrl || !URL.canParse(siteUrl) || !sessionId || !checkoutPageId || checkoutPageId === '0') return null;
  const token = Buffer.from(`wcf_session_id=${sessionId}`).toString('base64');
  return `${siteUrl.replace(/\/+$/, '')}/?page_id=${checkoutPageId}&wcf_ac_token=${encodeURIComponent(token)}`;
}
