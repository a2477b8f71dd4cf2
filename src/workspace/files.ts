import { extname } from 'node:path'
import { newId, newSecret } from './ids'
import type { FileObject } from './types'

const mimetypes: Record<string, string> = {
  pdf: 'application/pdf',
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  svg: 'image/svg+xml',
  csv: 'text/csv',
  txt: 'text/plain',
  md: 'text/markdown',
  json: 'application/json',
  zip: 'application/zip',
}

interface Upload {
  id: string
  name: string
  length: number
  content: Buffer | undefined
}

/** Uploads under way and finished files, with their bytes. */
export class Files {
  private readonly uploads = new Map<string, Upload>()
  private readonly finished = new Map<string, { file: FileObject; content: Buffer }>()

  /** Starts an upload. Returns the file's id and the secret part of its upload address. */
  begin(name: string, length: number): { id: string; secret: string } {
    const secret = newSecret()
    const id = newId('F')
    this.uploads.set(secret, { id, name, length, content: undefined })
    return { id, secret }
  }

  /** Takes the bytes in. False where there is no such upload, or their number is not the announced one. */
  receive(secret: string, content: Buffer): boolean {
    const upload = this.uploads.get(secret)
    if (!upload || content.length !== upload.length) return false
    upload.content = content
    return true
  }

  /** Makes a file of an upload whose bytes have come. */
  finish(id: string, title: string | undefined, user: string, url: string): FileObject | undefined {
    const [secret, upload] = [...this.uploads].find(([, one]) => one.id === id) ?? []
    if (!secret || !upload?.content) return undefined
    this.uploads.delete(secret)
    const file = describe(upload, title, user, url)
    this.finished.set(id, { file, content: upload.content })
    return file
  }

  get(id: string): { file: FileObject; content: Buffer } | undefined {
    return this.finished.get(id)
  }

  all(): FileObject[] {
    return [...this.finished.values()].map(({ file }) => file)
  }

  clear(): void {
    this.uploads.clear()
    this.finished.clear()
  }
}

function describe(upload: Upload, title: string | undefined, user: string, url: string): FileObject {
  const filetype = extname(upload.name).slice(1).toLowerCase() || 'binary'
  const address = `${url}/files/${upload.id}/${encodeURIComponent(upload.name)}`
  return {
    id: upload.id,
    created: Math.floor(Date.now() / 1000),
    timestamp: Math.floor(Date.now() / 1000),
    name: upload.name,
    title: title ?? upload.name,
    mimetype: mimetypes[filetype] ?? 'application/octet-stream',
    filetype,
    pretty_type: filetype.toUpperCase(),
    size: upload.length,
    user,
    mode: 'hosted',
    is_external: false,
    url_private: address,
    url_private_download: `${address}?download=1`,
    permalink: address,
    channels: [],
  }
}
