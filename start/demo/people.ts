// Invented shoppers. Names are common ones put together at random, e-mails end in example domains, and phones are numbered so that two people
// never share one by accident. Everybody types their phone differently each time: those spellings are what the phone rules are for.
import type { Random } from './random.ts';

export type Person = {
  firstName: string;
  lastName: string;
  email: string;
  ddd: string;
  /** Eight digits that start with 6 to 9; a mobile has a 9 before them. */
  local: string;
  city: string;
  state: string;
  postcode: string;
  street: string;
  number: string;
  neighborhood: string;
  cpf: string;
  /** Set when the person has an account in the shop. */
  userId: number;
};

const firstNames = [
  'Ana',
  'Beatriz',
  'Camila',
  'Daniela',
  'Eduarda',
  'Fernanda',
  'Gabriela',
  'Helena',
  'Isabela',
  'Júlia',
  'Larissa',
  'Letícia',
  'Mariana',
  'Natália',
  'Patrícia',
  'Rafaela',
  'Sofia',
  'Tainá',
  'Valentina',
  'Yasmin',
  'Antônio',
  'Bruno',
  'Caio',
  'Diego',
  'Estêvão',
  'Felipe',
  'Guilherme',
  'Heitor',
  'João',
  'Lucas',
  'Márcio',
  'Otávio',
  'Paulo',
  'Renato',
  'Tiago',
  'Vinícius',
  'Zoë',
  'José Antônio',
  "D'Ávila",
  'Luana 🌻',
];
const lastNames = [
  'Almeida',
  'Araújo',
  'Barbosa',
  'Cardoso',
  'Carvalho',
  'Conceição',
  'Costa',
  'da Silva',
  'dos Santos',
  'Fagundes',
  'Ferreira',
  'Gonçalves',
  'Guimarães',
  'Leão',
  'Lopes',
  'Magalhães',
  'Melo',
  'Moraes',
  'Muniz',
  'Nóbrega',
  'Oliveira',
  'Peixoto',
  'Pereira',
  'Queirós',
  'Ramos',
  'Ribeiro',
  'Sant’Anna',
  'Souza',
  'Teixeira',
  'Vasconcelos',
];
const places: [city: string, state: string, ddd: string, cep: string][] = [
  ['São Paulo', 'SP', '11', '01310'],
  ['São Paulo', 'SP', '11', '04538'],
  ['Campinas', 'SP', '19', '13010'],
  ['Rio de Janeiro', 'RJ', '21', '22041'],
  ['Niterói', 'RJ', '21', '24020'],
  ['Belo Horizonte', 'MG', '31', '30130'],
  ['Uberlândia', 'MG', '34', '38400'],
  ['Curitiba', 'PR', '41', '80010'],
  ['Florianópolis', 'SC', '48', '88010'],
  ['Porto Alegre', 'RS', '51', '90010'],
  ['Santa Maria', 'RS', '55', '97010'],
  ['Brasília', 'DF', '61', '70040'],
  ['Goiânia', 'GO', '62', '74003'],
  ['Cuiabá', 'MT', '65', '78005'],
  ['Rio Branco', 'AC', '68', '69900'],
  ['Salvador', 'BA', '71', '40020'],
  ['Aracaju', 'SE', '79', '49010'],
  ['Recife', 'PE', '81', '50010'],
  ['Maceió', 'AL', '82', '57020'],
  ['Fortaleza', 'CE', '85', '60020'],
  ['Belém', 'PA', '91', '66010'],
  ['Manaus', 'AM', '92', '69005'],
  ['São Luís', 'MA', '98', '65010'],
];
const streets = [
  'Rua das Acácias',
  'Avenida Brasil',
  'Travessa do Sol',
  'Rua Sete de Setembro',
  'Alameda dos Ipês',
  'Rua Água Boa',
];
const neighborhoods = ['Centro', 'Jardim América', 'Vila Nova', 'Boa Vista', 'São José', 'Praia do Meio'];
const mailHosts = ['example.com', 'example.com', 'example.org', 'example.net', 'correio.example'];

function plain(text: string): string {
  return text
    .normalize('NFD')
    .replace(/[^a-zA-Z ]/g, '')
    .trim()
    .toLowerCase()
    .replace(/ +/g, '.');
}

/** The person of a number; the number makes phone and e-mail unique within a shop's `salt`. */
export function inventPerson(random: Random, { index, salt }: { index: number; salt: number }): Person {
  const firstName = random.pick(firstNames);
  const lastName = random.pick(lastNames);
  const [city, state, ddd, cep] = random.pick(places);
  // 7654321 shares no factor with ten: seven digits run through all their values before one comes again.
  const tail = String((index * 7_654_321 + salt * 1_111_117) % 10_000_000).padStart(7, '0');
  const local = `${6 + (index % 4)}${tail}`;
  const digits = String((index * 97_643 + 11) % 1_000_000_000).padStart(9, '0');
  return {
    firstName,
    lastName,
    email: `${plain(firstName)}.${plain(lastName)}${index.toString(36)}@${random.pick(mailHosts)}`,
    ddd,
    local: /^(\d)\1{7}$/.test(local) ? '98765012' : local,
    city,
    state,
    postcode: `${cep}-${String(random.int(0, 999)).padStart(3, '0')}`,
    street: random.pick(streets),
    number: String(random.int(1, 2400)),
    neighborhood: random.pick(neighborhoods),
    cpf: `${digits.slice(0, 3)}.${digits.slice(3, 6)}.${digits.slice(6, 9)}-${String(index % 97).padStart(2, '0')}`,
    userId: 0,
  };
}

type Mask = (person: { ddd: string; local: string }) => string;
const split = (local: string) => `${local.slice(0, 4)}-${local.slice(4)}`;

const everydayMasks: Mask[] = [
  ({ ddd, local }) => `(${ddd}) 9${split(local)}`,
  ({ ddd, local }) => `(${ddd}) 9${split(local)}`,
  ({ ddd, local }) => `(${ddd}) 9${split(local)}`,
  ({ ddd, local }) => `${ddd}9${local}`,
  ({ ddd, local }) => `${ddd} 9${split(local)}`,
  ({ ddd, local }) => `+55 ${ddd} 9${split(local)}`,
];

/** The odd spellings of one number (docs/rules.md, Phones), one by one in the demo's data. */
const oddMasks: Mask[] = [
  ({ ddd, local }) => `55${ddd}9${local}`,
  ({ ddd, local }) => `0055 ${ddd} 9${split(local)}`,
  ({ ddd, local }) => `(${ddd}) ${split(local)}`,
  ({ ddd, local }) => `${ddd}${local}`,
  ({ ddd, local }) => `0${ddd} 9${split(local)}`,
  ({ ddd, local }) => `0xx${ddd} 9${split(local)}`,
  ({ ddd, local }) => `+55 (0xx${ddd}) 9${split(local)}`,
  ({ ddd, local }) => `0 15 ${ddd} 9${split(local)}`,
  ({ ddd, local }) => `+55 55 ${ddd} 9${split(local)}`,
  ({ ddd, local }) => `tel: ${ddd}.9${local.slice(0, 4)}.${local.slice(4)}`,
  ({ ddd, local }) => `${ddd}9${local}.0`,
  ({ ddd, local }) => `${ddd}9${local}`.replace(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit))),
  ({ ddd, local }) => `${ddd} 9${split(local)} ramal 22`,
  ({ ddd, local }) => `${ddd}/9${split(local)}`,
  ({ ddd, local }) => `${ddd} 3456-7890 / ${ddd} 9${split(local)}`,
  ({ local }) => `9${split(local)}`,
];

/** Phones that are no match key or no phone at all, with landlines and foreign ones among them. */
export const troublesomePhones = {
  fictitious: ['(11) 99999-9999', '(21) 98888-8888', '11911111111'],
  invalid: ['0800 123 4567', '5.51199E+12', '(20) 98765-4321', '00000000000', '4003-1234', 'não tenho'],
  foreign: ['+351 912 345 678', '00351962345678', '+1 202 555 0143'],
};

/** How the person types their phone this time. */
export function typePhone(random: Random, person: Person): string {
  return random.pick(random.chance(0.12) ? oddMasks : everydayMasks)(person);
}

/** How the person types their e-mail this time: mostly as it is, now and then in capitals or with a space. */
export function typeEmail(random: Random, person: Person): string {
  if (random.chance(0.05)) return person.email.charAt(0).toUpperCase() + person.email.slice(1);
  return person.email;
}
