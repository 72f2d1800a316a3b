// The day without a mouse: a key presses what the page itself offers (data-key, the row's link, the sections), so a key can never do what a click
// could not. Off while somebody types, with Ctrl, Alt or Meta, and by the user's choice.

const rowSelector = 'main tbody tr[id]';
let row = null;
let isGoing = false;

const isTyping = (target) => target.closest('input:not([type=checkbox]), textarea, select, [contenteditable]') !== null;
const isVisible = (element) => element.checkVisibility();
const isOn = () => document.querySelector('[data-shortcuts]')?.dataset.shortcuts === 'on';

/** The row that keys are about: found by its id, because a swap puts another element in its place. */
const currentRow = () => (row === null ? null : document.getElementById(row));

function moveTo(next) {
  if (!next) return;
  currentRow()?.classList.remove('row-chosen');
  row = next.id;
  next.classList.add('row-chosen');
  next.querySelector('.row-link, a')?.focus({ preventScroll: true });
  next.scrollIntoView({ block: 'nearest' });
}

function move(step) {
  const rows = [...document.querySelectorAll(rowSelector)].filter(isVisible);
  const at = rows.indexOf(currentRow());
  moveTo(rows[at < 0 ? 0 : at + step]);
  return rows.length > 0;
}

/** Presses the first thing of the row (or of the page) that fits. */
function press(selector) {
  const scope = currentRow() ?? document.querySelector('main');
  const element = [...scope.querySelectorAll(selector)].find(isVisible);
  element?.click();
  return element !== undefined;
}

const sections = { p: 'painel', f: 'fila', l: 'leads', c: 'carrinhos', o: 'pedidos', r: 'relatorios' };

const acts = {
  j: () => press('[data-key="j"]') || move(1),
  k: () => move(-1),
  w: () => press('[data-key="w"]'),
  e: () => press('[data-key="e"], [id$="-email"]'),
  m: () => press('[id$="-whatsapp"][role="switch"]'),
  s: () => press('[data-key="s"]'),
  x: () => press('input[type="checkbox"]'),
  // From the last tick to here (lists.js).
  X: () =>
    currentRow()
      ?.querySelector('input[name="registros"]')
      ?.dispatchEvent(new MouseEvent('click', { shiftKey: true, bubbles: true, cancelable: true })),
  a: () => {
    document.querySelector('main thead input[type="checkbox"]')?.click();
  },
  n: () => document.querySelector('main textarea[name="texto"]')?.focus(),
  '/': () => document.querySelector('main input[type="search"]')?.focus(),
  z: () => document.querySelector('#avisos button')?.click(),
  '?': () => document.getElementById('teclas')?.showModal(),
};

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || isTyping(event.target) || !isOn()) return;
  if (document.querySelector('dialog[open]')) return;
  if (isGoing) {
    isGoing = false;
    const link = document.querySelector(`.nav a[href*="/${sections[event.key]}"]`);
    if (link) location.assign(link.href);
    event.preventDefault();
    return;
  }
  if (event.key === 'g') {
    isGoing = true;
    setTimeout(() => {
      isGoing = false;
    }, 1500);
    return;
  }
  if (!Object.hasOwn(acts, event.key)) return;
  acts[event.key]();
  event.preventDefault();
});

// A card that changed by itself takes the focus along, or the next key would start at the top of the page.
let hadFocus = false;
document.addEventListener('htmx:before:swap', () => {
  hadFocus = document.activeElement === document.body || document.activeElement?.closest('#fila') !== null;
});
document.addEventListener('htmx:after:swap', () => {
  const name = document.getElementById('fila-pessoa');
  if (name && hadFocus && document.activeElement === document.body) name.focus({ preventScroll: true });
  currentRow()?.classList.add('row-chosen');
});
