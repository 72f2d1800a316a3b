// A phone as people read it, with what is odd about it; a viewer sees it masked.
import { formatPhone, maskPhone } from '#shared/phone.ts';
import { phoneReasonLabels } from '../messages.ts';

export type PhoneFacts = {
  phoneE164: string | null;
  phoneStatus: string;
  phoneKind: string | null;
  phoneReason: string | null;
  /** Comma-separated codes, as the copy keeps them. */
  phoneWarnings: string;
  phoneRaw: string | null;
};

const warningLabels: Readonly<Record<string, string>> = {
  ninth_digit_inserted: '9º dígito incluído',
  presumed_area_code: 'DDD presumido',
  possible_trunking: 'talvez rádio',
};

export function Phone({ phone, isMasked }: { phone: PhoneFacts; isMasked: boolean }) {
  if (phone.phoneStatus === 'empty') return <span class="faint">Sem telefone</span>;
  if (!phone.phoneE164) {
    const reason = phone.phoneReason ? phoneReasonLabels[phone.phoneReason] : undefined;
    return (
      <span class="stack">
        {isMasked ? '' : <span class="faint">{phone.phoneRaw}</span>}
        <span class="chip chip-warn">inválido{reason ? `: ${reason}` : ''}</span>
      </span>
    );
  }
  const chips = [
    ...(phone.phoneStatus === 'fictitious' ? ['fictício'] : []),
    ...(phone.phoneKind === 'landline' ? ['fixo'] : []),
    ...(phone.phoneKind === 'international' ? ['internacional'] : []),
    ...phone.phoneWarnings
      .split(/[,\s]+/)
      .flatMap((code) => (Object.hasOwn(warningLabels, code) ? [warningLabels[code]!] : [])),
  ];
  return (
    <span class="stack">
      <span class="nowrap">{isMasked ? maskPhone(phone.phoneE164) : formatPhone(phone.phoneE164)}</span>
      {chips.length > 0 ? (
        <span class="chips">
          {chips.map((chip) => (
            <span class="chip">{chip}</span>
          ))}
        </span>
      ) : (
        ''
      )}
    </span>
  );
}
