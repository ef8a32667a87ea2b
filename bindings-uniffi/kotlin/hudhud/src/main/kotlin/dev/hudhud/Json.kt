// JSON values made of Kotlin's own.
package dev.hudhud

/** `null`, text, numbers, booleans, lists and maps as JSON; anything else as its text. */
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

/** A JSON object: `jsonObject("city" to "New York")`. */
public fun jsonObject(vararg members: Pair<String, kotlin.Any?>): Map<String, JsonValue> =
    members.associate { (name, value) -> name to jsonOf(value) }
