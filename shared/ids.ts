// Ids are branded strings, so that a site's id never goes where a tenant's is wanted; bigint ids stay strings on their way through JavaScript.

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

export type TenantId = Branded<'TenantId'>;
export type SiteId = Branded<'SiteId'>;
export type RunId = Branded<'RunId'>;
export type CartId = Branded<'CartId'>;
export type OrderId = Branded<'OrderId'>;
export type LeadId = Branded<'LeadId'>;
export type PersonId = Branded<'PersonId'>;
export type UserId = Branded<'UserId'>;
