// What stands in updates and answers where UniFFI has no type for it.
package dev.hudhud

import java.time.Instant
import java.time.OffsetDateTime

/** A change to one field of an update. Leave the argument out to keep the field as it is. */
public sealed interface Change<out T> {
    /** Sets the field to [value]. */
    public data class Set<out T>(public val value: T) : Change<T> {
        /** Without the value, which may be personal. */
        override fun toString(): String = "Set(…)"
    }

    /** Clears the field. */
    public data object Clear : Change<Nothing>
}

/** How a change crosses: nothing, an empty list, or a list of one. */
internal object Changes {
    fun <T> lift(wire: List<T>?): Change<T>? = wire?.let { if (it.isEmpty()) Change.Clear else Change.Set(it[0]) }

    fun <T> lower(change: Change<T>?): List<T>? = when (change) {
        null -> null
        is Change.Clear -> emptyList()
        is Change.Set -> listOf(change.value)
    }
}

/** A date and time of the vendor's, as RFC 3339 text. */
public data class Timestamp(public val text: String) {
    /** A moment as text. */
    public constructor(instant: Instant) : this(instant.toString())

    /** The moment, unless the vendor sent something else. */
    public val instant: Instant?
        get() = runCatching { OffsetDateTime.parse(text).toInstant() }.getOrNull()

    /** The moment; what is none is not shown. */
    override fun toString(): String = instant?.toString() ?: "Timestamp(…)"
}
