// A button with data-copy puts the text of the named element on the clipboard, and says so.

async function copy(text) {
  // Only secure addresses have the clipboard; an office may open this by plain http in its own network.
  if (navigator.clipboard) return await navigator.clipboard.writeText(text);
  const field = document.createElement('textarea');
  field.value = text;
  document.body.append(field);
  field.select();
  document.execCommand('copy');
  field.remove();
}

document.addEventListener('click', async (event) => {
  const button = event.target.closest('button[data-copy]');
  if (!button) return;
  const source = document.getElementById(button.dataset.copy);
  await copy('value' in source ? source.value : source.textContent);
  const notice = document.createElement('div');
  notice.className = 'notice';
  notice.textContent = 'Copiado.';
  document.getElementById('avisos')?.replaceChildren(notice);
  button.focus();
});
