// "Por que recuperado?": the score of a match as a sum of lines that a person can check (docs/rules.md, Score). The cap of the two keys, the
// clamp to 0–100 and the proof that makes it 100 are lines too, so that the list always adds up to the score shown.

/** The evidence that the score is the sum of (docs/rules.md, Match). */
export type MatchEvidence = {
  hasEmail: boolean;
  phoneKind: 'mobile' | 'landline' | 'international' | null;
  isPhonePresumed: boolean;
  isAllShared: boolean;
  hasCoupon: boolean;
  isAfter: boolean;
  /** 0–1. */
  itemShare: number;
  deltaSeconds: string;
  /** Linked by a third record only. */
  isIndirect: boolean;
  /** The order brought back the code of a contact. */
  hasCode: boolean;
  /** A person said that it was this order. */
  isChosen: boolean;
  score: number;
};

export type ScoreLine = { points: number; label: string };

const hour = 3600;
const day = 24 * hour;
const maxKeyPoints = 80;
const indirectPoints = 35;

const phonePoints = { mobile: 45, international: 45, landline: 25 } as const;
const phoneLabels = {
  mobile: 'mesmo celular',
  international: 'mesmo telefone (internacional)',
  landline: 'mesmo telefone fixo',
} as const;

/** The lines of one match, greatest evidence first; their sum is `evidence.score`. */
export function scoreLines(evidence: MatchEvidence): ScoreLine[] {
  const lines: ScoreLine[] = [];
  const add = (points: number, label: string) => {
    if (points !== 0) lines.push({ points, label });
  };
  const sum = () => lines.reduce((total, { points }) => total + points, 0);
  const { phoneKind } = evidence;
  const email = evidence.hasEmail ? 50 : 0;
  const phone = phoneKind ? phonePoints[phoneKind] : 0;
  if (evidence.isIndirect) add(indirectPoints, 'mesma pessoa, por outro registro');
  add(email, 'mesmo e-mail');
  if (phoneKind) add(phone, phoneLabels[phoneKind]);
  add(Math.min(0, maxKeyPoints - email - phone), `e-mail e telefone juntos valem no máximo ${maxKeyPoints}`);
  if (phoneKind && evidence.isPhonePresumed) add(-15, 'o DDD do telefone foi presumido');
  if (evidence.isAllShared) add(-25, 'contato usado por várias pessoas');
  if (evidence.hasCoupon) add(40, 'usou o cupom do carrinho');
  add(Math.round(25 * evidence.itemShare), evidence.itemShare === 1 ? 'os mesmos itens' : 'parte dos mesmos itens');
  const distance = Math.abs(Number(evidence.deltaSeconds));
  if (distance <= day) add(10, 'até 24 h entre carrinho e pedido');
  else if (distance <= 7 * day) add(5, 'até 7 dias entre carrinho e pedido');
  else if (distance > 14 * day) add(-10, 'mais de 14 dias entre carrinho e pedido');
  if (!evidence.isAfter) add(-20, 'pedido feito antes do carrinho');

  if (sum() > 100) add(100 - sum(), 'a pontuação vai de 0 a 100');
  // A proof is shown even where the other evidence made 100 already.
  if (evidence.hasCode) lines.push({ points: 100 - sum(), label: 'código do nosso contato no pedido' });
  if (evidence.isChosen) lines.push({ points: 100 - sum(), label: 'pedido escolhido à mão' });
  add(evidence.score - sum(), sum() < 0 ? 'a pontuação vai de 0 a 100' : 'ajuste');
  return lines;
}
