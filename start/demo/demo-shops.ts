// The two shops of the demo: one modern (HPOS, prefix cli_, shoes with sizes, recovery e-mails on), one old (orders in posts, prefix wp_, things for
// the house, e-mails off). Between them they have every shape that a source must read.
import type { GenerateOptions } from './generate.ts';

type DemoShop = Omit<GenerateOptions, 'size' | 'seed' | 'now' | 'onProgress'> &
  Required<Pick<GenerateOptions, 'name' | 'siteUrl'>>;

export const demoSeed = 20250110;

export const demoShops: [shoes: DemoShop, house: DemoShop] = [
  {
    database: 'loja_um',
    prefix: 'cli_',
    orderStorage: 'hpos',
    cartColumns: {},
    name: 'Passo Leve Calçados',
    siteUrl: 'https://loja-um.example',
    theme: 'shoes',
    sendsEmails: true,
    forms: [
      {
        plugin: 'wp-forms',
        id: '321',
        title: 'Avise-me quando chegar',
        url: 'https://loja-um.example/avise-me/',
        fields: { name: 'Nome_3', phone: 'Whatsapp_8', size: 'Numero_do_sapato_9' },
      },
      {
        plugin: 'wp-forms',
        id: '654',
        title: 'Fale conosco',
        url: 'https://loja-um.example/contato/',
        fields: { name: 'Nome_1', email: 'E-mail_2', phone: 'Telefone_4', message: 'Mensagem_5' },
      },
    ],
  },
  {
    database: 'loja_dois',
    prefix: 'wp_',
    orderStorage: 'legacy',
    cartColumns: { orderId: true, originalCartTotal: true },
    name: 'Casa & Sertão',
    siteUrl: 'https://loja-dois.example',
    theme: 'house',
    sendsEmails: false,
    forms: [
      {
        plugin: 'wp-forms',
        id: '87',
        title: 'Lista VIP',
        url: 'https://loja-dois.example/lista-vip/',
        fields: { name: 'Nome_3', phone: 'Whatsapp_-_DDD_+_Numero_4' },
      },
    ],
  },
];
