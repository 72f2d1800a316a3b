// One click on the WhatsApp button does two things: its link opens WhatsApp, and the form around it marks the record. Both carry the same text of
// this click, from which the server makes the code that stands in the message's link.

document.addEventListener('click', (event) => {
  const link = event.target.closest('a[data-whatsapp]');
  if (!link) return;
  const click = crypto.randomUUID();
  const url = new URL(link.href);
  url.searchParams.set('n', click);
  link.href = url.href;
  // The desktop app takes the address without a page of its own.
  if (document.querySelector('[data-whatsapp-opener="app"]')) link.target = '_self';
  const form = link.closest('form');
  form.elements.n.value = click;
  form.requestSubmit();
});
