// A key on the command line, as people write it: without its area code a phone is the company's.
import { parseKey, parseKeyOrDomain } from '#shared/people/key-text.ts';
import { type CommandContext, required, type TenantRow, UsageError } from './command.ts';

/** The e-mail or phone (`withDomain`: or domain) of the option, normalised; UsageError when it is none. */
export async function keyOption(
  context: CommandContext,
  { option, tenant, withDomain = false }: { option: string; tenant: TenantRow; withDomain?: boolean },
): Promise<string> {
  const text = required(context, option);
  const { rows } = await context.pool.query<{ area_code: string | null }>(
    'select area_code from tenants where id = $1',
    [tenant.id],
  );
  const place = { areaCode: rows[0]!.area_code };
  const key = withDomain ? parseKeyOrDomain(text, place) : parseKey(text, place);
  if (key === null) {
    throw new UsageError(
      `--${option} deve ser um e-mail ou telefone${withDomain ? ', ou um domínio como @example.com' : ''}; recebido: "${text}".`,
    );
  }
  return key;
}
