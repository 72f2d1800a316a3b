// One field of a form: label, what it means, the input, and what is wrong with it, tied together for screen readers.
import type { Child } from 'hono/jsx';

type FieldProps = {
  label: string;
  name: string;
  hint?: Child;
  error?: string | undefined;
  /** After the input: `horas`. */
  unit?: string;
  children: Child;
};

/** The attributes that tie an input to its Field. */
export const fieldInput = (name: string, error?: string) => ({
  id: `campo-${name}`,
  name,
  'aria-describedby': `campo-${name}-nota`,
  'aria-invalid': error ? ('true' as const) : undefined,
});

export function Field({ label, name, hint, error, unit, children }: FieldProps) {
  return (
    <div class="field">
      <label for={`campo-${name}`}>{label}</label>
      {unit ? (
        <div class="field-unit">
          {children}
          <span class="faint">{unit}</span>
        </div>
      ) : (
        children
      )}
      <div id={`campo-${name}-nota`} class="field-note">
        {error ? <p class="field-error">{error}</p> : ''}
        {hint ? <p class="faint">{hint}</p> : ''}
      </div>
    </div>
  );
}

export type TextFieldProps = Omit<FieldProps, 'children'> & {
  value: string;
  type?: 'text' | 'password';
  inputmode?: 'numeric' | 'decimal';
  list?: string;
  placeholder?: string;
  maxlength?: number;
};

export function TextField({ value, type = 'text', inputmode, list, placeholder, maxlength, ...field }: TextFieldProps) {
  return (
    <Field {...field}>
      <input
        {...fieldInput(field.name, field.error)}
        type={type}
        value={value}
        inputmode={inputmode}
        list={list}
        placeholder={placeholder}
        maxlength={maxlength}
        autocomplete={type === 'password' ? 'new-password' : 'off'}
      />
    </Field>
  );
}

/** A yes or no; unchecked sends nothing. */
export function CheckField({
  label,
  name,
  hint,
  isChecked,
}: Pick<FieldProps, 'label' | 'name' | 'hint'> & { isChecked: boolean }) {
  return (
    <div class="field">
      <label class="check">
        <input type="checkbox" name={name} value="sim" checked={isChecked} /> <span>{label}</span>
      </label>
      {hint ? <p class="faint">{hint}</p> : ''}
    </div>
  );
}
