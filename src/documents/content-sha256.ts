/** Apart from `render.ts`, so that who only compares what was signed does not load what draws (pdfkit, fontkit: 12 MiB). */
import { canonical, sha256 } from './canonical.js'
import type { DocumentData } from './types.js'

/** What signers sign: the SHA-256 of the record without its signatures and the number and time of its issue with them, so that signing does not change what was signed. */
export function contentSha256(data: DocumentData): string {
  return sha256(canonical({ ...data, signatures: undefined, signedIssue: undefined, signedClocks: undefined }))
}
