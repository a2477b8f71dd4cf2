import { z } from 'zod'
import { type Composed, compose } from '../compose'
import type { FileObject } from '../types'
import type { World } from '../world'
import { byApp } from './chat'
import { channelOfBot, count, isAnswer, json, method, refuse, refuseChecked } from './method'

const getUploadUrl = method(
  't4',
  z.object({ filename: z.string().min(1), length: count.min(1), alt_txt: z.string().optional(), snippet_type: z.string().optional() }),
  (args, world) => {
    const { id, secret } = world.files.begin(args.filename, args.length)
    return { ok: true, upload_url: `${world.url}/upload/${secret}`, file_id: id }
  },
)

const wanted = z.array(z.looseObject({ id: z.string(), title: z.string().optional() })).min(1)

const complete = method(
  't4',
  z.object({
    files: json,
    channel_id: z.string().optional(),
    thread_ts: z.string().optional(),
    initial_comment: z.string().optional(),
    blocks: json.optional(),
  }),
  (args, world) => {
    const asked = wanted.safeParse(args.files)
    if (!asked.success) return refuse('invalid_arguments')
    const channel = args.channel_id ? channelOfBot(world, args.channel_id) : undefined
    if (channel && isAnswer(channel)) return channel
    if (args.thread_ts && channel && !world.messages.find(channel.id, args.thread_ts)) return refuse('thread_not_found')
    const comment = compose({ text: args.initial_comment || ' ', blocks: args.blocks })
    if (!comment.ok) return refuseChecked(comment)

    const { botUserId } = world.directory.app
    const files = asked.data.map((one) => world.files.finish(one.id, one.title, botUserId, world.url))
    if (!files.every((file) => file !== undefined)) return refuse('file_not_found')
    if (channel) world.later(world.limits.shareMs, () => share(world, channel.id, files, comment.value, args.thread_ts))
    return { ok: true, files }
  },
)

/** The message that shows files in a channel; Slack posts it some time after the upload. */
function share(world: World, channel: string, files: FileObject[], comment: Composed, threadTs: string | undefined): void {
  for (const file of files) file.channels.push(channel)
  const said = { ...comment, text: comment.text.trim() }
  world.messages.add(channel, { ...byApp(world, said, threadTs), subtype: 'file_share', upload: true, files })
}

const info = method('t4', z.object({ file: z.string() }), (args, world) => {
  const found = world.files.get(args.file)
  return found ? { ok: true, file: found.file, comments: [] } : refuse('file_not_found')
})

const list = method('t3', z.object({ channel: z.string().optional() }), (args, world) => ({
  ok: true,
  files: world.files.all().filter((file) => !args.channel || file.channels.includes(args.channel)),
}))

/** Uploads in Slack's three steps. */
export const files = {
  'files.getUploadURLExternal': getUploadUrl,
  'files.completeUploadExternal': complete,
  'files.info': info,
  'files.list': list,
}
