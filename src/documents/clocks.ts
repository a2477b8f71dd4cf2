/** By which clock a record's times are: product time, by which the lifecycle goes, and the wall clock, where a machine or Slack tells its own. */
import { utc } from './paper.js'
import type { DocumentData, DocumentHead } from './types.js'

/** Beyond this the two clocks are told apart. */
const agreeing = 5

/** What a document says of its clocks: at its issue, and of an IQ also at its issue with signatures. */
type Clocked = Pick<DocumentHead, 'productTime'> & { signedClocks?: DocumentHead['productTime'] | undefined }

function ahead({ productTime, signedClocks }: Clocked): number {
  return Math.max(productTime.value.aheadSeconds, signedClocks?.value.aheadSeconds ?? 0)
}

/** A title of times by product time: labelled so where that was moved. */
export function dated(title: string, data: Clocked): string {
  return ahead(data) > agreeing ? `${title}, product time` : title
}

/** A title of times by the wall clock: labelled so where product time was moved. */
export function clocked(title: string, data: Clocked): string {
  return ahead(data) > agreeing ? `${title}, wall clock` : title
}

/** A moment of product time: `2026-03-02 09:00:00 UTC`, labelled where that was moved. */
export function productUtc(at: string, data: Clocked): string {
  return dated(utc(at), data)
}

/** A moment by the wall clock, labelled where product time was moved. */
export function wallUtc(at: string, data: Clocked): string {
  return clocked(utc(at), data)
}

/** What of a kind of document is not by product time. */
const byWall: Partial<Record<DocumentData['kind'], string>> = {
  iq: 'Execution and evidence by the wall clock; ',
  'destruction-record': 'Slack’s own time of a post by the wall clock; ',
}

/** By which clocks the record's times are, for its cover. */
export function clocks(data: Clocked & Pick<DocumentData, 'kind'>): string {
  const seconds = ahead(data)
  if (seconds <= agreeing) return 'Product time, by which the record is dated, agreed with the wall clock'
  const days = Math.floor(seconds / 86_400)
  const length = `${days} d ${Math.floor((seconds % 86_400) / 3_600)} h ${Math.floor((seconds % 3_600) / 60)} min`
  const wall = byWall[data.kind]
  return `${wall ? `${wall}all other times` : 'All times'} by product time, which was ${length} ahead of the wall clock`
}
