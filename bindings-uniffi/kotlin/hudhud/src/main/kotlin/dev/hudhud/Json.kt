// Conversion of values to JSON, and JSON as text.
@file:JvmName("Json")

package dev.hudhud

import java.io.File
import java.math.BigDecimal
import java.math.BigInteger
import java.net.URI
import java.net.URL
import java.nio.file.Path
import java.time.ZoneId
import java.time.temporal.TemporalAccessor
import java.time.temporal.TemporalAmount
import java.util.Base64
import java.util.Optional
import java.util.UUID
import java.util.concurrent.atomic.AtomicInteger
import java.util.concurrent.atomic.AtomicLong

/**
 * Converts a value to JSON.
 *
 * Text, characters, numbers, booleans, `null`, lists, sequences, arrays and maps keep their form. Bytes become text in Base64, as
 * in Jackson. Enums become their names, and records of this library the members that the vendor names. Dates and times of
 * `java.time`, UUIDs, URIs and paths become their text. An `Optional` becomes its value.
 *
 * @throws IllegalArgumentException if the value is or holds another object. The message names the member and the class.
 */
public fun jsonOf(value: kotlin.Any?): JsonValue = JsonForm.of(value, "")

/** Creates a JSON object: `jsonObject("city" to "New York")`. In Java, use a `Map`. */
@JvmSynthetic
public fun jsonObject(vararg members: Pair<String, kotlin.Any?>): Map<String, JsonValue> =
    members.associate { (name, value) -> name to JsonForm.of(value, name) }

/** Converts the members of a JSON object as [jsonOf] does. */
@JvmSynthetic
internal fun jsonMembers(members: Map<String, *>): Map<String, JsonValue> = members.mapValues { (name, value) -> JsonForm.of(value, name) }

/** Converts values to JSON. It never uses the `toString()` of an unknown object, which may be `[I@24ed202d`. */
private object JsonForm {
    /** Converts the value of the member at this path. */
    fun of(value: kotlin.Any?, path: String): JsonValue = when (value) {
        null -> JsonValue.Null
        is JsonValue -> value
        is Boolean -> JsonValue.Bool(value)
        is Byte, is Short, is Int, is Long -> JsonValue.Int((value as Number).toLong())
        is Float, is Double -> JsonValue.Double((value as Number).toDouble())
        is BigInteger, is BigDecimal, is ULong -> JsonValue.Digits(value.toString())
        is AtomicInteger, is AtomicLong -> JsonValue.Int((value as Number).toLong())
        is UByte, is UShort, is UInt -> JsonValue.Int(value.toString().toLong())
        is JsonRecord -> of(value.toMap(), path)
        is Optional<*> -> of(value.orElse(null), path)
        is Map<*, *> -> JsonValue.Object(value.entries.associate { (name, item) -> nameOf(name, path).let { it to of(item, inside(path, it)) } })
        else -> textOf(value)?.let(JsonValue::Text) ?: itemsOf(value)?.let { items -> array(items, path) } ?: refuse(value, path)
    }

    private fun array(items: Iterable<*>, path: String) =
        JsonValue.Array(items.mapIndexed { position, item -> of(item, inside(path, "$position")) })

    /** Returns the text of a value that becomes text in JSON. A `Path` is such a value, although it is iterable. */
    private fun textOf(value: kotlin.Any): String? = when (value) {
        is CharSequence, is Char, is UUID, is URI, is URL, is Path, is File -> value.toString()
        is TemporalAccessor, is TemporalAmount, is ZoneId -> value.toString()
        is OpenEnum -> value.text()
        is Enum<*> -> value.name
        is Timestamp -> value.text
        is CharArray -> String(value)
        is ByteArray -> Base64.getEncoder().encodeToString(value)
        else -> null
    }

    private fun itemsOf(value: kotlin.Any): Iterable<*>? = when (value) {
        // A tree of Jackson iterates over the values of an object, without their names.
        is Iterable<*> -> value.takeUnless { "jackson.databind" in it.javaClass.name }
        is Sequence<*> -> value.asIterable()
        is Array<*> -> value.asList()
        is IntArray -> value.asList()
        is LongArray -> value.asList()
        is ShortArray -> value.asList()
        is DoubleArray -> value.asList()
        is FloatArray -> value.asList()
        is BooleanArray -> value.asList()
        else -> null
    }

    /** Returns the name of a member for the key of a map. */
    private fun nameOf(key: kotlin.Any?, path: String): String = when (key) {
        null -> refuse("the name of a member is null; pass text", path)
        is Number, is Boolean -> key.toString()
        else -> textOf(key) ?: refuse("the name of a member is a ${key.javaClass.name}; pass text", path)
    }

    private fun inside(path: String, name: String) = if (path.isEmpty()) name else "$path.$name"

    private fun refuse(value: kotlin.Any, path: String): Nothing =
        refuse("${value.javaClass.name} cannot become JSON; pass text, a number, true, false, null, a list or a map", path)

    private fun refuse(message: String, path: String): Nothing =
        throw IllegalArgumentException("${if (path.isEmpty()) "value" else path.split('.').joinToString(".") { "${RedactedDescription.token(it)}" }}: $message")
}

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
