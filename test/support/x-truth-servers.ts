import pg from 'pg';
import { migrate } from '../../daemon/migrate.ts';
export async function createTestDatabase() {
  const name = `x_truth_${process.pid}_${Math.random().toString(36).slice(2, 8)}`;
  const admin = new pg.Client('postgres://postgres@127.0.0.1:54999/postgres');
  await admin.connect();
  await admin.query(`create database ${name} owner own`);
  const url = `postgres://own@127.0.0.1:54999/${name}`;
  await migrate(url);
  return {
    url,
    drop: async () => {
      await admin.query(`drop database ${name} with (force)`);
      await admin.end();
    },
  };
}
