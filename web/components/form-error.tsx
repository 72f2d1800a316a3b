// What is wrong with a form just sent, above it and read aloud.
import { Icon } from './icon.tsx';

export function FormError({ message }: { message: string | null }) {
  if (!message) return null;
  return (
    <p class="form-error" role="alert">
      <Icon name="alert" /> {message}
    </p>
  );
}

/** What was just done, in the same place. */
export function FormDone({ message }: { message: string | null }) {
  if (!message) return null;
  return (
    <p class="form-done" role="status">
      <Icon name="check" /> {message}
    </p>
  );
}
