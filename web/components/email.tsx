// An e-mail as people read it: a long one breaks after its @ before it breaks inside a word; a viewer sees it masked.
import { maskEmail } from '#shared/email.ts';

type EmailFacts = { email: string | null; emailRaw: string | null };

export function Email({ of: { email, emailRaw }, isMasked }: { of: EmailFacts; isMasked: boolean }) {
  const text = isMasked ? email && maskEmail(email) : (email ?? emailRaw);
  if (!text) return <span class="faint">Sem e-mail</span>;
  const at = text.indexOf('@') + 1;
  return (
    <>
      {text.slice(0, at)}
      <wbr />
      {text.slice(at)}
    </>
  );
}
