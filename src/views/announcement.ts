/** News for a channel: one event, told to each audience in its own words (R38). The customer's telling is an allow-list. */
import type { Environment, Situation } from '../lifecycle/types.js'
import { type AuditEvent, auditNews } from './news-audit.js'
import { type EnvironmentEvent, environmentNews } from './news-environment.js'
import { type PathEvent, pathNews } from './news-path.js'
import { type QualificationEvent, qualificationNews } from './news-qualification.js'
import { type Audience, context, fields, section, type View, view } from './view.js'

export type AnnouncementEvent = EnvironmentEvent | PathEvent | QualificationEvent | AuditEvent

export interface AnnouncementFacts {
  event: AnnouncementEvent
  /** As the rules announce it: `user`, `role`, `until`, `date`, `number`, `comment`, `reason`, `days`, `step`, `record`, `reference`, `document`, `execution`, `deviation`. */
  data: Readonly<Record<string, string | number>>
  audience: Audience
  situation: Situation
  environment?: Environment | null
}

export interface News {
  emoji: string
  title: string
  /** Paragraphs; null ones fall away. */
  body: (string | null)[]
  facts?: [label: string, value: string | null][]
  context?: (string | null)[]
}

const tellers: Record<AnnouncementEvent, (facts: AnnouncementFacts) => News> = {
  ...environmentNews,
  ...pathNews,
  ...qualificationNews,
  ...auditNews,
}

export const announcementEvents = Object.keys(tellers) as AnnouncementEvent[]

/** Whether a word names an event that can be told. */
export function isAnnouncement(event: string): event is AnnouncementEvent {
  return Object.hasOwn(tellers, event)
}

/** The message of an event. */
export function announcement(facts: AnnouncementFacts): View {
  const { emoji, title, body, facts: told = [], context: small = [] } = tellers[facts.event](facts)
  const paragraphs = body.filter((each): each is string => Boolean(each))
  const below = small.filter((each): each is string => Boolean(each))
  return view(`${plain(title)}. ${plain(paragraphs[0] ?? '')}`, [
    section([`${emoji} *${title}*`, ...paragraphs].join('\n')),
    ...fields(told),
    below.length > 0 ? context(...below) : null,
  ])
}

/** Notifications show no formatting, so the ticks go. */
function plain(text: string): string {
  return text.replace(/[`*]/g, '')
}
