// The connection of a shop as a person types it and as the daemon gets it: everything but the secrets in plain, the secrets beside it, sealed. An
// empty secret keeps the saved one, but only for the server and user that it was saved for: a changed address must not be sent an old password.
import { z } from 'zod';
import type { FieldErrors } from './company-settings.ts';

export const secretNames = ['password', 'ssh_password', 'ssh_private_key', 'ssh_passphrase'] as const;
export type SecretName = (typeof secretNames)[number];

const port = z.number().int().min(1).max(65535);
export const typedConnectionSchema = z.object({
  mode: z.enum(['direct', 'ssh']),
  host: z.string().min(1),
  port,
  username: z.string().min(1),
  database: z.string().min(1),
  tlsMode: z.enum(['verify', 'ca', 'pinned', 'off']),
  tlsCa: z.string().nullable(),
  tlsFingerprint: z.string().nullable(),
  ssh: z.object({ host: z.string().min(1), port, username: z.string().min(1) }).nullable(),
});
export type TypedConnection = z.infer<typeof typedConnectionSchema>;

/** What a command `test_connection` or `save_connection` carries: nothing = the saved connection as it is. */
export const connectionArgsSchema = z.object({
  typed: typedConnectionSchema.optional(),
  secrets: z.partialRecord(z.enum(secretNames), z.string()).default({}),
  /** The fingerprint of the SSH server that a person confirmed. */
  hostKey: z.string().optional(),
});
export type ConnectionArgs = z.input<typeof connectionArgsSchema>;

/** Do the saved secrets of this kind go to the same server and user as before? */
export function keepsSecret(name: SecretName, saved: TypedConnection, typed: TypedConnection): boolean {
  const sshOf = ({ ssh }: TypedConnection) => ssh && `${ssh.username}@${ssh.host}:${ssh.port}`;
  if (saved.mode !== typed.mode || sshOf(saved) !== sshOf(typed)) return false;
  if (name !== 'password') return typed.mode === 'ssh';
  return saved.host === typed.host && saved.port === typed.port && saved.username === typed.username;
}

export type ConnectionForm = Record<
  | 'nome'
  | 'modo'
  | 'host'
  | 'porta'
  | 'usuario'
  | 'senha'
  | 'banco'
  | 'tls'
  | 'tls_ca'
  | 'tls_impressao'
  | 'ssh_host'
  | 'ssh_porta'
  | 'ssh_usuario'
  | 'ssh_senha'
  | 'ssh_chave'
  | 'ssh_frase',
  string
>;
export const connectionFields = [
  'nome',
  'modo',
  'host',
  'porta',
  'usuario',
  'senha',
  'banco',
  'tls',
  'tls_ca',
  'tls_impressao',
  'ssh_host',
  'ssh_porta',
  'ssh_usuario',
  'ssh_senha',
  'ssh_chave',
  'ssh_frase',
] as const satisfies (keyof ConnectionForm)[];

export const tlsWords = { verify: 'verificar', ca: 'ca', pinned: 'fixado', off: 'desligado' } as const;

/** What is saved, in the form's words, without secrets. */
export function toConnectionForm(name: string, saved: TypedConnection | null): ConnectionForm {
  return {
    nome: name,
    modo: saved?.mode === 'ssh' ? 'ssh' : 'direta',
    host: saved?.host ?? '',
    porta: String(saved?.port ?? 3306),
    usuario: saved?.username ?? '',
    senha: '',
    banco: saved?.database ?? '',
    tls: tlsWords[saved?.tlsMode ?? 'verify'],
    tls_ca: saved?.tlsCa ?? '',
    tls_impressao: saved?.tlsFingerprint ?? '',
    ssh_host: saved?.ssh?.host ?? '',
    ssh_porta: String(saved?.ssh?.port ?? 22),
    ssh_usuario: saved?.ssh?.username ?? '',
    ssh_senha: '',
    ssh_chave: '',
    ssh_frase: '',
  };
}

type Known = { typed: TypedConnection; secrets: readonly SecretName[] } | null;

export type ReadConnection = { name: string; typed: TypedConnection; secrets: Partial<Record<SecretName, string>> };

/** The connection that a form says, or everything that is wrong with it. `known`: what is saved, and which secrets there are. */
export function readConnectionForm(
  form: ConnectionForm,
  known: Known,
): ReadConnection | { errors: FieldErrors<ConnectionForm> } {
  const errors: FieldErrors<ConnectionForm> = {};
  const text = (field: keyof ConnectionForm, what: string, max = 255) => {
    const value = form[field].trim();
    if (value === '' || value.length > max) errors[field] = what;
    return value;
  };
  const portOf = (field: 'porta' | 'ssh_porta') => {
    const value = Number(form[field].trim());
    if (!/^\d{1,5}$/.test(form[field].trim()) || value < 1 || value > 65535)
      errors[field] = 'Diga um número de 1 a 65.535.';
    return value;
  };
  const isTunnel = form.modo === 'ssh';
  const name = text('nome', 'Diga o nome da loja, com até 100 letras.', 100);
  const tlsMode = isTunnel
    ? 'off'
    : ((Object.keys(tlsWords) as (keyof typeof tlsWords)[]).find((mode) => tlsWords[mode] === form.tls) ?? 'verify');
  const typed: TypedConnection = {
    mode: isTunnel ? 'ssh' : 'direct',
    host:
      isTunnel && form.host.trim() === ''
        ? '127.0.0.1'
        : text('host', 'Diga o host MySQL da hospedagem, não o endereço do site.'),
    port: portOf('porta'),
    username: text('usuario', 'Diga o usuário do banco.'),
    database: text('banco', 'Diga o nome do banco de dados.'),
    tlsMode,
    tlsCa: tlsMode === 'ca' ? text('tls_ca', 'Cole o certificado da autoridade (PEM).', 20_000) : null,
    tlsFingerprint:
      tlsMode === 'pinned' ? text('tls_impressao', 'Cole a impressão digital SHA-256 do certificado.') : null,
    ssh: isTunnel
      ? {
          host: text('ssh_host', 'Diga o servidor SSH.'),
          port: portOf('ssh_porta'),
          username: text('ssh_usuario', 'Diga o usuário SSH.'),
        }
      : null,
  };
  const secrets: Partial<Record<SecretName, string>> = {};
  const given = {
    password: form.senha,
    ssh_password: form.ssh_senha,
    ssh_private_key: form.ssh_chave,
    ssh_passphrase: form.ssh_frase,
  };
  for (const secret of secretNames) {
    if (given[secret] !== '' && (secret === 'password' || isTunnel)) secrets[secret] = given[secret];
  }
  const has = (secret: SecretName) =>
    secrets[secret] !== undefined || (known?.secrets.includes(secret) && keepsSecret(secret, known.typed, typed));
  const again = known ? 'O servidor ou o usuário mudou: digite de novo.' : null;
  if (!has('password')) errors.senha = again ?? 'Diga a senha do banco.';
  if (isTunnel && !has('ssh_password') && !has('ssh_private_key'))
    errors.ssh_chave = again ?? 'Cole a chave privada, ou diga a senha SSH.';
  return Object.keys(errors).length > 0 ? { errors } : { name, typed, secrets };
}
