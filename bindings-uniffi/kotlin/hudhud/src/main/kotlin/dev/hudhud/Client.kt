// The clients. A client runs an Exchange over a transport, and adds no logic to it.
package dev.hudhud

import java.io.IOException
import java.security.SecureRandom
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.TimeoutCancellationException
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.emitAll
import kotlinx.coroutines.flow.asFlow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.transform
import kotlinx.coroutines.isActive
import kotlinx.coroutines.runBlocking

/** The logic of one vendor's API, without the vendor's types. */
internal interface ServiceAdapter {
    val vendor: String
    fun callByName(name: String, input: String): Pair<kotlin.Any, Map<String, JsonValue>>
    fun request(call: kotlin.Any, options: CallOptions): Request
    fun exchange(call: kotlin.Any, options: CallOptions, entropy: ByteArray): ExchangeHandle
    fun pages(call: kotlin.Any, options: CallOptions): Pager
}

/** The pages of a list, without the type of the output. */
internal interface Pager : AutoCloseable {
    fun next(entropy: ByteArray): ExchangeHandle?
}

/** The functions that the clients of both vendors share. Coroutines and threads can share a client. */
public abstract class Client<V> internal constructor(core: ServiceAdapter, private val transport: Transport) {
    private val core: ServiceAdapter = WholeTexts(core)

    /**
     * Makes a call and returns its output with the metadata and the response. The methods of the groups
     * (`contacts.get`) return only the output.
     *
     * @throws HudhudException if the call failed.
     * @throws CallCancelledException if the coroutine was cancelled after the request was sent.
     */
    public suspend fun <A> withResponse(call: Call<V, A>, options: CallOptions = CallOptions()): ApiResponse<A> =
        run(exchange(call, options))

    /**
     * Makes a call like [withResponse], and blocks the thread.
     *
     * @throws HudhudException if the call failed.
     * @throws CallCancelledException if the thread was interrupted. Its interrupt flag stays set.
     */
    @JvmOverloads
    public fun <A> blockingWithResponse(call: Call<V, A>, options: CallOptions = CallOptions()): ApiResponse<A> =
        runHere(exchange(call, options))

    /**
     * Returns the pages of a list. Each page is requested when it is needed.
     *
     * @throws HudhudException during the collection, if a page failed; `UnexpectedResponse` if the vendor reports more items
     *   but they cannot be requested.
     */
    public fun <A> pages(call: Call<V, A>, options: CallOptions = CallOptions()): Flow<ApiResponse<A>> = flow {
        core.pages(call.inner, options).use { pager ->
            while (true) {
                val handle = pager.next(entropy()) ?: break
                emit(run(Exchange(handle, core.vendor, call)))
            }
        }
    }

    internal fun <A, T> items(call: Call<V, A>, options: CallOptions, data: (A) -> List<T>): Flow<T> =
        pages(call, options).transform { emitAll(data(it.output).asFlow()) }

    internal fun <A, T> blockingItems(call: Call<V, A>, options: CallOptions, data: (A) -> List<T>): Iterable<T> =
        Iterable {
            iterator {
                core.pages(call.inner, options).use { pager ->
                    while (true) {
                        val handle = pager.next(entropy()) ?: break
                        val page = runHere(Exchange(handle, core.vendor, call))
                        yieldAll(data(page.output))
                    }
                }
            }
        }

    /**
     * Reads the call of this name from JSON with the vendor's field names, for tools. The members of the JSON object
     * `extra` are in the returned options, which send them unchanged.
     *
     * @throws HudhudException.InvalidRequest if no call has this name, or the input does not fit it.
     */
    public fun callByName(name: String, input: String): Pair<Call<V, Output>, CallOptions> {
        val (call, extra) = core.callByName(name, input)
        return Call<V, Output>(name, call) { it } to CallOptions(extra = extra)
    }

    /**
     * Encodes the request of a call, for programs that send it themselves. It has an idempotency key only if the options
     * contain one.
     *
     * @throws HudhudException.InvalidRequest if a field or an option is invalid.
     */
    @JvmOverloads
    public fun request(call: Call<V, *>, options: CallOptions = CallOptions()): Request =
        core.request(call.inner, options)

    /**
     * Decodes the response to a call. [idempotencyKey] is the key that was sent. It becomes a part of the metadata.
     *
     * @throws HudhudException if the response reports a failure or cannot be decoded.
     */
    @JvmOverloads
    public fun <A> decode(call: Call<V, A>, response: Response, idempotencyKey: String? = null): ApiResponse<A> {
        val decoded = NativeBridge.usual.decode(core.vendor, call.name, response, idempotencyKey)
        return ApiResponse(call.read(decoded.output), decoded.meta, response)
    }

    /**
     * Decodes a recorded response by the name of its call, such as `contacts.get`, without the input. [idempotencyKey]
     * is the key that was sent, if any.
     *
     * @throws HudhudException if no call has this name, or the response reports a failure or cannot be decoded.
     */
    @JvmOverloads
    public fun decode(name: String, response: Response, idempotencyKey: String? = null): ApiResponse<Output> {
        val decoded = NativeBridge.usual.decode(core.vendor, name, response, idempotencyKey)
        return ApiResponse(decoded.output, decoded.meta, response)
    }

    /**
     * Starts a call and returns its state machine, for programs that do their own I/O.
     *
     * @throws HudhudException.InvalidRequest if a field or an option is invalid.
     */
    @JvmOverloads
    public fun <A> exchange(
        call: Call<V, A>,
        options: CallOptions = CallOptions(),
        entropy: ByteArray = entropy(),
    ): Exchange<A> = Exchange(core.exchange(call.inner, options, entropy), core.vendor, call)

    /** Returns the name of the class, without the keys. */
    override fun toString(): String = javaClass.simpleName

    /** Calls [run] and blocks this thread. */
    private fun <A> runHere(exchange: Exchange<A>): ApiResponse<A> {
        val last = LastSent(exchange.name)
        return try {
            runBlocking { run(exchange, last) }
        } catch (interruption: InterruptedException) {
            // Java code cannot catch a checked exception that no method declares.
            Thread.currentThread().interrupt()
            throw last.interrupted(interruption)
        } catch (cancelled: CancellationException) {
            if (generateSequence<Throwable>(cancelled) { it.cause }.take(4).any { it is InterruptedException }) {
                Thread.currentThread().interrupt()
            }
            throw cancelled
        }
    }

    /** Runs an exchange to its end and frees it. */
    private suspend fun <A> run(exchange: Exchange<A>, last: LastSent = LastSent(exchange.name)): ApiResponse<A> =
        exchange.use { drive(it, last) }

    private suspend fun <A> drive(exchange: Exchange<A>, last: LastSent): ApiResponse<A> {
        var cause: Throwable? = null
        try {
            while (true) {
                when (val step = exchange.step(System.currentTimeMillis())) {
                    is Step.Send -> {
                        last.sending(step.request)
                        val response = try {
                            transport.send(step.request)
                        } catch (error: Exception) {
                            val failed = failureOf(error)
                            cause = (failed.cause ?: failed).let(SafeCause(step.request)::of)
                            exchange.fail(failed.fault, System.currentTimeMillis())
                            continue
                        }
                        exchange.receive(response, System.currentTimeMillis())
                    }
                    is Step.Wait -> delay(step.duration.toMillis())
                    is Step.Done -> return step.response
                }
            }
        } catch (error: HudhudException.Transport) {
            throw error.apply { if (this.cause == null) initCause(cause) }
        } catch (cancelled: CancellationException) {
            throw last.cancelled(cancelled)
        }
    }

    /** Returns the failure of a transport, or rethrows an exception that is not one. */
    private suspend fun failureOf(error: Exception): TransportException = when (error) {
        is TransportException -> error
        // The transport's own time limit. As a cancellation it would end the caller's coroutine without an error.
        is TimeoutCancellationException ->
            if (currentCoroutineContext().isActive) TransportException(TransportFault.TIMEOUT, error) else throw error
        is IOException -> TransportException(TransportFault.CLOSED, error)
        else -> throw error
    }

    private companion object {
        val random = SecureRandom()

        fun entropy(): ByteArray = ByteArray(16).also(random::nextBytes)
    }
}
