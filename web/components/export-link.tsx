// "Exportar" on a list: the dialog with the list's own query.
import type { ExportList } from '#shared/exports/formats.ts';
import { paths } from '../paths.ts';
import { Icon } from './icon.tsx';

export function ExportLink({
  slug,
  list,
  query,
}: {
  slug: string;
  list: ExportList;
  query: Readonly<Record<string, string>>;
}) {
  return (
    <a class="button" href={paths.newExport(slug, { lista: list, ...query })}>
      <Icon name="download" /> Exportar
    </a>
  );
}
