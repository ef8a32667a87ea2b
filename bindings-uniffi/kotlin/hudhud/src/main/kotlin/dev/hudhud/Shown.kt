// What a value shows of itself: enough to find a fault, never a key, a phone number or the text of a message.
package dev.hudhud

/** Makes `Contact(id=…, tags=…)` of the fields that say something. */
internal class Shown(private val name: String) {
    private val fields = StringBuilder()

    /** As it shows itself. */
    fun plain(name: String, value: Any?): Shown = apply {
        if (value == null || (value is Collection<*> && value.isEmpty())) return@apply
        if (fields.isNotEmpty()) fields.append(", ")
        fields.append(name).append('=').append(value)
    }

    /** If it looks like an id or a date, which core decides. */
    fun token(name: String, value: Any?): Shown = plain(name, if (value is List<*>) value.map(::token) else token(value))

    /** That it is there. */
    fun hidden(name: String, value: Any?): Shown {
        val isThere = if (value is Collection<*>) value.isNotEmpty() else if (value is Map<*, *>) value.isNotEmpty() else value != null
        return plain(name, if (isThere) "…" else null)
    }

    override fun toString(): String = "$name($fields)"

    companion object {
        /** A text that looks like an id or a date; of any other that it is there. */
        fun token(value: Any?): Any? = if (value is String && !mayBeShown(value)) "…" else value
    }
}
