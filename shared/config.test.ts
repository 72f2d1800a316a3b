import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { loadConfig, settingNames } from './config.ts';

test('nothing set is a working installation on the embedded Postgres', () => {
  expect(loadConfig({})).toMatchObject({
    databaseUrl: null,
    port: 3000,
    statusPort: 3001,
    publicUrl: 'http://localhost:3000',
    allowedShopNetworks: [],
    syncConcurrency: 4,
  });
});

test('every wrong setting is reported in one go', () => {
  const wrong = {
    DATABASE_URL: 'mysql://x',
    PORT: '99999',
    PUBLIC_URL: 'carrinho',
    SECRET_KEY: 'curta',
    ALLOWED_SHOP_NETWORKS: '10.0.0.0/8, 300.1.1.1/8',
    PUBLIC_IP: 'x',
  };
  const error = (() => {
    try {
      loadConfig(wrong);
    } catch (thrown) {
      return thrown as Error;
    }
  })();
  for (const name of Object.keys(wrong)) expect(error?.message).toContain(name);
  expect(error?.message).not.toContain('10.0.0.0/8,');
});

test('an empty setting is an absent one', () => {
  expect(loadConfig({ DATABASE_URL: '', PORT: '' })).toMatchObject({ databaseUrl: null, port: 3000 });
});

test('.env.example explains every setting and no other', () => {
  const example = readFileSync(new URL('../.env.example', import.meta.url), 'utf8');
  const explained = [...example.matchAll(/^#([A-Z_]+)=/gm)].map((match) => match[1]);
  expect(explained.sort()).toEqual([...settingNames].sort());
});
