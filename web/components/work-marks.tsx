// What every page knows about the user's day: how many wait in the queue, where WhatsApp opens and whether keys act, for the scripts to read.
import type { WhatsappOpener } from '#shared/message-template.ts';

export type WorkFacts = { queueCount: number; opener: WhatsappOpener; hasShortcuts: boolean };

export const queueCountId = 'fila-contador';
/** The navigation counts no further. */
export const mostInNavigation = 100;

/** The number beside "Fila" in the navigation. */
export function QueueCount({ count }: { count: number }) {
  return (
    <span id={queueCountId} class="nav-count">
      {count === 0 ? '' : count >= mostInNavigation ? `${mostInNavigation - 1}+` : count}
    </span>
  );
}

export function WorkMarks({ opener, hasShortcuts }: WorkFacts) {
  return (
    <>
      <div hidden data-whatsapp-opener={opener} data-shortcuts={hasShortcuts ? 'on' : 'off'} />
      <dialog id="teclas" aria-label="Atalhos de teclado">
        <h2>Atalhos de teclado</h2>
        <dl class="keys">
          {shortcuts.map(([keys, what]) => (
            <div>
              <dt>
                {keys.split(' ').map((key) => (
                  <kbd>{key}</kbd>
                ))}
              </dt>
              <dd>{what}</dd>
            </div>
          ))}
        </dl>
        <form method="dialog">
          <button class="button" type="submit">
            Fechar
          </button>
        </form>
      </dialog>
    </>
  );
}

const shortcuts = [
  ['j k', 'próxima e anterior (na fila, j pula)'],
  ['Enter', 'abrir'],
  ['w', 'WhatsApp, e marca como enviado'],
  ['e', 'e-mail enviado'],
  ['m', 'marcar ou desmarcar WhatsApp'],
  ['s', 'adiar (na fila)'],
  ['z', 'desfazer o último'],
  ['x', 'selecionar a linha; com Shift, até aqui'],
  ['a', 'selecionar a página'],
  ['n', 'nova nota'],
  ['/', 'buscar'],
  ['g p', 'painel'],
  ['g f', 'fila de hoje'],
  ['g l', 'leads'],
  ['g c', 'carrinhos'],
  ['g o', 'pedidos'],
  ['Ctrl+K', 'trocar de empresa ou de tela'],
  ['Esc', 'fechar'],
  ['?', 'esta ajuda'],
] as const;
