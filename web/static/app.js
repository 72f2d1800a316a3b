// The little that HTML and htmx don't do: open menus close, and a page whose session ended goes to the login.

function closeMenus(except) {
  for (const menu of document.querySelectorAll('details.menu[open]')) {
    if (menu !== except && !menu.contains(except)) menu.open = false;
  }
}

document.addEventListener('click', (event) => {
  closeMenus(event.target.closest('details.menu'));
});

document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  const open = document.querySelector('details.menu[open]');
  if (!open) return;
  open.open = false;
  open.querySelector('summary').focus();
});

// `fim` is the last word of the live connection (hx-sse:close).
document.addEventListener('fim', () => {
  location.assign(`/entrar?volta=${encodeURIComponent(location.pathname + location.search)}`);
});
