// A lead by hand, saved from the Leads page or by the API, in statuses, people and figures at its commit.
import type { TenantId } from '#shared/ids.ts';
import { type ManualLead, type SavedLead, saveManualLead } from '#shared/manual-lead.ts';
import { leadMessages } from '#web/messages.ts';
import type { Tx } from '../db.ts';
import { recomputeNow, statementsOf } from '../recompute.ts';

type NewLead = {
  company: { id: TenantId };
  typed: ManualLead;
  /** The shop's slug, or our id of it; the only one when absent. */
  site: string | undefined;
  isForced: boolean;
  now: Date;
};

/** Saves the lead of one shop of the company, or says why not. */
export async function createLead(tx: Tx, { company, typed, site, isForced, now }: NewLead): Promise<SavedLead> {
  const sites = await tx<{ id: string; slug: string; areaCode: string | null }[]>`
    select s.id, s.slug, coalesce(s.area_code, t.area_code) as area_code
    from sites s join tenants t on t.id = s.tenant_id order by s.name, s.id`;
  const chosen = site ? sites.filter(({ id, slug }) => slug === site || id === site) : sites;
  if (chosen.length !== 1) {
    const sentence = sites.length === 0 ? leadMessages.noShop : leadMessages.chooseShop;
    return { kind: 'invalid', field: null, sentence };
  }
  const saved = await saveManualLead(statementsOf(tx, company.id), typed, { site: chosen[0]!, isForced, now });
  if (saved.kind === 'done') {
    await recomputeNow(tx, { tenantId: company.id, now }, { records: [{ entity: 'lead', id: saved.id }] });
  }
  return saved;
}
