// An order as rows: which state presumes the area code of a number that was typed without one.
import { expect, test } from 'vitest';
import type { SiteId, TenantId } from '#shared/ids.ts';
import type { OrderRecord } from '../../records.ts';
import type { SiteSettings } from '../../settings.ts';
import { orderTarget } from './order.ts';

const site: SiteSettings = {
  tenantId: '1' as TenantId,
  siteId: '1' as SiteId,
  slug: 'loja',
  tablePrefix: 'wp_',
  cartTable: null,
  siteUrl: null,
  orderStorage: 'hpos',
  timeZone: 'America/Sao_Paulo',
  ownTimeZone: null,
  currency: 'BRL',
  ownCurrency: null,
  tenantCurrency: 'BRL',
  areaCode: '11',
  cutOffMinutes: 60,
  windowAfterMinutes: 43_200,
  mappings: [],
  isSuspended: false,
};

const order: OrderRecord = {
  externalId: '1',
  orderNumber: null,
  storage: 'hpos',
  wcStatus: 'processing',
  currency: 'BRL',
  total: '10.00',
  taxTotal: '0',
  shippingTotal: '0',
  discountTotal: '0',
  customerExternalId: null,
  firstName: null,
  lastName: null,
  email: null,
  cellphone: null,
  phone: null,
  shippingPhone: null,
  company: null,
  address1: null,
  address2: null,
  addressNumber: null,
  district: null,
  city: null,
  state: null,
  postcode: null,
  country: 'BR',
  shippingState: null,
  taxDocument: null,
  personType: null,
  paymentMethod: null,
  paymentMethodTitle: null,
  createdVia: 'checkout',
  customerNote: null,
  utmSource: null,
  utmMedium: null,
  utmCampaign: null,
  utmContent: null,
  isAnonymized: false,
  createdAt: new Date('2026-01-10T12:00:00Z'),
  modifiedAt: null,
  paidAt: null,
  completedAt: null,
  createdText: null,
  modifiedText: null,
  items: [],
  refunds: [],
  coupons: [],
  fingerprint: '',
};

const phoneKeyOf = (changes: Partial<OrderRecord>) =>
  orderTarget.toRows({ ...order, ...changes }, { site, shopNow: new Date('2026-01-10T12:00:00Z') }).keys[0]?.key;

test('a billing phone without area code takes the one of the shipping state when billing names no state', () => {
  const acre = { state: null, shippingState: 'AC' };
  expect(phoneKeyOf({ ...acre, phone: '98765-4321' })).toBe('+5568987654321');
  expect(phoneKeyOf({ ...acre, cellphone: '98765-4321' })).toBe('+5568987654321');
});

test('the billing state goes before the shipping state for a billing phone', () => {
  expect(phoneKeyOf({ state: 'DF', shippingState: 'AC', phone: '98765-4321' })).toBe('+5561987654321');
});

test('an order that names no state presumes the shop’s area code', () => {
  expect(phoneKeyOf({ phone: '98765-4321' })).toBe('+5511987654321');
});

test('an address abroad names no Brazilian state, whatever its letters', () => {
  expect(phoneKeyOf({ country: 'US', state: 'AL', phone: '98765-4321' })).toBe('+5511987654321');
  expect(phoneKeyOf({ country: 'BR', state: 'AL', phone: '98765-4321' })).toBe('+5582987654321');
});
