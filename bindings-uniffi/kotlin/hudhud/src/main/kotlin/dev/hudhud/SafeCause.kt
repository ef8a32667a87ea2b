// The causes of transport errors, without any part of the request.
package dev.hudhud

import java.net.URLDecoder

/**
 * Decides which exceptions of an HTTP client may be shown. HTTP clients put the URL into their messages, and the URL of a
 * search contains phone numbers. An exception that repeats nothing of the request is kept unchanged, with its class,
 * message and stack trace. Any other exception is replaced by a [HiddenCause].
 */
internal class SafeCause(private val request: Request) {
    private val tail = request.url.substringAfter("://").let { it.substring(it.indexOf('/').coerceAtLeast(0)) }
    private val host = request.url.substringAfter("://").substringBefore('/')

    /** The parts of the request that no message may contain. */
    private val secrets: List<String> by lazy {
        val parts = tail.split('/', '?', '&', '=', '#').filter { it.length > 5 }
        val values = request.headers.map { it.value }.filter { it.length > 3 }
        (listOf(tail).filter { it.length > 1 } + parts + values).flatMap { listOf(it, decoded(it)) }.distinct()
    }
    private val body: String by lazy { request.body?.let { String(it, 0, minOf(it.size, LONGEST_BODY), Charsets.UTF_8) }.orEmpty() }

    /** Returns the exception if it is safe to show, or a [HiddenCause] in its place otherwise. */
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

    /** Returns the message with the URL shortened if that makes it safe, `null` otherwise. */
    private fun readable(error: Throwable): String? {
        val message = error.message ?: return null
        val shorter = listOf(request.url, decoded(request.url)).fold(message) { text, url -> text.replace(url, "…") }
        return shorter.takeIf(::isSafe)
    }

    private fun isSafe(text: String): Boolean =
        text.length <= LONGEST_MESSAGE && !NUMBER.containsMatchIn(text) &&
            secrets.none { text.contains(it, ignoreCase = true) } && !repeatsBody(text)

    /** Returns true if the text and the body share [RUN] characters in a row. */
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
        /** Matches seven digits or more, in any grouping: they may be a phone number. */
        val NUMBER = Regex("""\d([ ()\-]*\d){6}""")
        const val RUN = 12
        const val LONGEST_MESSAGE = 4096
        const val LONGEST_BODY = 1 shl 20
        const val LONGEST_CHAIN = 16
    }
}

/** Replaces an exception whose message repeats parts of the request. It has that exception's class name and trace, and the host. */
internal class HiddenCause(original: Throwable, host: String, message: String?, cause: Throwable?) : RuntimeException(
    "${original.javaClass.name}: ${message ?: "message hidden because it repeats the request"} ($host)", cause,
) {
    init {
        stackTrace = original.stackTrace
    }
}
