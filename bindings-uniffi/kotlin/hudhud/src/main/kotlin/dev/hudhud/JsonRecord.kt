// Records and JSON values as maps, lists and texts: the form that JSON libraries write and read.
package dev.hudhud

import com.fasterxml.jackson.annotation.JsonValue as Written
import java.util.Base64

/** A record of the API: the input of a call, or a part of an output. */
public interface JsonRecord {
    /**
     * Returns the fields under the vendor's names, without those that are null. Jackson writes them. They contain all values,
     * also personal ones.
     */
    @Written
    public fun toMap(): Map<String, kotlin.Any?>
}

/** A value of a set of names that the vendor may extend. */
public interface OpenEnum {
    /** Returns the vendor's text. It may be private if this version of the library does not know the value. */
    @Written
    public fun text(): String
}

/** Collects the fields of a record. */
internal class JsonFields {
    private val members = LinkedHashMap<String, kotlin.Any?>()

    fun put(name: String, value: kotlin.Any?): JsonFields = apply {
        when (value) {
            null -> {}
            is Change.Clear -> members[name] = null
            is Change.Set<*> -> members[name] = plain(value.value)
            else -> members[name] = plain(value)
        }
    }

    /** Adds the members of an output that have no field. */
    fun putAll(extra: Map<String, JsonValue>): JsonFields = apply { extra.forEach { (name, value) -> members[name] = plain(value) } }

    fun all(): Map<String, kotlin.Any?> = members

    companion object {
        /** Converts values of this library to maps, lists, texts, numbers and booleans. */
        fun plain(value: kotlin.Any?): kotlin.Any? = when (value) {
            is JsonRecord -> value.toMap()
            is OpenEnum -> value.text()
            is Timestamp -> value.text
            is ByteArray -> Base64.getEncoder().encodeToString(value)
            is Iterable<*> -> value.map(::plain)
            is Map<*, *> -> value.mapValues { (_, member) -> plain(member) }
            is JsonValue.Null -> null
            is JsonValue.Bool -> value.value
            is JsonValue.Int -> value.value
            is JsonValue.Double -> value.value
            is JsonValue.Digits -> value.text.toBigDecimalOrNull() ?: value.text
            is JsonValue.Text -> value.value
            is JsonValue.Array -> plain(value.items)
            is JsonValue.Object -> plain(value.members)
            else -> value
        }
    }
}

/**
 * Reads a record from the members of a JSON object. [names] are the vendor's names of its fields.
 *
 * @throws IllegalArgumentException if a member has no field, or a value has another type. The message has no value.
 */
internal class JsonMembers(private val record: String, private val members: Map<String, *>, private vararg val names: String) {
    private var at = ""

    init {
        val unknown = members.keys.firstOrNull { it !in names }
        require(unknown == null) { "$record: unknown field ${RedactedDescription.token(unknown)}: expected one of ${names.joinToString()}" }
    }

    fun <T> optional(name: String, read: JsonMembers.(kotlin.Any) -> T): T? {
        at = name
        return members[name]?.let { read(it) }
    }

    fun <T> required(name: String, read: JsonMembers.(kotlin.Any) -> T): T =
        requireNotNull(optional(name, read)) { "$record: $name: expected a value" }

    fun <T> change(name: String, read: JsonMembers.(kotlin.Any) -> T): Change<T>? =
        if (name in members && members[name] == null) Change.Clear else optional(name, read)?.let { Change.Set(it) }

    fun text(value: kotlin.Any): String = value as? String ?: wrong("text")

    fun flag(value: kotlin.Any): Boolean = value as? Boolean ?: wrong("true or false")

    fun number(value: kotlin.Any): Double = (value as? Number)?.toDouble() ?: wrong("a number")

    fun integer(value: kotlin.Any): Long =
        (value as? Number)?.let { number -> number.toLong().takeIf { it.toDouble() == number.toDouble() } } ?: wrong("an integer")

    fun bytes(value: kotlin.Any): ByteArray =
        value as? ByteArray ?: runCatching { Base64.getDecoder().decode(text(value)) }.getOrElse { wrong("text in Base64") }

    fun members(value: kotlin.Any): Map<String, JsonValue> = jsonMembers(map(value))

    fun map(value: kotlin.Any): Map<String, *> =
        (value as? Map<*, *>)?.entries?.associate { (name, member) -> (name as? String ?: wrong("names that are text")) to member } ?: wrong("an object")

    fun <T> list(value: kotlin.Any, read: (kotlin.Any) -> T): List<T> =
        (value as? Iterable<*>)?.map { read(it ?: wrong("a list without null")) } ?: wrong("a list")

    private fun wrong(wanted: String): Nothing = throw IllegalArgumentException("$record: $at: expected $wanted")
}
