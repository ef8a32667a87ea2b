// The clients. A client runs an Exchange over a transport, and adds no logic to it.
package dev.hudhud

import java.io.IOException
import java.security.SecureRandom
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.TimeoutCancellationException
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.emitAll
import kotlinx.coroutines.flow.asFlow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.transform
import kotlinx.coroutines.isActive

/** The logic of one vendor's API, without the vendor's types. */
internal interface ServiceAdapter {
    val vendor: String
    fun callByName(name: String, input: String): Pair<kotlin.Any, Map<String, JsonValue>>
    fun request(call: kotlin.Any, options: CallOptions): Request
    fun exchange(call: kotlin.Any, options: CallOptions, entropy: ByteArray): ExchangeHandle
    fun pages(call: kotlin.Any, options: CallOptions): Pager
    fun openOutbox(path: String, call: String, entropy: ByteArray, now: Long): OutboxHandle
    fun outboxFields(call: kotlin.Any, row: Long): String
}

/** The pages of a list, without the type of the output. */
internal interface Pager : AutoCloseable {
    fun next(entropy: ByteArray): ExchangeHandle?
}

/** The pages of a list that were begun. */
internal class OpenPages<A>(private val pager: Pager, private val exchange: (ExchangeHandle) -> Exchange<A>) : AutoCloseable {
    /** Starts the call for the next page. Returns null after the last page. */
    fun next(): Exchange<A>? = pager.next(Client.entropy())?.let(exchange)

    override fun close(): Unit = pager.close()
}

/** The functions that the clients of both vendors share. Coroutines and threads can share a client. */
public abstract class Client<V> internal constructor(
    core: ServiceAdapter,
    private val transport: Transport,
    observer: Observer?,
    private val rateLimiter: RateLimiter?,
) {
    private val core: ServiceAdapter = WholeTexts(core)
    private val observer = observer?.let(::GuardedObserver)

    /**
     * Makes a call and returns its output with the metadata and the response. The methods of the groups
     * (`contacts.get`) return only the output.
     *
     * @throws HudhudException if the call failed.
     * @throws CallCancelledException if the coroutine was cancelled after the request was sent.
     */
    @JvmSynthetic
    public suspend fun <A> withResponse(call: CallInput<V, A>, options: CallOptions = CallOptions()): ApiResponse<A> =
        run(exchange(call, options))

    /**
     * Returns the pages of a list. Each page is requested when it is needed.
     *
     * @throws HudhudException during the collection, if a page failed; `UnexpectedResponse` if the vendor reports more items
     *   but they cannot be requested.
     */
    @JvmSynthetic
    public fun <A> pages(call: CallInput<V, A>, options: CallOptions = CallOptions()): Flow<ApiResponse<A>> = flow {
        openPages(call, options).use { pages ->
            while (true) emit(run(pages.next() ?: break))
        }
    }

    @JvmSynthetic
    internal fun <A, T> items(call: CallInput<V, A>, options: CallOptions, data: (A) -> List<T>): Flow<T> =
        pages(call, options).transform { emitAll(data(it.output).asFlow()) }

    @JvmSynthetic
    internal fun <A> openPages(input: CallInput<V, A>, options: CallOptions): OpenPages<A> {
        val call = input.call()
        val pages = CallArguments.named(call.name, call.inner, options) { core.pages(call.inner, options) }
        return OpenPages(pages) { Exchange(it, core.vendor, call) }
    }

    /**
     * Reads the call of this name from JSON with the vendor's field names, for tools. The returned options contain the
     * members of the JSON object `extra`, which are sent unchanged.
     *
     * @throws HudhudException.InvalidRequest if no call has this name, or the input does not fit it.
     */
    public fun callByName(name: String, input: String): CallByName<V> {
        val (call, extra) = core.callByName(name, input)
        return CallByName(Call(name, call) { it }, CallOptions(extra = extra))
    }

    /**
     * Makes a call to a route that this version does not know, with the same retries and errors. It returns the response's
     * JSON. [callByRoute] explains [path] and [fields].
     *
     * ```kotlin
     * zagely.request(Method.PATCH, "/api/v1/labels/{label_id}", mapOf("label_id" to "l-1", "color" to "red"))
     * ```
     *
     * @throws HudhudException if the call failed; `InvalidRequest` if the path, a field or an option is invalid.
     * @throws CallCancelledException if the coroutine was cancelled after the request was sent.
     */
    @JvmSynthetic
    public suspend fun request(
        method: Method,
        path: String,
        fields: Map<String, *> = emptyMap<String, kotlin.Any>(),
        options: CallOptions = CallOptions(),
    ): JsonValue = withResponse(callByRoute(method, path, fields), options).output

    /**
     * Returns a call to a route that this version does not know. [withResponse], [request] and [exchange] accept it. [pages]
     * and [decode] do not.
     *
     * @param path the path after the base URL. Fields replace its parameters in braces, as in `/api/v1/labels/{label_id}`.
     *   Write ids as parameters: logs and traces then show the path without them.
     * @param fields the parameters of the path. The other members become the query of a GET, and the JSON body of other
     *   methods. Their values are converted as [jsonOf] does.
     */
    @JvmOverloads
    public fun callByRoute(
        method: Method,
        path: String,
        fields: Map<String, *> = emptyMap<String, kotlin.Any>(),
    ): Call<V, JsonValue> = Call(BY_ROUTE, RouteCall(method, path, jsonMembers(fields))) { (it as Output.Json).value }

    /**
     * Encodes the request of a call, for programs that send it themselves. It has an idempotency key only if the options
     * contain one.
     *
     * @throws HudhudException.InvalidRequest if a field or an option is invalid.
     */
    @JvmOverloads
    public fun request(call: CallInput<V, *>, options: CallOptions = CallOptions()): Request =
        call.call().let { CallArguments.named(it.name, it.inner, options) { core.request(it.inner, options) } }

    /**
     * Decodes the response to a call. [idempotencyKey] is the key that was sent. It becomes a part of the metadata.
     *
     * @throws HudhudException if the response reports a failure or cannot be decoded.
     */
    @JvmOverloads
    public fun <A> decode(call: CallInput<V, A>, response: Response, idempotencyKey: String? = null): ApiResponse<A> {
        requireStatus(response)
        val named = call.call()
        val decoded = NativeBridge.default.decode(core.vendor, named.name, response, idempotencyKey)
        return ApiResponse(named.read(decoded.output), decoded.meta, response)
    }

    /**
     * Decodes a recorded response by the name of its call, such as `contacts.get`, without the input. [idempotencyKey]
     * is the key that was sent, if any.
     *
     * @throws HudhudException if no call has this name, or the response reports a failure or cannot be decoded.
     */
    @JvmOverloads
    public fun decode(name: String, response: Response, idempotencyKey: String? = null): ApiResponse<Output> {
        requireStatus(response)
        val decoded = NativeBridge.default.decode(core.vendor, name, response, idempotencyKey)
        return ApiResponse(decoded.output, decoded.meta, response)
    }

    /**
     * Starts a call and returns its state machine, for programs that do their own I/O.
     *
     * @throws HudhudException.InvalidRequest if a field or an option is invalid.
     */
    @JvmOverloads
    public fun <A> exchange(
        call: CallInput<V, A>,
        options: CallOptions = CallOptions(),
        entropy: ByteArray = entropy(),
    ): Exchange<A> {
        val named = call.call()
        val exchange = CallArguments.named(named.name, named.inner, options) { core.exchange(named.inner, options, entropy) }
        return Exchange(exchange, core.vendor, named)
    }

    @JvmSynthetic
    internal fun openOutbox(path: String, call: String): OutboxHandle =
        core.openOutbox(path, call, entropy(), System.currentTimeMillis())

    @JvmSynthetic
    internal fun outboxFields(input: CallInput<V, *>, row: Long): Pair<String, String> =
        input.call().let { it.name to CallArguments.named(it.name, it.inner, CallOptions()) { core.outboxFields(it.inner, row) } }

    /** Returns the name of the class, the base URL, and the form of the public key: `pk_…xgZF`. */
    override fun toString(): String = RedactedDescription(javaClass.simpleName).apply(::describe).toString()

    /** Adds the facts that identify the client. */
    internal abstract fun describe(description: RedactedDescription)

    /** Runs an exchange to its end and frees it. */
    @JvmSynthetic
    internal suspend fun <A> run(exchange: Exchange<A>, last: LastSent = LastSent(exchange.name)): ApiResponse<A> =
        exchange.use {
            if (rateLimiter != null) it.waitFor(rateLimiter)
            val watch = Watch.of(observer, it)
            try {
                drive(it, last, watch).also { response -> watch?.succeeded(response.meta) }
            } catch (error: Throwable) {
                watch?.failed(error)
                throw error
            }
        }

    private suspend fun <A> drive(exchange: Exchange<A>, last: LastSent, watch: Watch?): ApiResponse<A> {
        var cause: Throwable? = null
        val storeWaits = rateLimiter?.waitsOf(exchange)
        try {
            while (true) {
                when (val step = exchange.step(System.currentTimeMillis(), watch)) {
                    is Step.Send -> {
                        last.sending(step.request)
                        watch?.sends(step.request)
                        val response = try {
                            transport.send(step.request).also { if (it.status !in STATUSES) throw WrongStatusException(it.status) }
                        } catch (error: Exception) {
                            val failed = failureOf(error)
                            val mistake = error.takeUnless { it is TransportException || it is IOException || it is TimeoutCancellationException }
                            val unusable = unusableOf(failed)
                            val reason = mistake?.let { "${LastSent.MISTAKE} ${it.javaClass.name}" } ?: TransportReason.of(step.request, failed)
                            cause = unusable ?: (failed.cause ?: failed).let(SafeCause(step.request)::of)
                            exchange.fail(failed.fault, System.currentTimeMillis(), reason)
                            watch?.received()
                            if (unusable != null || mistake != null) {
                                watch?.unusable()
                                // The same response would come again, or the same exception.
                                throw if (mistake == null) last.unusable(reason) else last.mistaken(reason)
                            }
                            continue
                        }
                        exchange.receive(response, System.currentTimeMillis())
                        watch?.received()
                    }
                    is Step.Wait -> {
                        last.waits(exchange)
                        watch?.waits()
                        val millis = step.duration.toMillis()
                        if (storeWaits == null) waitInRealTime(millis) else storeWaits.wait(millis)
                    }
                    is Step.Done -> return step.response
                }
            }
        } catch (error: HudhudException.Transport) {
            throw error.apply { if (this.cause == null) initCause(cause) }
        } catch (cancelled: CancellationException) {
            throw last.cancelled(cancelled)
        }
    }

    /**
     * Returns the failure of a transport. Rethrows the cancellation of the caller. Another cancellation would end the caller's
     * coroutine without an error, and an exception of this library that a transport throws says nothing about this call.
     */
    private suspend fun failureOf(error: Exception): TransportException = when (error) {
        is TransportException -> error
        is InterruptedException -> throw error
        is CancellationException -> {
            if (!currentCoroutineContext().isActive) throw error
            TransportException(if (error is TimeoutCancellationException) TransportFault.TIMEOUT else TransportFault.CLOSED, error)
        }
        else -> TransportException(TransportFault.CLOSED, error)
    }

    /** Returns the exception of a response that arrived and cannot be used. */
    private fun unusableOf(failed: TransportException): IOException? =
        causesOf(failed)
            .firstNotNullOfOrNull { error -> (error as? IOException)?.takeIf { it is ResponseTooLargeException || it is WrongStatusException } }

    internal companion object {
        /** The name of every call by route. */
        const val BY_ROUTE = "request"

        private val random = SecureRandom()

        fun entropy(): ByteArray = ByteArray(16).also(random::nextBytes)
    }
}
