import { describe, expect, test } from 'vitest';
import { judgeGrants, readerUserSql, withoutPassword } from './grants.ts';

describe('grants', () => {
  test('of a reader only read', () => {
    expect(
      judgeGrants([
        "GRANT USAGE ON *.* TO `leitor`@`%` IDENTIFIED BY PASSWORD '*0123456789ABCDEF'",
        'GRANT SELECT, SHOW VIEW ON `loja\\_um`.* TO `leitor`@`%`',
        'GRANT SELECT (`id`, `status`) ON `loja`.`wp_posts` TO `leitor`@`%`',
      ]),
    ).toEqual({ verdict: 'read_only', writes: [], roles: [] });
  });

  test.each([
    ['GRANT ALL PRIVILEGES ON `loja`.* TO `u`@`%`', ['ALL PRIVILEGES']],
    ['GRANT SELECT, INSERT, UPDATE ON `loja`.* TO `u`@`%`', ['INSERT', 'UPDATE']],
    ['GRANT SELECT (`a`), UPDATE (`a`, `b`) ON `loja`.`t` TO `u`@`%`', ['UPDATE']],
    ['GRANT FILE ON *.* TO `u`@`%`', ['FILE']],
    ['GRANT EXECUTE ON PROCEDURE `loja`.`p` TO `u`@`%`', ['EXECUTE']],
    ['GRANT SELECT ON `loja`.* TO `u`@`%` WITH GRANT OPTION', ['GRANT OPTION']],
    ['GRANT SOME_ADMIN_OF_TOMORROW ON *.* TO `u`@`%`', ['SOME_ADMIN_OF_TOMORROW']],
  ])('%s is more than reading', (line, privileges) => {
    const judged = judgeGrants(['GRANT USAGE ON *.* TO `u`@`%`', line]);
    expect(judged.verdict).toBe('can_write');
    expect(judged.writes.map(({ privilege }) => privilege)).toEqual(privileges);
  });

  test('with a role, or of a server that lists none, are unclear', () => {
    expect(judgeGrants(['GRANT USAGE ON *.* TO `u`@`%`', 'GRANT `app`@`%` TO `u`@`%`'])).toMatchObject({
      verdict: 'unclear',
      roles: ['`app`@`%`'],
    });
    expect(judgeGrants([]).verdict).toBe('unclear');
  });

  test.each([
    [
      "GRANT USAGE ON *.* TO `u`@`%` IDENTIFIED BY PASSWORD '*ABC' REQUIRE SSL WITH MAX_USER_CONNECTIONS 2",
      'GRANT USAGE ON *.* TO `u`@`%` REQUIRE SSL WITH MAX_USER_CONNECTIONS 2',
    ],
    [
      "GRANT ALL PRIVILEGES ON *.* TO `u`@`%` IDENTIFIED VIA mysql_native_password USING '*ABC' OR ed25519 USING 'xyz' WITH GRANT OPTION",
      'GRANT ALL PRIVILEGES ON *.* TO `u`@`%` WITH GRANT OPTION',
    ],
    [
      "GRANT USAGE ON *.* TO 'u'@'%' IDENTIFIED WITH 'caching_sha2_password' AS '$A$005$x'",
      "GRANT USAGE ON *.* TO 'u'@'%'",
    ],
  ])('lose the password hash: %s', (line, clean) => {
    expect(withoutPassword(line)).toBe(clean);
  });
});

test('the reader’s SQL opens the one database and nothing that is called alike', () => {
  const [create, grant] = readerUserSql({ database: 'loja_um', host: "203.0.113.9'; drop" });
  expect(create).toBe("CREATE USER 'carrinho_leitura'@'203.0.113.9drop' IDENTIFIED BY 'troque-por-uma-senha-forte';");
  expect(grant).toContain('GRANT SELECT ON `loja\\_um`.* TO ');
  expect(judgeGrants([grant!.replace(';', '')]).verdict).toBe('read_only');
});
