import { expect, test } from 'vitest';
import { type Action, type Actor, can, canGrantRole, isRole, roleLabels, roles } from './roles.ts';

// The matrix of who may do what, row by row: viewer, operator, admin, owner, superadmin.
const matrix: [Action, string][] = [
  ['see', '✔✔✔✔✔'],
  ['see_contact_data', '✖✔✔✔✔'],
  ['contact', '✖✔✔✔✖'],
  ['judge_carts', '✖✔✔✔✖'],
  ['export', '✖✔✔✔✖'],
  ['export_without_limit', '✖✖✔✔✖'],
  ['edit_own_segments', '✖✔✔✔✖'],
  ['edit_settings', '✖✖✔✔✖'],
  ['sync_now', '✖✔✔✔✔'],
  ['manage_connections', '✖✖✔✔✔'],
  ['request_erasure', '✖✔✔✔✖'],
  ['approve_erasure', '✖✖✖✔✖'],
  ['manage_users', '✖✖✔✔✔'],
  ['see_team', '✖✖✔✔✖'],
  ['see_audit', '✖✖✔✔✖'],
];
const actors: Actor[] = ['viewer', 'operator', 'admin', 'owner', 'superadmin'];

test.each(matrix)('who may %s: %s', (action, row) => {
  expect(actors.map((actor) => (can(actor, action) ? '✔' : '✖')).join('')).toBe(row);
});

test('an administrator invites up to operator, owner and superadmin any role, others nobody', () => {
  const granted = (actor: Actor) => roles.filter((role) => canGrantRole(actor, role));
  expect(granted('viewer')).toEqual([]);
  expect(granted('operator')).toEqual([]);
  expect(granted('admin')).toEqual(['viewer', 'operator']);
  expect(granted('owner')).toEqual([...roles]);
  expect(granted('superadmin')).toEqual([...roles]);
});

test('roles have Portuguese names, and superadmin is not a role inside a company', () => {
  expect(roles.map((role) => roleLabels[role])).toEqual(['Visualizador', 'Operador', 'Administrador', 'Proprietário']);
  expect(isRole('owner')).toBe(true);
  expect(isRole('superadmin')).toBe(false);
});
