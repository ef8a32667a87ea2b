// Conversion of Kotlin values to JSON.
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

/** Creates a JSON object: `jsonObject("city" to "New York")`. */
public fun jsonObject(vararg members: Pair<String, kotlin.Any?>): Map<String, JsonValue> =
    members.associate { (name, value) -> name to jsonOf(value) }
