// SPDX-License-Identifier: Apache-2.0
// When a camera is recorded: day and night, at some hours of the week, or not at all.
import { useTranslation } from 'react-i18next';
import { localeOf } from '../i18n';
import { useStatus } from '../settings/queries';
import { CloseIcon } from '../shell/icons';
import './schedule.css';
import { dayName, officeHours, toClock, type Hours, type Mode, type Plan } from './schedule';

const modes: readonly Mode[] = ['always', 'off', 'hours'];
const week = [0, 1, 2, 3, 4, 5, 6] as const;

interface Props {
  plan: Plan;
  change: (plan: Plan) => void;
  fault: string | undefined;
}

export function ScheduleFields({ plan, change, fault }: Props) {
  const { t } = useTranslation();
  const choose = (mode: Mode) =>
    change({
      mode,
      hours: mode === 'hours' && plan.hours.length === 0 ? [officeHours] : plan.hours,
    });
  const put = (place: number, hours: Hours | undefined) =>
    change({
      ...plan,
      hours: plan.hours.flatMap((one, i) => (i === place ? (hours ?? []) : one)),
    });
  return (
    <fieldset className="schedule">
      <legend>{t('schedule.title')}</legend>
      {modes.map((mode) => (
        <label key={mode}>
          <input
            type="radio"
            name="record"
            checked={plan.mode === mode}
            onChange={() => choose(mode)}
          />
          {t(`schedule.${mode}`)}
        </label>
      ))}
      {plan.mode === 'off' && <p className="hint">{t('schedule.offHint')}</p>}
      {plan.mode === 'hours' && (
        <>
          {plan.hours.map((hours, i) => (
            <HoursRow key={i} hours={hours} change={(next) => put(i, next)} />
          ))}
          <button
            type="button"
            className="plain"
            onClick={() => change({ ...plan, hours: [...plan.hours, officeHours] })}
          >
            {t('schedule.more')}
          </button>
          <ZoneHint />
        </>
      )}
      {fault && (
        <p className="fault" role="alert">
          {fault}
        </p>
      )}
    </fieldset>
  );
}

function HoursRow({ hours, change }: { hours: Hours; change: (hours: Hours | undefined) => void }) {
  const { t, i18n } = useTranslation();
  const locale = localeOf(i18n.language);
  const toggle = (day: number) =>
    change({ ...hours, days: hours.days.map((on, i) => (i === day ? !on : on)) });
  return (
    <div className="hours" role="group" aria-label={t('schedule.hours')}>
      <div className="days">
        {week.map((day) => (
          <button
            key={day}
            type="button"
            aria-pressed={hours.days[day] ?? false}
            aria-label={dayName(day, locale, 'long')}
            onClick={() => toggle(day)}
          >
            {dayName(day, locale)}
          </button>
        ))}
      </div>
      <Clock
        label={t('schedule.from')}
        value={hours.from}
        change={(from) => change({ ...hours, from })}
      />
      –
      <Clock label={t('schedule.to')} value={hours.to} change={(to) => change({ ...hours, to })} />
      <button
        type="button"
        className="icon"
        aria-label={t('schedule.remove')}
        onClick={() => change(undefined)}
      >
        <CloseIcon />
      </button>
    </div>
  );
}

interface ClockProps {
  label: string;
  value: string;
  change: (value: string) => void;
}

/** 00:00 to 24:00; the browser's own field has twelve hours where the browser's language does. */
function Clock({ label, value, change }: ClockProps) {
  return (
    <input
      className="clock"
      aria-label={label}
      inputMode="numeric"
      autoComplete="off"
      placeholder="08:00"
      maxLength={5}
      value={value}
      onChange={({ currentTarget }) => change(currentTarget.value)}
      onBlur={() => change(toClock(value))}
    />
  );
}

/** Whose clock it is, where that is not the reader's. */
function ZoneHint() {
  const { t } = useTranslation();
  const answer = useStatus();
  if (answer?.kind !== 'ok') return null;
  const { name, utc_offset_us } = answer.value.time_zone;
  const same = utc_offset_us === -new Date().getTimezoneOffset() * 60e6;
  return (
    <p className="hint">
      {t('schedule.hint')} {!same && t('schedule.zone', { zone: name })}
    </p>
  );
}
