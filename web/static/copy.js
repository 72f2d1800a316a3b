// A button with data-copy puts the text of the named element on the clipboard, a form with data-copy-answer what the server answers to it, and says so.

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

function tell(text) {
  const notice = document.createElement('div');
  notice.className = 'notice';
  notice.textContent = text;
  document.getElementById('avisos')?.replaceChildren(notice);
}

document.addEventListener('click', async (event) => {
  const button = event.target.closest('button[data-copy]');
  if (!button) return;
  const source = document.getElementById(button.dataset.copy);
  await copy('value' in source ? source.value : source.textContent);
  tell('Copiado.');
  button.focus();
});

document.addEventListener('submit', async (event) => {
  const form = event.target.closest('form[data-copy-answer]');
  if (!form) return;
  event.preventDefault();
  const answer = await fetch(form.action, { method: 'POST', headers: { 'HX-Request': 'true' } });
  const text = await answer.text();
  if (answer.ok) await copy(text);
  const sentence = new DOMParser().parseFromString(text, 'text/html').querySelector('.empty-title')?.textContent;
  tell(
    answer.ok
      ? 'Link copiado. Ele abre o carrinho com os dados da pessoa: envie só a ela.'
      : (sentence ?? 'Não foi possível copiar.'),
  );
  form.querySelector('button').focus();
});
