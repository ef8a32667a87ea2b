// Conversion of values to JSON, and JSON as text.
@file:JvmName("Json")

package dev.hudhud

/** Converts `null`, text, numbers, booleans, lists and maps to JSON. Other values become their `toString()` as text. */
public fun jsonOf(value: kotlin.Any?): JsonValue = when (value) {
    null -> JsonValue.Null
    is JsonValue -> value
    is Boolean -> JsonValue.Bool(value)
    is Byte, is Short, is Int, is Long -> JsonValue.Int((value as Number).toLong())
    is Float, is Double -> JsonValue.Double((value as Number).toDouble())
    is Number -> JsonValue.Digits(value.toString())
    is Map<*, *> -> JsonValue.Object(value.entries.associate { (name, item) -> name.toString() to jsonOf(item) })
    is Iterable<*> -> JsonValue.Array(value.map(::jsonOf))
    else -> JsonValue.Text(value.toString())
}

/** Creates a JSON object: `jsonObject("city" to "New York")`. In Java, a `Map` takes its place. */
@JvmSynthetic
public fun jsonObject(vararg members: Pair<String, kotlin.Any?>): Map<String, JsonValue> =
    members.associate { (name, value) -> name to jsonOf(value) }

/** Converts the members of a JSON object as [jsonOf] does. */
@JvmSynthetic
internal fun jsonMembers(members: Map<String, *>): Map<String, JsonValue> = members.mapValues { (_, value) -> jsonOf(value) }

/** Writes JSON as text. Members are in their order. */
internal object JsonText {
    fun of(value: JsonValue): String = StringBuilder().also { write(value, it) }.toString()

    private fun write(value: JsonValue, out: StringBuilder) {
        when (value) {
            is JsonValue.Null -> out.append("null")
            is JsonValue.Bool -> out.append(value.value)
            is JsonValue.Int -> out.append(value.value)
            // JSON has no infinity.
            is JsonValue.Double -> if (value.value.isFinite()) out.append(value.value) else out.append("null")
            is JsonValue.Digits -> out.append(value.text)
            is JsonValue.Text -> quote(value.value, out)
            is JsonValue.Array -> join(value.items, '[', ']', out) { write(it, out) }
            is JsonValue.Object -> join(value.members.entries, '{', '}', out) { (name, member) ->
                quote(name, out)
                out.append(':')
                write(member, out)
            }
        }
    }

    private fun <T> join(items: Iterable<T>, begin: Char, end: Char, out: StringBuilder, write: (T) -> Unit) {
        out.append(begin)
        items.forEachIndexed { at, item ->
            if (at > 0) out.append(',')
            write(item)
        }
        out.append(end)
    }

    private fun quote(text: String, out: StringBuilder) {
        out.append('"')
        for (letter in text) when (letter) {
            '"', '\\' -> out.append('\\').append(letter)
            '\n' -> out.append("\\n")
            '\r' -> out.append("\\r")
            '\t' -> out.append("\\t")
            else -> if (letter < ' ') out.append("\\u%04x".format(letter.code)) else out.append(letter)
        }
        out.append('"')
    }
}
