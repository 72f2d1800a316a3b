// Ctrl+K opens the list of companies and sections; letters narrow it, arrows choose, Enter goes. Nothing chosen means the first line, which
// is another company.

const palette = () => document.getElementById('paleta');
const plain = (text) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

function lines(menu) {
  return [...menu.querySelectorAll('li')];
}

function choose(menu, line) {
  for (const other of lines(menu)) other.toggleAttribute('data-chosen', other === line);
  line?.scrollIntoView({ block: 'nearest' });
}

function narrow(menu, text) {
  for (const line of lines(menu)) line.hidden = !plain(line.textContent).includes(plain(text.trim()));
  choose(
    menu,
    lines(menu).find((line) => !line.hidden),
  );
}

document.addEventListener('keydown', (event) => {
  const menu = palette();
  if (!menu) return;
  if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === 'k') {
    event.preventDefault();
    menu.open = true;
    menu.querySelector('input').focus();
    return;
  }
  if (event.target !== menu.querySelector('input')) return;
  const shown = lines(menu).filter((line) => !line.hidden);
  const at = shown.findIndex((line) => line.hasAttribute('data-chosen'));
  if (event.key === 'Enter') shown[Math.max(at, 0)]?.querySelector('a').click();
  else if (event.key === 'ArrowDown') choose(menu, shown[Math.min(at + 1, shown.length - 1)]);
  else if (event.key === 'ArrowUp') choose(menu, shown[Math.max(at - 1, 0)]);
  else return;
  event.preventDefault();
});

document.addEventListener('input', (event) => {
  const menu = palette();
  if (menu?.contains(event.target)) narrow(menu, event.target.value);
});

// The search is for those who have this script; `toggle` does not bubble.
document.addEventListener(
  'toggle',
  (event) => {
    if (event.target !== palette()) return;
    const search = event.target.querySelector('input');
    search.value = '';
    narrow(event.target, '');
    if (event.target.open) search.focus();
  },
  true,
);

const search = palette()?.querySelector('input');
if (search) search.hidden = false;
