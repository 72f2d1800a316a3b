// 14: the forms: which ones with their titles, which keys they have and how often each is filled, and the mapping that their answers suggest. A saved
// mapping whose keys the newest entries no longer have is found here: the form was edited.

import { type FormEntry, sampledEntries, suggestMapping } from '#shared/mapping-suggestion.ts';
import type { ShopContext } from '../../source.ts';
import { readFormTitles } from '../../wordpress/form-titles.ts';
import type { Check, DoctorContext, Finding } from '../check.ts';
import { judgeForm } from '../form-state.ts';
import { countRows, sampleNewest, shopOf, streamsOf } from '../sample.ts';

/** Answers of so many entries: forms have a handful of fields each. */
const sampledAnswers = 3000;

export const forms: Check = {
  nn: 14,
  name: 'Formulários',
  needs: ['shop', 'facts'],
  async run(context): Promise<Finding> {
    const shop = shopOf(context);
    const { site, found } = context;
    const leads = streamsOf(context, shop, 'lead');
    if (leads.length === 0) return { state: 'warning', code: 'forms_missing', facts: {} };
    let count = 0;
    const entries: FormEntry[] = [];
    for (const { source, stream } of leads) {
      count += await countRows(context, shop, stream);
      entries.push(...(await readEntries(context, shop, source.name)));
    }
    if (entries.length === 0) return { state: 'ok', code: 'forms_none', facts: { count: String(count) } };

    const { forms: suggested, shop: keys } = suggestMapping(entries, { areaCode: site.areaCode });
    const titles = readFormTitles(found.facts!.options.fv_forms);
    const described = suggested.map((form) => {
      const own = entries.filter(({ formPlugin, formId }) => formPlugin === form.formPlugin && formId === form.formId);
      const title = titles.find(({ formPlugin, formId }) => formPlugin === form.formPlugin && formId === form.formId);
      return { ...form, title: title?.title ?? null, ...judgeForm(form, own, site) };
    });
    const details = { forms: described, shop: keys };
    const facts = { count: String(count), forms: String(described.length) };
    for (const [state, code] of [
      ['changed', 'form_keys_changed'],
      ['unmapped', 'form_unmapped'],
    ] as const) {
      const form = described.find((one) => one.state === state);
      if (!form) continue;
      const { oldKey, newKey } = form.lost[0]!;
      const name = { form: `${form.formPlugin}:${form.formId}`, title: form.title ?? form.formId };
      return { state: 'warning', code, facts: { ...facts, ...name, oldKey, newKey }, details };
    }
    return { state: 'ok', code: site.mappings.length === 0 ? 'forms_found' : 'forms_mapped', facts, details };
  },
};

/** The newest entries with the answers that belong to them; the link column has no index, so each table is read by its own ids. */
async function readEntries(context: DoctorContext, shop: ShopContext, sourceName: string): Promise<FormEntry[]> {
  const byLead = new Map<string, FormEntry['answers']>();
  for (const { stream } of streamsOf(context, shop, 'lead_answer').filter(({ source }) => source.name === sourceName)) {
    const { records } = await sampleNewest(context, shop, { stream, limit: sampledAnswers });
    for (const { leadExternalId, key, value } of records.reverse()) {
      const answers = byLead.get(leadExternalId);
      if (answers) answers.push({ key, value });
      else byLead.set(leadExternalId, [{ key, value }]);
    }
  }
  const entries: FormEntry[] = [];
  for (const { stream } of streamsOf(context, shop, 'lead').filter(({ source }) => source.name === sourceName)) {
    const { records } = await sampleNewest(context, shop, { stream, limit: sampledEntries });
    for (const { externalId, formPlugin, formId } of records) {
      const answers = byLead.get(externalId);
      if (answers) entries.push({ formPlugin, formId, answers });
    }
  }
  return entries;
}
