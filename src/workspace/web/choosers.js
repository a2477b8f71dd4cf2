import { draftOf } from './drafts.js'
import { html } from './html.js'
import { Text } from './mrkdwn.js'
import { nameOfPerson, state, team } from './store.js'

/** What an element shows now: the draft, or what it started with. */
const current = ({ source, block, element }, field, initial) => draftOf(source, block, element)?.[field] ?? element[initial]

const kinds = {
  static_select: ['selected_option', 'initial_option'],
  external_select: ['selected_option', 'initial_option'],
  users_select: ['selected_user', 'initial_user'],
  channels_select: ['selected_channel', 'initial_channel'],
  conversations_select: ['selected_conversation', 'initial_conversation'],
}

const idOf = (value) => (typeof value === 'object' ? value?.value : value) ?? ''

/** Every kind of select: one entry, or with `multi_` several. */
export function Select(props) {
  const { element, block, choose } = props
  const multi = element.type.startsWith('multi_')
  const kind = element.type.replace('multi_', '')
  const [field, initial] = kinds[kind].map((name) => (multi ? `${name}s` : name))
  const value = current(props, field, initial)
  const entries = entriesOf(element, kind)
  const pick = (ids) => {
    const found = ids.map((id) => entries.find((one) => one.id === id)?.value ?? id)
    choose({ [field]: multi ? found : (found[0] ?? null) })
  }
  const shared = { 'data-action-id': element.action_id, 'aria-label': element.placeholder?.text ?? block.label?.text }
  if (multi) return html`<${ManyOf} entries=${entries} chosen=${(value ?? []).map(idOf)} pick=${pick} shared=${shared} />`
  return html`<span class="select">
    <select ...${shared} onChange=${(event) => pick(event.currentTarget.value ? [event.currentTarget.value] : [])}>
      <option value="" selected=${!value}>${element.placeholder?.text ?? 'Choose'}</option>
      ${grouped(entries).map(([label, group]) =>
        label
          ? html`<optgroup label=${label}>${group.map((one) => html`<option value=${one.id} selected=${one.id === idOf(value)}>${one.label}</option>`)}</optgroup>`
          : group.map((one) => html`<option value=${one.id} selected=${one.id === idOf(value)}>${one.label}</option>`),
      )}
    </select>
  </span>`
}

function ManyOf({ entries, chosen, pick, shared }) {
  const toggle = (id) => pick(chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id])
  return html`<div class="many" role="group" ...${shared}>
    ${entries.map((one) => html`<button type="button" class=${`chip${chosen.includes(one.id) ? ' on' : ''}`} aria-pressed=${chosen.includes(one.id)} data-value=${one.id} onClick=${() => toggle(one.id)}>${one.label}</button>`)}
  </div>`
}

function grouped(entries) {
  const groups = new Map()
  for (const one of entries) groups.set(one.group, [...(groups.get(one.group) ?? []), one])
  return [...groups]
}

const optionEntry = (group) => (option) => ({ id: option.value, label: option.text.text, value: option, group })

function entriesOf(element, kind) {
  if (kind === 'users_select') {
    return state.people.map((one) => ({ id: one.id, label: nameOfPerson(one.id), value: one.id, group: team(one.team_id).name }))
  }
  if (kind === 'static_select' || kind === 'external_select') {
    const groups = element.option_groups ?? [{ options: element.options ?? [] }]
    return groups.flatMap((group) => group.options.map(optionEntry(group.label?.text)))
  }
  return state.channels.filter((one) => !one.is_im).map((one) => ({ id: one.id, label: `#${one.name}`, value: one.id }))
}

/** Checkboxes and radio buttons. */
export function Choices(props) {
  const { element, block, source, choose } = props
  const many = element.type === 'checkboxes'
  const value = many ? current(props, 'selected_options', 'initial_options') : current(props, 'selected_option', 'initial_option')
  const chosen = (many ? (value ?? []) : value ? [value] : []).map((one) => one.value)
  const pick = (option, on) => {
    if (!many) return choose({ selected_option: option })
    const rest = (value ?? []).filter((one) => one.value !== option.value)
    choose({ selected_options: on ? [...rest, option] : rest })
  }
  const name = `${source.viewId ?? source.messageTs}/${block.block_id}/${element.action_id}`
  return html`<div class="choices" role=${many ? 'group' : 'radiogroup'} data-action-id=${element.action_id}>
    ${element.options.map(
      (option) => html`<label class="choice">
        <input type=${many ? 'checkbox' : 'radio'} name=${name} value=${option.value} checked=${chosen.includes(option.value)} onChange=${(event) => pick(option, event.currentTarget.checked)} />
        <span><${Text} of=${option.text} />${option.description && html`<span class="choice-note"><${Text} of=${option.description} /></span>`}</span>
      </label>`,
    )}
  </div>`
}

/** A date, with its time for a datetimepicker. */
export function DateField(props) {
  const { element, choose } = props
  if (element.type === 'datepicker') {
    const value = current(props, 'selected_date', 'initial_date') ?? ''
    return html`<input type="date" class="field-input date" data-action-id=${element.action_id} value=${value} onChange=${(event) => choose({ selected_date: event.currentTarget.value || null })} />`
  }
  const seconds = current(props, 'selected_date_time', 'initial_date_time')
  const local = seconds ? new Date(seconds * 1000 - new Date().getTimezoneOffset() * 60_000).toISOString().slice(0, 16) : ''
  const pick = (text) => choose({ selected_date_time: text ? Math.floor(new Date(text).getTime() / 1000) : null })
  return html`<input type="datetime-local" class="field-input date" data-action-id=${element.action_id} value=${local} onChange=${(event) => pick(event.currentTarget.value)} />`
}

export function TimeField(props) {
  const { element, choose } = props
  const value = current(props, 'selected_time', 'initial_time') ?? ''
  return html`<input type="time" class="field-input date" data-action-id=${element.action_id} value=${value} onChange=${(event) => choose({ selected_time: event.currentTarget.value || null })} />`
}
