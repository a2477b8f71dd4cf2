import { html } from './html.js'

/** The usual shortcodes, as `name=character` in one line per theme. */
const table = `
+1=👍 -1=👎 thumbsup=👍 thumbsdown=👎 ok_hand=👌 clap=👏 wave=👋 raised_hands=🙌 pray=🙏 muscle=💪 point_right=👉 point_left=👈 point_up=☝️ point_down=👇 handshake=🤝 writing_hand=✍️ raised_hand=✋ crossed_fingers=🤞
smile=😄 grinning=😀 slightly_smiling_face=🙂 blush=😊 joy=😂 wink=😉 thinking_face=🤔 sunglasses=😎 sweat_smile=😅 cry=😢 sob=😭 scream=😱 neutral_face=😐 confused=😕 relieved=😌 partying_face=🥳 nerd_face=🤓 sleeping=😴 robot_face=🤖 ghost=👻 eyes=👀 brain=🧠
heart=❤️ yellow_heart=💛 green_heart=💚 blue_heart=💙 purple_heart=💜 sparkles=✨ star=⭐ star2=🌟 fire=🔥 boom=💥 zap=⚡ tada=🎉 confetti_ball=🎊 balloon=🎈 trophy=🏆 medal=🏅 100=💯 dart=🎯 gem=💎 gift=🎁 cake=🍰 coffee=☕ beer=🍺 champagne=🍾
white_check_mark=✅ heavy_check_mark=✔️ ballot_box_with_check=☑️ x=❌ negative_squared_cross_mark=❎ no_entry=⛔ no_entry_sign=🚫 warning=⚠️ rotating_light=🚨 exclamation=❗ grey_exclamation=❕ question=❓ grey_question=❔ bangbang=‼️ information_source=ℹ️ octagonal_sign=🛑 heavy_plus_sign=➕ heavy_minus_sign=➖ heavy_multiplication_x=✖️ recycle=♻️ infinity=♾️ sos=🆘 new=🆕 ok=🆗 up=🆙 free=🆓 stop_button=⏹️ arrow_forward=▶️ double_vertical_bar=⏸️ pause_button=⏸️ black_right_pointing_double_triangle_with_vertical_bar=⏭️ fast_forward=⏩ rewind=⏪
red_circle=🔴 large_orange_circle=🟠 orange_circle=🟠 large_yellow_circle=🟡 yellow_circle=🟡 large_green_circle=🟢 green_circle=🟢 large_blue_circle=🔵 blue_circle=🔵 large_purple_circle=🟣 white_circle=⚪ black_circle=⚫ radio_button=🔘 large_green_square=🟩 large_yellow_square=🟨 large_red_square=🟥 large_blue_square=🟦 white_large_square=⬜ black_large_square=⬛ white_square_button=🔳 black_small_square=▪️ white_small_square=▫️ small_blue_diamond=🔹 small_orange_diamond=🔸 large_blue_diamond=🔷 diamond_shape_with_a_dot_inside=💠
hourglass=⌛ hourglass_flowing_sand=⏳ alarm_clock=⏰ stopwatch=⏱️ timer_clock=⏲️ clock1=🕐 clock3=🕒 clock9=🕘 watch=⌚ calendar=📆 date=📅 spiral_calendar_pad=🗓️ spiral_note_pad=🗒️ zzz=💤 bell=🔔 no_bell=🔕 mega=📣 loudspeaker=📢 speech_balloon=💬 thought_balloon=💭 left_speech_bubble=🗨️
rocket=🚀 ship=🚢 boat=⛵ sailboat=⛵ anchor=⚓ construction=🚧 building_construction=🏗️ hammer=🔨 hammer_and_wrench=🛠️ wrench=🔧 nut_and_bolt=🔩 gear=⚙️ toolbox=🧰 microscope=🔬 test_tube=🧪 petri_dish=🧫 dna=🧬 pill=💊 syringe=💉 stethoscope=🩺 hospital=🏥 factory=🏭 office=🏢 house=🏠 bank=🏦 school=🏫 bricks=🧱 package=📦 truck=🚚 airplane=✈️ checkered_flag=🏁 triangular_flag_on_post=🚩 white_flag=🏳️ map=🗺️ world_map=🗺️ compass=🧭 globe_with_meridians=🌐
memo=📝 pencil=✏️ pencil2=✏️ page_facing_up=📄 page_with_curl=📃 bookmark_tabs=📑 clipboard=📋 pushpin=📌 round_pushpin=📍 paperclip=📎 link=🔗 file_folder=📁 open_file_folder=📂 card_index_dividers=🗂️ card_file_box=🗃️ file_cabinet=🗄️ wastebasket=🗑️ books=📚 book=📖 scroll=📜 receipt=🧾 label=🏷️ bookmark=🔖 ledger=📒 bar_chart=📊 chart_with_upwards_trend=📈 chart_with_downwards_trend=📉 abacus=🧮 inbox_tray=📥 outbox_tray=📤 email=📧 envelope=✉️ incoming_envelope=📨 floppy_disk=💾 minidisc=💽 cd=💿 computer=💻 desktop_computer=🖥️ printer=🖨️ electric_plug=🔌 satellite=🛰️ telescope=🔭
lock=🔒 unlock=🔓 closed_lock_with_key=🔐 lock_with_ink_pen=🔏 key=🔑 old_key=🗝️ shield=🛡️ mag=🔍 mag_right=🔎 bulb=💡 flashlight=🔦 bug=🐛 beetle=🐞 ladybug=🐞 scales=⚖️ passport_control=🛂 customs=🛃 ticket=🎫 admission_tickets=🎟️ crystal_ball=🔮 magic_wand=🪄 broom=🧹 seedling=🌱 herb=🌿 evergreen_tree=🌲 four_leaf_clover=🍀 snowflake=❄️ sunny=☀️ cloud=☁️ rainbow=🌈 umbrella=☔ ocean=🌊 earth_africa=🌍 moon=🌙 cat=🐱 dog=🐶 turtle=🐢 whale=🐳 unicorn_face=🦄 hatching_chick=🐣
arrow_right=➡️ arrow_left=⬅️ arrow_up=⬆️ arrow_down=⬇️ arrow_right_hook=↪️ leftwards_arrow_with_hook=↩️ arrow_upper_right=↗️ arrow_lower_right=↘️ arrow_heading_up=⤴️ arrow_heading_down=⤵️ arrows_counterclockwise=🔄 arrows_clockwise=🔃 repeat=🔁 twisted_rightwards_arrows=🔀 left_right_arrow=↔️ back=🔙 soon=🔜 top=🔝 one=1️⃣ two=2️⃣ three=3️⃣ four=4️⃣ five=5️⃣ six=6️⃣ seven=7️⃣ eight=8️⃣ nine=9️⃣ keycap_ten=🔟 zero=0️⃣
bust_in_silhouette=👤 busts_in_silhouette=👥 technologist=🧑‍💻 construction_worker=👷 detective=🕵️ scientist=🧑‍🔬 health_worker=🧑‍⚕️ judge=🧑‍⚖️ dancer=💃 runner=🏃 gb=🇬🇧 us=🇺🇸 nl=🇳🇱 de=🇩🇪 eu=🇪🇺 thread=🧵 puzzle_piece=🧩 jigsaw=🧩 beers=🍻 crown=👑 money_with_wings=💸 moneybag=💰 credit_card=💳 medical_symbol=⚕️ dotted_line_face=🫥 white_small_circle=⚪ track_next=⏭️ end=🔚`

const characters = new Map(
  table
    .trim()
    .split(/\s+/)
    .map((entry) => [entry.slice(0, entry.indexOf('=', 1)), entry.slice(entry.indexOf('=', 1) + 1)]),
)

/** A picture name of Twemoji: code points in hexadecimal, without variation selectors unless joined. */
function pictureName(character) {
  const points = [...character].map((one) => one.codePointAt(0).toString(16))
  return (points.includes('200d') ? points : points.filter((point) => point !== 'fe0f')).join('-')
}

function Picture({ character, title }) {
  return html`<img class="emoji" src=${`/lib/emoji/${pictureName(character)}.svg`} alt=${character} title=${title} draggable="false" />`
}

/** `:name:` as a picture, or as it stands where nobody knows it. */
export function Emoji({ name }) {
  const character = characters.get(name.split('::')[0])
  return character ? html`<${Picture} character=${character} title=${`:${name}:`} />` : `:${name}:`
}

export const knowsEmoji = (name) => characters.has(name.split('::')[0])

const pictographs =
  /(?:\p{Emoji_Presentation}|\p{Emoji}\uFE0F|\p{Regional_Indicator}{2})(?:\u200D(?:\p{Emoji_Presentation}|\p{Emoji}\uFE0F?))*/gu

/** Plain text in which shortcodes and emoji characters become pictures. */
export function withEmoji(text) {
  const parts = []
  for (const piece of String(text).split(/(:[a-z0-9_+'-]+(?:::skin-tone-\d)?:)/)) {
    const name = /^:([^:]+(?:::skin-tone-\d)?):$/.exec(piece)?.[1]
    if (name && knowsEmoji(name)) parts.push(html`<${Emoji} name=${name} />`)
    else parts.push(...pictured(piece))
  }
  return parts
}

function pictured(text) {
  const parts = []
  let from = 0
  for (const match of text.matchAll(pictographs)) {
    parts.push(text.slice(from, match.index), html`<${Picture} character=${match[0]} title=${match[0]} />`)
    from = match.index + match[0].length
  }
  return [...parts, text.slice(from)]
}
