// The 67 Brazilian area codes (DDD) by state: the numbering plan, the same set as libphonenumber's metadata.
// A state decides which area code may be presumed for a number typed without one (docs/rules.md, Phones, step 8).

export const areaCodesByState: Readonly<Record<string, readonly string[]>> = {
  AC: ['68'],
  AL: ['82'],
  AM: ['92', '97'],
  AP: ['96'],
  BA: ['71', '73', '74', '75', '77'],
  CE: ['85', '88'],
  DF: ['61'],
  ES: ['27', '28'],
  GO: ['62', '64'],
  MA: ['98', '99'],
  MG: ['31', '32', '33', '34', '35', '37', '38'],
  MS: ['67'],
  MT: ['65', '66'],
  PA: ['91', '93', '94'],
  PB: ['83'],
  PE: ['81', '87'],
  PI: ['86', '89'],
  PR: ['41', '42', '43', '44', '45', '46'],
  RJ: ['21', '22', '24'],
  RN: ['84'],
  RO: ['69'],
  RR: ['95'],
  RS: ['51', '53', '54', '55'],
  SC: ['47', '48', '49'],
  SE: ['79'],
  SP: ['11', '12', '13', '14', '15', '16', '17', '18', '19'],
  TO: ['63'],
};

const areaCodes = new Set(Object.values(areaCodesByState).flat());

const stateNames: Readonly<Record<string, string>> = {
  acre: 'AC',
  alagoas: 'AL',
  amazonas: 'AM',
  amapa: 'AP',
  bahia: 'BA',
  ceara: 'CE',
  'distrito federal': 'DF',
  'espirito santo': 'ES',
  goias: 'GO',
  maranhao: 'MA',
  'minas gerais': 'MG',
  'mato grosso do sul': 'MS',
  'mato grosso': 'MT',
  para: 'PA',
  paraiba: 'PB',
  pernambuco: 'PE',
  piaui: 'PI',
  parana: 'PR',
  'rio de janeiro': 'RJ',
  'rio grande do norte': 'RN',
  rondonia: 'RO',
  roraima: 'RR',
  'rio grande do sul': 'RS',
  'santa catarina': 'SC',
  sergipe: 'SE',
  'sao paulo': 'SP',
  tocantins: 'TO',
};

// After "BR, " CartFlows writes a city. Other cities have a state's name and lie elsewhere (Tocantins is in MG, Paraná in RN).
const citiesThatNameTheirState: Readonly<Record<string, string>> = {
  brasilia: 'DF',
  'distrito federal': 'DF',
  'rio de janeiro': 'RJ',
  'sao paulo': 'SP',
};

/** Is this one of the 67 two-digit area codes? */
export function isAreaCode(text: string): boolean {
  return areaCodes.has(text);
}

const plain = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').trim().toLowerCase();

/**
 * The two letters of the Brazilian state that a field names, or null: `SP`, `sp`, `BR-SP`, `BR:SP`, `São Paulo`,
 * and a CartFlows location (`BR, São Paulo` is country and city, so only cities that cannot mislead are read).
 */
export function findState(text: string | null | undefined): string | null {
  if (!text || text.length > 100) return null;
  const location = /^(?:br|brasil|brazil)\s*,\s*(.+)$/.exec(plain(text));
  const name = location ? location[1]! : plain(text).replace(/^br\s*[-:]\s*/, '');
  const letters = name.toUpperCase();
  if (Object.hasOwn(areaCodesByState, letters)) return letters;
  const names = location ? citiesThatNameTheirState : stateNames;
  return Object.hasOwn(names, name) ? names[name]! : null;
}
