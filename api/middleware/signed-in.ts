// The pages of a person, or of the installation's superadmin, outside every company.

import type { HttpBindings } from '@hono/node-server';
import { createMiddleware } from 'hono/factory';
import { findSession } from '../auth/sessions.ts';
import type { Deps, SignedUser } from '../context.ts';
import { NotFoundError } from '../http-error.ts';
import { sessionEnded } from './session.ts';

export type SignedEnv = { Bindings: Partial<HttpBindings>; Variables: { code: string; user: SignedUser } };

/** Requires a session. With `superadminOnly` the page does not exist for anybody else. */
export const requireUser = ({ db, publicUrl }: Deps, { superadminOnly = false } = {}) =>
  createMiddleware<SignedEnv>(async (c, next) => {
    const user = await findSession(c as never, { sql: db.sql, publicUrl });
    if (!user) return sessionEnded(c as never);
    if (superadminOnly && !user.isSuperadmin) throw new NotFoundError();
    c.set('user', user);
    await next();
  });
