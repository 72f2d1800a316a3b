// One line a happening: `run.finished tenant=7 source=form-vibes inserted=12 ms=840`.
// Values are ids, counts and codes. Names, phones, e-mails and secrets have no place here; what looks like one is masked all the same.

export type LogFields = Record<string, string | number | bigint | boolean | null | undefined>;
export type Log = {
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
};

const emailLike = /([^\s@<>"'`=,;:()]{1,64})@([^\s@<>"'`,;:()]+\.[^\s@<>"'`,;:()]{2,})/g;
const phoneLike = /(?<![\w.-])\+?\d[\d\s().-]{8,}\d(?![\w.-])/g;

/** Masks what looks like an e-mail or a phone: `m***@g***.com`, `(11) 9****-4321` (docs/rules.md, Privacy). */
export function maskPersonalData(text: string): string {
  return text
    .replace(emailLike, (_, local: string, domain: string) => {
      const ending = domain.slice(domain.lastIndexOf('.'));
      return `${local.slice(0, 1)}***@${domain.slice(0, 1)}***${ending}`;
    })
    .replace(phoneLike, (match) => {
      const digits = match.replace(/\D/g, '');
      if (digits.length < 10 || digits.length > 15 || /^\d{4}-\d{2}-\d{2}/.test(match)) return match;
      return `***${digits.slice(-4)}`;
    });
}

function render(value: LogFields[string]): string {
  if (typeof value !== 'string') return String(value);
  const masked = maskPersonalData(value);
  return /^[\w.:/+*@-]+$/.test(masked) ? masked : JSON.stringify(masked);
}

/** A log that writes to standard error, one line an event, with the time first. */
export function createLog(write: (line: string) => void = (line) => process.stderr.write(line)): Log {
  const line =
    (level: string) =>
    (event: string, fields: LogFields = {}) => {
      const pairs = Object.entries(fields)
        .filter(([, value]) => value !== undefined)
        .map(([key, value]) => ` ${key}=${render(value)}`);
      write(`${new Date().toISOString()} ${level}${event}${pairs.join('')}\n`);
    };
  return { info: line(''), warn: line('warn '), error: line('error ') };
}
