// The kinds of copies, by target.
import type { Target } from '../source.ts';
import type { TargetDefinition } from './target.ts';
import { cartTarget } from './targets/cart.ts';
import { cartEmailTarget } from './targets/cart-email.ts';
import { customerTarget } from './targets/customer.ts';
import { leadTarget } from './targets/lead.ts';
import { leadAnswerTarget } from './targets/lead-answer.ts';
import { orderTarget } from './targets/order.ts';

export const targets: { [T in Target]: TargetDefinition } = {
  lead: leadTarget,
  lead_answer: leadAnswerTarget,
  cart: cartTarget,
  cart_email: cartEmailTarget,
  order: orderTarget,
  customer: customerTarget,
};
