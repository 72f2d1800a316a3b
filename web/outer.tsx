// The shell of the pages that belong to no company: the own account, and the installation's companies for its superadmin.
import type { Child } from 'hono/jsx';
import type { Assets } from './assets.ts';
import { contentId } from './content-id.ts';
import { Document } from './layout.tsx';
import { paths } from './paths.ts';

type OuterPageProps = {
  title: string;
  assets: Assets;
  user: { name: string; isSuperadmin: boolean };
  children?: Child;
};

export function OuterPage({ title, assets, user, children }: OuterPageProps) {
  return (
    <Document title={title} assets={assets}>
      <a class="skip-link" href={`#${contentId}`}>
        Pular para o conteúdo
      </a>
      <header class="topbar">
        <a class="brand outer-brand" href={paths.home}>
          <img src={assets.icon} alt="" width="28" height="28" /> <span>Carrinho e Leads</span>
        </a>
        <nav class="topbar-end" aria-label="Conta">
          {user.isSuperadmin ? <a href={paths.adminCompanies}>Empresas</a> : ''}
          <a href={paths.account}>{user.name}</a>
        </nav>
      </header>
      <main id={contentId} class="outer" tabindex={-1}>
        {children}
      </main>
      <div id="avisos" class="notices" role="status" aria-live="polite" />
    </Document>
  );
}
