// The little that HTML and htmx don't do: open menus close, the chosen tab is in sight on a phone, and a page whose session ended goes to
// the login.

function closeMenus(except) {
  for (const menu of document.querySelectorAll('details.menu[open]')) {
    if (menu !== except && !menu.contains(except)) menu.open = false;
  }
}

document.addEventListener('click', (event) => {
  closeMenus(event.target.closest('details.menu'));
});

/** The drawer goes, and the link that opened it has the focus again. */
function closeDrawer(drawer) {
  if (!drawer?.firstElementChild) return false;
  const opener = document.querySelector(`[hx-target="#${drawer.id}"][data-opened]`);
  drawer.replaceChildren();
  opener?.focus();
  return true;
}

document.addEventListener('click', (event) => {
  const button = event.target.closest('[data-close]');
  if (button) closeDrawer(document.getElementById(button.dataset.close));
  const opener = event.target.closest('[hx-target="#gaveta"]');
  if (!opener) return;
  for (const other of document.querySelectorAll('[data-opened]')) delete other.dataset.opened;
  opener.dataset.opened = '';
});

document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  if (closeDrawer(document.getElementById('gaveta'))) return;
  const open = document.querySelector('details.menu[open]');
  if (!open) return;
  open.open = false;
  open.querySelector('summary').focus();
});

function showCurrentTab() {
  document.querySelector('.tab[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
}

showCurrentTab();
// After a tab's own swap only: live events must not move the page.
document.addEventListener('htmx:after:history:push', () => setTimeout(showCurrentTab, 50));

// `fim` is the last word of the live connection (hx-sse:close).
document.addEventListener('fim', () => {
  location.assign(`/entrar?volta=${encodeURIComponent(location.pathname + location.search)}`);
});

/** The live connection is refused while a person has too many open (429), when the page comes or when its tab is seen again. */
function tellLive(isRefused) {
  const line = document.getElementById('sem-ao-vivo');
  if (line) line.hidden = !isRefused;
}

document.addEventListener('htmx:response:error', ({ target, detail }) => {
  if (target.id === 'ao-vivo' && detail.ctx.response.status === 429) tellLive(true);
});
document.addEventListener('htmx:sse:error', ({ detail }) => {
  if (detail.status === 429) tellLive(true);
});
document.addEventListener('htmx:sse:after:connection', () => tellLive(false));
