// Where the WhatsApp button leads when it does not lead to WhatsApp: why, and what can be done.
import { ContactMarks, type ContactRefusal } from '../components/contact-marks.tsx';
import type { ContactState } from '../components/contact-types.ts';
import type { Clock } from '../format.ts';
import { PageHead } from '../layout.tsx';

type MessageRefusalProps = { slug: string; state: ContactState; clock: Clock; refusal: ContactRefusal };

export function MessageRefusal({ slug, state, clock, refusal }: MessageRefusalProps) {
  return (
    <>
      <PageHead title="WhatsApp não foi aberto" />
      <ContactMarks slug={slug} state={state} clock={clock} canContact refusal={refusal} />
      <p class="faint">Pode fechar esta aba.</p>
    </>
  );
}
