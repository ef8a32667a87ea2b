// Calls that block the thread, for Java and other callers without coroutines.
package dev.hudhud

import java.util.stream.Stream
import java.util.stream.StreamSupport
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.runBlocking

/** The functions that the blocking clients of both vendors share. Threads can share a client. */
public abstract class BlockingClient<V> internal constructor(private val client: Client<V>) {
    /**
     * Makes a call and returns its output with the metadata and the response. The methods of the groups
     * (`contacts().get`) return only the output.
     *
     * @throws HudhudException if the call failed, or the thread was interrupted. Its interrupt flag stays set.
     */
    @JvmOverloads
    public fun <A> withResponse(call: CallInput<V, A>, options: CallOptions = CallOptions()): ApiResponse<A> =
        run(client.exchange(call, options))

    /**
     * Makes a call to a route that this version does not know, with the same retries and errors. It returns the response's
     * JSON. `Client.callByRoute` explains [path] and [fields].
     *
     * @throws HudhudException if the call failed, or the thread was interrupted. Its interrupt flag stays set.
     */
    @JvmOverloads
    public fun request(
        method: Method,
        path: String,
        fields: Map<String, *> = emptyMap<String, kotlin.Any>(),
        options: CallOptions = CallOptions(),
    ): JsonValue = withResponse(client.callByRoute(method, path, fields), options).output

    /**
     * Returns the pages of a list. Each page is requested when it is needed.
     *
     * @throws HudhudException during the iteration, if a page failed; `UnexpectedResponse` if the vendor reports more items
     *   but they cannot be requested.
     */
    @JvmOverloads
    public fun <A> pages(call: CallInput<V, A>, options: CallOptions = CallOptions()): BlockingItems<ApiResponse<A>> =
        BlockingItems {
            iterator { client.openPages(call, options).use { pages -> while (true) yield(run(pages.next() ?: break)) } }
        }

    /** Returns the text of the client to which these calls belong. */
    override fun toString(): String = "$client, blocking"

    internal fun <A, T> items(call: CallInput<V, A>, options: CallOptions, data: (A) -> List<T>): BlockingItems<T> =
        BlockingItems { pages(call, options).asSequence().flatMap { data(it.output) }.iterator() }

    private fun <A> run(exchange: Exchange<A>): ApiResponse<A> {
        val last = LastSent(exchange.name)
        return try {
            runBlocking { client.run(exchange, last) }
        } catch (interruption: InterruptedException) {
            throw last.interrupted(interruption)
        } catch (cancelled: CancellationException) {
            val causes = generateSequence<Throwable>(cancelled) { it.cause }.take(4)
            val interruption = causes.filterIsInstance<InterruptedException>().firstOrNull() ?: throw cancelled
            throw last.interrupted(interruption)
        }
    }
}

/**
 * The items or the pages of a list. Each iteration requests the list anew, page after page. A page is requested when it is
 * needed, so an iteration can end early.
 */
public class BlockingItems<T> internal constructor(private val begin: () -> Iterator<T>) : Iterable<T> {
    /** Returns an iterator that starts with the first page. */
    override fun iterator(): Iterator<T> = begin()

    /** Returns a sequential stream that starts with the first page. */
    public fun stream(): Stream<T> = StreamSupport.stream(spliterator(), false)
}
