// Text forms of values: enough to find an error, without keys, phone numbers and texts of messages.
package dev.hudhud

/** Builds a text such as `Contact(id=…, tags=…)`. It leaves out null and empty fields. */
internal class RedactedDescription(private val name: String) {
    private val fields = StringBuilder()

    /** Adds a field with its own `toString()`. */
    fun plain(name: String, value: Any?): RedactedDescription = apply {
        if (value == null || (value is Collection<*> && value.isEmpty()) || (value is Map<*, *> && value.isEmpty())) return@apply
        if (fields.isNotEmpty()) fields.append(", ")
        fields.append(name).append('=').append(value)
    }

    /** Adds a text if core's `isSafeToLog` says that it looks like an id or a date; `…` otherwise. */
    fun token(name: String, value: Any?): RedactedDescription = plain(name, if (value is List<*>) value.map(::token) else token(value))

    /** Adds `…` for a field that is present. */
    fun hidden(name: String, value: Any?): RedactedDescription {
        val isThere = if (value is Collection<*>) value.isNotEmpty() else if (value is Map<*, *>) value.isNotEmpty() else value != null
        return plain(name, if (isThere) "…" else null)
    }

    /** Adds the number of items or members. */
    fun count(name: String, value: Any?): RedactedDescription = apply {
        val size = if (value is Map<*, *>) value.size else (value as? Collection<*>)?.size ?: return@apply
        if (fields.isNotEmpty()) fields.append(", ")
        fields.append(size).append(' ').append(if (size == 1) name.removeSuffix("s") else name)
    }

    /** Adds the number of a page and, if it is known, that of the last page. */
    fun page(number: Long?, last: Long?): RedactedDescription = apply {
        if (number == null) return@apply
        if (fields.isNotEmpty()) fields.append(", ")
        fields.append("page ").append(number)
        if (last != null) fields.append(" of ").append(last)
    }

    override fun toString(): String = "$name($fields)"

    companion object {
        /** Returns a text that looks like an id or a date, and `…` for any other text. */
        fun token(value: Any?): Any? = if (value is String && !isSafeToLog(value)) "…" else value
    }
}
