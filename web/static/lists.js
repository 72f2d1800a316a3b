// The ticks of a list: the whole page at once, a range with Shift, and how many there are. Without it every row is ticked by hand and the form works as well.

const ticks = () => [...document.querySelectorAll('main input[name="registros"][form]')];

function tell() {
  const all = ticks();
  const page = document.querySelector('[data-select="page"]');
  const count = all.filter((tick) => tick.checked).length;
  if (page) {
    page.hidden = false;
    page.checked = count > 0 && count === all.length;
    page.indeterminate = count > 0 && count < all.length;
  }
  const text = document.querySelector('[data-selected]');
  if (text) text.textContent = `${count} ${text.dataset.selected}${count === 1 ? '' : 's'}`;
}

let last = null;

document.addEventListener('click', (event) => {
  const tick = event.target.closest('main input[name="registros"][form]');
  if (!tick) return;
  const all = ticks();
  const from = all.findIndex(({ value }) => value === last);
  if (event.shiftKey && from >= 0) {
    const to = all.indexOf(tick);
    for (const other of all.slice(Math.min(from, to), Math.max(from, to))) other.checked = tick.checked;
  }
  last = tick.value;
  tell();
});

document.addEventListener('change', (event) => {
  if (event.target.matches('[data-select="page"]')) {
    for (const tick of ticks()) tick.checked = event.target.checked;
    tell();
  }
});

document.addEventListener('htmx:after:swap', tell);
tell();
