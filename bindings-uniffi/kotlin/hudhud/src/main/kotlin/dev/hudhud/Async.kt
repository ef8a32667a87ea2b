// Calls that return futures, for Java.
package dev.hudhud

import java.util.concurrent.CompletableFuture
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.flow.toList

/**
 * The functions that the asynchronous clients of both vendors share. Threads can share a client.
 *
 * A future that fails has a [HudhudException], which `join` and `get` throw as the cause of another exception. Cancelling a
 * future ends its call. If the request was sent, the `CancellationException` of `join` and `get` has the idempotency key, which
 * `Cancellations.getIdempotencyKeys` returns. Cancelling a future that depends on it, such as that of `thenApply`, does not end
 * the call.
 */
public abstract class AsyncClient<V> internal constructor(private val client: Client<V>) {
    /**
     * Makes a call. The future has its output with the metadata and the response. The methods of the groups
     * (`contacts().get`) return only the output.
     */
    @JvmOverloads
    public fun <A> withResponse(
        call: CallInput<V, A>,
        options: CallOptions = CallOptions(),
    ): CompletableFuture<ApiResponse<A>> = start(call, options) { it }

    /**
     * Makes a call to a route that this version does not know, with the same retries and errors. The future has the
     * response's JSON. `Client.callByRoute` explains [path] and [fields].
     */
    @JvmOverloads
    public fun request(
        method: Method,
        path: String,
        fields: Map<String, *> = emptyMap<String, kotlin.Any>(),
        options: CallOptions = CallOptions(),
    ): CompletableFuture<JsonValue> = output(client.callByRoute(method, path, fields), options)

    /** Returns the text of the client to which these calls belong. */
    override fun toString(): String = "$client, asynchronous"

    internal fun <A> output(call: CallInput<V, A>, options: CallOptions): CompletableFuture<A> =
        start(call, options) { it.output }

    private fun <A, R> start(call: CallInput<V, A>, options: CallOptions, read: (ApiResponse<A>) -> R): CompletableFuture<R> {
        val last = LastSent(call.call().name)
        return CallFuture.start(scope, last) { read(client.run(client.exchange(call, options), last)) }
    }

    internal fun <A, T> items(
        call: CallInput<V, A>, options: CallOptions, data: (A) -> List<T>,
    ): CompletableFuture<List<T>> = CallFuture.start(scope, null) { client.items(call, options, data).toList() }

    private companion object {
        /** The scope of all futures. A failed one does not end the others. */
        val scope = CoroutineScope(SupervisorJob() + Dispatchers.Default)
    }
}
