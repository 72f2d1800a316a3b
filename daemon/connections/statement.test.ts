// What may be sent to a shop and what never is; placeholders are found by reading, not by searching for question marks.
import { describe, expect, test } from 'vitest';
import { StatementRefusedError } from './errors.ts';
import { assertReadOnly, fill, quoteIdentifier, shapeOf } from './statement.ts';

test.each([
  'select 1',
  "SELECT id FROM `wp_posts` WHERE post_type = 'shop_order' AND ID > ? ORDER BY ID LIMIT ?",
  "select 'it''s; -- no comment /* here */ # into @x' as text",
  "select \"a;b\", '\\'; drop table x' from t",
  'select `into`, `for update` from `t`',
  'select count(*) from (select 1) as t where a in (1, 2)',
  'select max(`id`) from t where `a` in (:ids) and b <> :b',
  'select @@session.sql_mode',
  'show tables',
  'SHOW GRANTS',
  'explain select 1',
  'START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY',
  'commit',
  'SET SESSION TRANSACTION READ ONLY',
  "SET SESSION sql_mode = ''",
  'SET SESSION max_statement_time = 20',
  'select sleeping, benchmarks, into_account from t',
  'select a - -1, a--1 from t',
])('is sent: %s', (sql) => {
  expect(() => assertReadOnly(sql)).not.toThrow();
});

test.each([
  '',
  'insert into t values (1)',
  'update t set a = 1',
  'delete from t',
  'replace into t values (1)',
  'truncate t',
  'drop table t',
  'create table t (a int)',
  'create temporary table t as select 1',
  'alter table t add b int',
  'grant select on *.* to x',
  'call p()',
  'do sleep(1)',
  'handler t open',
  'lock tables t write',
  'flush tables',
  'kill 1',
  'use other',
  'begin',
  'start transaction',
  'start transaction read write',
  'rollback',
  'prepare s from "delete from t"',
  "load data local infile '/etc/passwd' into table t",
  'explain delete from t',
  'explain analyze update t set a = 1',
  'with x as (select 1) delete from t',
  'set session transaction read write',
  "SET SESSION sql_mode = 'ANSI_QUOTES'",
  'SET GLOBAL max_statement_time = 1',
  'SET SESSION max_statement_time = 1, sql_log_bin = 0',
  'set @a = 1',
  'select 1; delete from t',
  'select 1;',
  "select 1 into outfile '/tmp/x'",
  "select 1 InTo\n\tDumpFile '/tmp/x'",
  'select 1 into @x',
  'select @x := 1',
  'select @x',
  "select @'x'",
  'select @`x`',
  "select load_file('/etc/passwd')",
  'select sleep(9)',
  'select `sleep`(9)',
  'select `sleep` (9)',
  'select `mysql`.`f` (1)',
  'select benchmark(1e9, md5(1))',
  "select get_lock('a', 9)",
  'select nextval(s)',
  'select next value for s',
  'select * from t for update',
  'select * from t for  share',
  'select * from t lock in share mode',
  'select * from t procedure analyse()',
  'select 1 /*! into outfile "/tmp/x" */',
  'select 1 /*!50000 , sleep(9) */',
  'select 1 /*M! , sleep(9) */',
  'select /*+ SET_VAR(sql_mode="") */ 1',
  'select 1 # comment',
  'select 1 -- comment',
  'select 1 --',
  "select 'open",
  'select `open',
  'select "open\\"',
  'select 1 \0',
  "select 'a' '\\'; delete from t",
])('never reaches the wire: %j', (sql) => {
  expect(() => assertReadOnly(sql)).toThrow(StatementRefusedError);
});

describe('values', () => {
  test('are written by position and by name, lists for in (…)', () => {
    expect(fill('select ? , ?', ["o'neil", 7])).toBe("select 'o\\'neil' , 7");
    expect(fill('a in (:ids) and b = :name and c = :name', { ids: [1, 2n, 'x'], name: null })).toBe(
      "a in (1, 2, 'x') and b = NULL and c = NULL",
    );
    expect(fill('select ?, ?', [true, Buffer.from([0, 255])])).toBe("select true, X'00ff'");
  });
  test('stay values whatever they contain', () => {
    for (const hostile of ["'; drop table t; --", '\\', "\\' or 1=1 #", '\0', '?', ':b', '`', '\u2028', 'ʼ＇']) {
      const filled = fill('select ?', [hostile]);
      expect(() => assertReadOnly(filled)).not.toThrow();
      expect(shapeOf(filled)).toBe('select ?');
    }
  });
  test('of another value are not placeholders, nor are question marks and colons inside quotes', () => {
    expect(fill("select '?', ':a', `?`, ?", ['? :a'])).toBe("select '?', ':a', `?`, '? :a'");
    expect(fill("select '12:30', :t", { t: '10:00:00' })).toBe("select '12:30', '10:00:00'");
  });
  test.each<[string, unknown[] | Record<string, unknown>]>([
    ['select ?', []],
    ['select 1', [1]],
    ['select :a', {}],
    ['select :constructor', {}],
    ['select :a', [1]],
    ['select ?', [undefined]],
    ['select ?', [{ id: 1 }]],
    ['select ?', [new Date()]],
    ['select ?', [Number.NaN]],
    ['select ?', [[[1]]]],
    ['select * from t where id in (?)', [[]]],
  ])('that do not fit are refused: %s %j', (sql, params) => {
    expect(() => fill(sql, params)).toThrow(StatementRefusedError);
  });
});

test('the shape of a statement holds no value', () => {
  expect(shapeOf("select a1\n  from t where email = 'ana@cliente.example' and id > 12 limit ?")).toBe(
    'select a1 from t where email = ? and id > ? limit ?',
  );
});

test('a name is quoted whatever it contains', () => {
  expect(quoteIdentifier('wp_posts')).toBe('`wp_posts`');
  expect(quoteIdentifier('a`; drop')).toBe('`a``; drop`');
  for (const wrong of ['', 'a\0', 'x'.repeat(65)]) expect(() => quoteIdentifier(wrong)).toThrow(StatementRefusedError);
});
