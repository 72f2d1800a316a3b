// Who may do what inside a company, as one table that screens, routes and the command line all ask.
// The superadmin belongs to the installation: he helps with connections and users, and never acts on a shop's customers.

export const roles = ['viewer', 'operator', 'admin', 'owner'] as const;

/** A membership's role, weakest first in `roles`. */
export type Role = (typeof roles)[number];
export type Actor = Role | 'superadmin';

export const roleLabels: Readonly<Record<Actor, string>> = {
  viewer: 'Visualizador',
  operator: 'Operador',
  admin: 'Administrador',
  owner: 'Proprietário',
  superadmin: 'Superadministrador',
};

const allowed = {
  /** Panels and lists; a superadmin's visit is logged with its reason. */
  see: ['viewer', 'operator', 'admin', 'owner', 'superadmin'],
  /** Phones and e-mails unmasked. */
  see_contact_data: ['operator', 'admin', 'owner', 'superadmin'],
  /** Write to people, change stages and notes. */
  contact: ['operator', 'admin', 'owner'],
  /** Say what a cart is: no recovery, another order, a status. */
  judge_carts: ['operator', 'admin', 'owner'],
  /** Export the own filter, up to the company's daily limit of rows. */
  export: ['operator', 'admin', 'owner'],
  export_without_limit: ['admin', 'owner'],
  edit_own_segments: ['operator', 'admin', 'owner'],
  /** Templates, segments of all, status classes and the company's settings. */
  edit_settings: ['admin', 'owner'],
  sync_now: ['operator', 'admin', 'owner', 'superadmin'],
  /** Connections, mappings and schedules; secrets are never shown to anybody. */
  manage_connections: ['admin', 'owner', 'superadmin'],
  request_erasure: ['operator', 'admin', 'owner'],
  approve_erasure: ['owner'],
  /** Invite and change users; `canGrantRole` says up to which role. */
  manage_users: ['admin', 'owner', 'superadmin'],
  /** Turn off the second factor of somebody who lost the telephone. */
  reset_two_steps: ['owner'],
  /** What each operator did. */
  see_team: ['admin', 'owner'],
  /** Who saw, exported and changed what. */
  see_audit: ['admin', 'owner'],
} as const satisfies Record<string, readonly Actor[]>;

export type Action = keyof typeof allowed;

/** May somebody with this role do this? */
export function can(actor: Actor, action: Action): boolean {
  const actors: readonly Actor[] = allowed[action];
  return actors.includes(actor);
}

/** Administrators give roles up to operator; owners and the superadmin give any. */
export function canGrantRole(actor: Actor, role: Role): boolean {
  if (!can(actor, 'manage_users')) return false;
  return actor !== 'admin' || roles.indexOf(role) <= roles.indexOf('operator');
}

/** Is this text one of the four roles? */
export function isRole(text: string): text is Role {
  return (roles as readonly string[]).includes(text);
}
