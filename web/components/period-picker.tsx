// The period of a page: named periods in a select, any two days behind "Datas". Plain GET forms; htmx only spares the reload.
import { contentId } from '../content-id.ts';
import { dayText } from '../format.ts';
import { type Period, periodLabels, periodNames } from '../period.ts';
import { Icon } from './icon.tsx';
import { ScriptlessButton } from './scriptless-button.tsx';

type PeriodPickerProps = {
  path: string;
  period: Period;
  /** What else of the query stays (the tab); paging starts anew. */
  query?: Readonly<Record<string, string>>;
};

export function PeriodPicker({ path, period, query = {} }: PeriodPickerProps) {
  const swap = { 'hx-get': path, 'hx-target': `#${contentId}`, 'hx-push-url': 'true' };
  const kept = Object.entries(query).map(([name, value]) => <input type="hidden" name={name} value={value} />);
  return (
    <div class="period">
      <form method="get" action={path} {...swap} hx-trigger="change, submit">
        {kept}
        <label>
          <span class="hidden">Período</span>
          <select name="periodo" class="select">
            {period.name === null ? (
              <option value="" selected>
                {dayText(period.firstDay!)} a {dayText(period.lastDay!)}
              </option>
            ) : (
              ''
            )}
            {periodNames.map((name) => (
              <option value={name} selected={name === period.name}>
                {periodLabels[name]}
              </option>
            ))}
          </select>
        </label>
        <ScriptlessButton>Ver</ScriptlessButton>
      </form>
      <details class="menu">
        <summary class="button">
          Datas <Icon name="down" size={14} />
        </summary>
        <form method="get" action={path} {...swap} class="menu-panel period-days">
          {kept}
          <label>
            De <input type="date" name="de" value={period.firstDay ?? undefined} required />
          </label>
          <label>
            Até <input type="date" name="ate" value={period.lastDay ?? undefined} required />
          </label>
          <button class="button button-main" type="submit">
            Aplicar
          </button>
        </form>
      </details>
    </div>
  );
}
