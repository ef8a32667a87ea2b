// The causes of transport errors, without anything that stood in the request.
package dev.hudhud

import java.net.URLDecoder

/**
 * Decides which exceptions of an HTTP client may be shown. HTTP clients put the address into their messages, and an address
 * holds the phone numbers that are searched for. An exception that repeats nothing of the request is kept unchanged: its
 * class, its message and its trace say why. Any other is replaced by a [HiddenCause].
 */
internal class SafeCause(private val request: Request) {
    private val tail = request.url.substringAfter("://").let { it.substring(it.indexOf('/').coerceAtLeast(0)) }
    private val host = request.url.substringAfter("://").substringBefore('/')

    /** Parts of the request that are hidden wherever they stand. */
    private val secrets: List<String> by lazy {
        val parts = tail.split('/', '?', '&', '=', '#').filter { it.length > 5 }
        val values = request.headers.map { it.value }.filter { it.length > 3 }
        (listOf(tail).filter { it.length > 1 } + parts + values).flatMap { listOf(it, decoded(it)) }.distinct()
    }
    private val body: String by lazy { request.body?.let { String(it, 0, minOf(it.size, LONGEST_BODY), Charsets.UTF_8) }.orEmpty() }

    /** The exception, if all that it shows may be shown; one that stands for it otherwise. */
    fun of(error: Throwable): Throwable = if (isSafe(error, HashSet())) error else hidden(error, HashSet())

    private fun isSafe(error: Throwable, seen: MutableSet<Throwable>): Boolean {
        if (!seen.add(error)) return true
        if (seen.size > LONGEST_CHAIN) return false
        val shown = setOf(error.toString(), error.message.orEmpty(), error.localizedMessage.orEmpty())
        return shown.all(::isSafe) && error.suppressed.all { isSafe(it, seen) } && (error.cause?.let { isSafe(it, seen) } ?: true)
    }

    private fun hidden(error: Throwable, seen: MutableSet<Throwable>): Throwable {
        val cause = error.cause?.takeIf { seen.add(error) && seen.size <= LONGEST_CHAIN }
        return HiddenCause(error, host, readable(error), cause?.let { hidden(it, seen) })
    }

    /** The message with the address shortened, if that is enough to make it safe. */
    private fun readable(error: Throwable): String? {
        val message = error.message ?: return null
        val shorter = listOf(request.url, decoded(request.url)).fold(message) { text, url -> text.replace(url, "…") }
        return shorter.takeIf(::isSafe)
    }

    private fun isSafe(text: String): Boolean =
        text.length <= LONGEST_MESSAGE && !NUMBER.containsMatchIn(text) &&
            secrets.none { text.contains(it, ignoreCase = true) } && !repeatsBody(text)

    /** True if some run of characters stands in the body too. */
    private fun repeatsBody(text: String): Boolean {
        if (text.length < RUN || body.length < RUN) return false
        val runs = HashSet<String>(2 * text.length)
        for (at in 0..text.length - RUN) runs.add(text.substring(at, at + RUN))
        return (0..body.length - RUN).any { body.substring(it, it + RUN) in runs }
    }

    private fun decoded(text: String): String = try {
        URLDecoder.decode(text, "UTF-8")
    } catch (_: IllegalArgumentException) {
        text
    }

    private companion object {
        /** Seven digits or more, which may be a phone number, however they are grouped. */
        val NUMBER = Regex("""\d([ ()\-]*\d){6}""")
        const val RUN = 12
        const val LONGEST_MESSAGE = 4096
        const val LONGEST_BODY = 1 shl 20
        const val LONGEST_CHAIN = 16
    }
}

/** Stands for an exception whose message repeats parts of the request: it has its class, its trace and the host. */
internal class HiddenCause(original: Throwable, host: String, message: String?, cause: Throwable?) : RuntimeException(
    "${original.javaClass.name}: ${message ?: "its message repeats the request and is hidden"} ($host)", cause,
) {
    init {
        stackTrace = original.stackTrace
    }
}
