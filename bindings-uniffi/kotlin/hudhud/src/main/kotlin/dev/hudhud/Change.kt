// Types of fields in updates and outputs that UniFFI does not have.
package dev.hudhud

import com.fasterxml.jackson.annotation.JsonCreator
import com.fasterxml.jackson.annotation.JsonValue as Written
import java.time.Instant
import java.time.OffsetDateTime

/** A change to one field of an update. Omit the argument to leave the field unchanged. */
public sealed interface Change<out T> {
    /** Sets the field to [value]. */
    public data class Set<out T>(public val value: T) : Change<T> {
        /** Returns text without the value, which may be personal. */
        override fun toString(): String = "Set(…)"
    }

    /** Clears the field. */
    public data object Clear : Change<Nothing>
}

/** Converts between changes and UniFFI's form of them: null (no change), an empty list (clear), or a list of one (set). */
internal object Changes {
    fun <T> lift(wire: List<T>?): Change<T>? = wire?.let { if (it.isEmpty()) Change.Clear else Change.Set(it[0]) }

    fun <T> lower(change: Change<T>?): List<T>? = when (change) {
        null -> null
        is Change.Clear -> emptyList()
        is Change.Set -> listOf(change.value)
    }
}

/** A date and time from or for the vendor, as RFC 3339 text. */
public data class Timestamp
@JsonCreator(mode = JsonCreator.Mode.DELEGATING)
constructor(
    /** The text as received. */
    @get:Written public val text: String,
) {
    /** Creates a timestamp from an instant. */
    public constructor(instant: Instant) : this(instant.toString())

    /** The instant, or `null` if the text is not a valid timestamp. */
    public val instant: Instant?
        get() = runCatching { OffsetDateTime.parse(text).toInstant() }.getOrNull()

    /** Returns the instant, or `Timestamp(…)` if the text is not a valid timestamp. */
    override fun toString(): String = instant?.toString() ?: "Timestamp(…)"
}
