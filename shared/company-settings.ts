// A company's settings as a form: read whole, so that every wrong field is said at once beside its field. Bounds are the table's.
import { isTimeZone } from './time-zone.ts';

export type CompanySettings = {
  name: string;
  timeZone: string;
  currency: string;
  areaCode: string | null;
  windowBeforeMinutes: number;
  windowAfterMinutes: number;
  cutOffMinutes: number;
  coolDownMinutes: number;
  countsIndirectLinks: boolean;
  countsCartsWithoutKeys: boolean;
  /** What an operator may export in a day. */
  exportRowsPerDay: number;
};

/** The form's fields, by their names on screen. */
export type SettingsForm = Record<
  | 'nome'
  | 'fuso'
  | 'moeda'
  | 'ddd'
  | 'janela_antes'
  | 'janela_depois'
  | 'corte'
  | 'intervalo'
  | 'vinculo'
  | 'sem_contato'
  | 'linhas_dia',
  string
>;
export type FieldErrors<Form> = Partial<Record<keyof Form, string>>;

/** Changing one of these changes what was concluded. */
const concluding = [
  'currency',
  'windowBeforeMinutes',
  'windowAfterMinutes',
  'cutOffMinutes',
  'countsIndirectLinks',
] as const satisfies (keyof CompanySettings)[];

export function needsRecompute(before: CompanySettings, after: CompanySettings): boolean {
  return concluding.some((key) => before[key] !== after[key]);
}

/** Hours and minutes as the form shows them. */
export function toSettingsForm(settings: CompanySettings): SettingsForm {
  const hours = (minutes: number) => String(minutes / 60).replace('.', ',');
  return {
    nome: settings.name,
    fuso: settings.timeZone,
    moeda: settings.currency,
    ddd: settings.areaCode ?? '',
    janela_antes: hours(settings.windowBeforeMinutes),
    janela_depois: hours(settings.windowAfterMinutes),
    corte: String(settings.cutOffMinutes),
    intervalo: hours(settings.coolDownMinutes),
    vinculo: settings.countsIndirectLinks ? 'sim' : '',
    sem_contato: settings.countsCartsWithoutKeys ? 'sim' : '',
    linhas_dia: String(settings.exportRowsPerDay),
  };
}

/** The settings that a form says, or what is wrong with it. */
export function readSettingsForm(
  form: SettingsForm,
): { settings: CompanySettings } | { errors: FieldErrors<SettingsForm> } {
  const errors: FieldErrors<SettingsForm> = {};
  const whole = (
    field: keyof SettingsForm,
    { min, max, unit, per }: { min: number; max: number; unit: string; per: number },
  ) => {
    const text = form[field].trim().replace(',', '.');
    const value = /^\d{1,6}(?:\.\d{1,4})?$/.test(text) ? Math.round(Number(text) * per) : Number.NaN;
    if (value >= min * per && value <= max * per) return value;
    errors[field] = `Diga um número de ${min.toLocaleString('pt-BR')} a ${max.toLocaleString('pt-BR')} ${unit}.`;
    return 0;
  };
  const name = form.nome.trim().replace(/\s+/g, ' ');
  if (name === '' || [...name].length > 100) errors.nome = 'Diga o nome da empresa, com até 100 letras.';
  const timeZone = form.fuso.trim();
  if (!isTimeZone(timeZone)) errors.fuso = 'Este fuso não existe. Exemplo: America/Sao_Paulo.';
  const currency = form.moeda.trim().toUpperCase();
  if (!/^[A-Z]{3}$/.test(currency)) errors.moeda = 'São três letras. Exemplo: BRL.';
  const areaCode = form.ddd.trim();
  if (!/^(?:[1-9][1-9])?$/.test(areaCode)) errors.ddd = 'São dois algarismos, sem zero. Exemplo: 11.';
  const settings: CompanySettings = {
    name,
    timeZone,
    currency,
    areaCode: areaCode || null,
    windowBeforeMinutes: whole('janela_antes', { min: 0, max: 720, unit: 'horas', per: 60 }),
    windowAfterMinutes: whole('janela_depois', { min: 1, max: 8760, unit: 'horas', per: 60 }),
    cutOffMinutes: whole('corte', { min: 5, max: 1440, unit: 'minutos', per: 1 }),
    coolDownMinutes: whole('intervalo', { min: 0, max: 720, unit: 'horas', per: 60 }),
    countsIndirectLinks: form.vinculo === 'sim',
    countsCartsWithoutKeys: form.sem_contato === 'sim',
    exportRowsPerDay: whole('linhas_dia', { min: 0, max: 100_000, unit: 'linhas', per: 1 }),
  };
  return Object.keys(errors).length > 0 ? { errors } : { settings };
}
