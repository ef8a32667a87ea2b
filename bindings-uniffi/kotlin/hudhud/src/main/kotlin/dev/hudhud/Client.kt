// The ready clients: the loop of Exchange over a transport, and nothing else.
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

/** One vendor's decisions, without its types. */
internal interface Core {
    val vendor: String
    fun named(name: String, input: String): Pair<kotlin.Any, Map<String, JsonValue>>
    fun request(call: kotlin.Any, options: CallOptions): Request
    fun exchange(call: kotlin.Any, options: CallOptions, entropy: ByteArray): Flying
    fun pages(call: kotlin.Any, options: CallOptions): Pager
}

/** The pages of a list, without their type. */
internal interface Pager : AutoCloseable {
    fun next(entropy: ByteArray): Flying?
}

/** What the clients of both vendors can do beside their calls. It is safe to share between coroutines and threads. */
public abstract class Client<V> internal constructor(core: Core, private val transport: Transport) {
    private val core: Core = WholeTexts(core)

    /**
     * Makes a call, and gives its reply with the metadata. The groups (`contacts.get`) give the answer alone.
     *
     * @throws HudhudException if it failed.
     * @throws CallCancelledException if the coroutine was cancelled after the request was sent.
     */
    public suspend fun <A> reply(call: Call<V, A>, options: CallOptions = CallOptions()): Reply<A> =
        checkNotNull(run(exchange(call, options))) { "only a page can have been seen before" }

    /**
     * [reply], for callers that block.
     *
     * @throws HudhudException if it failed.
     * @throws CallCancelledException if the thread was interrupted. Its interrupt flag stays set.
     */
    @JvmOverloads
    public fun <A> blockingReply(call: Call<V, A>, options: CallOptions = CallOptions()): Reply<A> =
        checkNotNull(runHere(exchange(call, options))) { "only a page can have been seen before" }

    /**
     * The pages of a list, each asked for when it is needed.
     *
     * @throws HudhudException when it is collected, if a page failed; and `UnexpectedResponse` where the vendor says that
     *   there are more items and they cannot be had.
     */
    public fun <A> pages(call: Call<V, A>, options: CallOptions = CallOptions()): Flow<Reply<A>> = flow {
        core.pages(call.inner, options).use { pager ->
            while (true) {
                val flying = pager.next(entropy()) ?: break
                emit(run(Exchange(flying, core.vendor, call)) ?: break)
            }
        }
    }

    internal fun <A, T> items(call: Call<V, A>, options: CallOptions, data: (A) -> List<T>): Flow<T> =
        pages(call, options).transform { emitAll(data(it.answer).asFlow()) }

    internal fun <A, T> blockingItems(call: Call<V, A>, options: CallOptions, data: (A) -> List<T>): Iterable<T> =
        Iterable {
            iterator {
                core.pages(call.inner, options).use { pager ->
                    while (true) {
                        val flying = pager.next(entropy()) ?: break
                        val page = runHere(Exchange(flying, core.vendor, call)) ?: break
                        yieldAll(data(page.answer))
                    }
                }
            }
        }

    /**
     * A call by its name, with its input as JSON under the vendor's names: for tools. What stands under `extra` is in the
     * options, to be sent as it is.
     *
     * @throws HudhudException.InvalidRequest if there is no such call, or the input does not fit it.
     */
    public fun named(name: String, input: String): Pair<Call<V, Answer>, CallOptions> {
        val (call, extra) = core.named(name, input)
        return Call<V, Answer>(name, call) { it } to CallOptions(extra = extra)
    }

    /**
     * The request of a call, to be sent by other means. Without an idempotency key in the options none is sent.
     *
     * @throws HudhudException.InvalidRequest if the vendor would refuse it.
     */
    @JvmOverloads
    public fun request(call: Call<V, *>, options: CallOptions = CallOptions()): Request =
        core.request(call.inner, options)

    /**
     * The reply in a response to a call. [idempotencyKey] is the one that was sent; it is handed on in the metadata.
     *
     * @throws HudhudException if the response is no success.
     */
    @JvmOverloads
    public fun <A> decode(call: Call<V, A>, response: Response, idempotencyKey: String? = null): Reply<A> {
        val decoded = Door.usual.decode(core.vendor, call.name, response, idempotencyKey)
        return Reply(call.read(decoded.answer), decoded.meta, response)
    }

    /**
     * Decodes a recorded response by the name of its call, such as `contacts.get`, without the input. [idempotencyKey]
     * is the key that was sent, if any.
     *
     * @throws HudhudException if there is no such call, or the response is no success.
     */
    @JvmOverloads
    public fun decode(name: String, response: Response, idempotencyKey: String? = null): Reply<Answer> {
        val decoded = Door.usual.decode(core.vendor, name, response, idempotencyKey)
        return Reply(decoded.answer, decoded.meta, response)
    }

    /**
     * The call in flight, to be driven by other means.
     *
     * @throws HudhudException.InvalidRequest if the vendor would refuse it.
     */
    @JvmOverloads
    public fun <A> exchange(
        call: Call<V, A>,
        options: CallOptions = CallOptions(),
        entropy: ByteArray = entropy(),
    ): Exchange<A> = Exchange(core.exchange(call.inner, options, entropy), core.vendor, call)

    /** Without keys. */
    override fun toString(): String = javaClass.simpleName

    /** [run], on this thread. */
    private fun <A> runHere(exchange: Exchange<A>): Reply<A>? {
        val last = LastSent(exchange.name)
        return try {
            runBlocking { run(exchange, last) }
        } catch (interruption: InterruptedException) {
            // Java lets nobody catch a checked exception that no method declares.
            Thread.currentThread().interrupt()
            throw last.interrupted(interruption)
        } catch (cancelled: CancellationException) {
            if (generateSequence<Throwable>(cancelled) { it.cause }.take(4).any { it is InterruptedException }) {
                Thread.currentThread().interrupt()
            }
            throw cancelled
        }
    }

    private suspend fun <A> run(exchange: Exchange<A>, last: LastSent = LastSent(exchange.name)): Reply<A>? = exchange.use {
        var cause: Throwable? = null
        try {
            while (true) {
                when (val step = it.step(System.currentTimeMillis())) {
                    is Step.Send -> {
                        last.sending(step.request)
                        val response = try {
                            transport.send(step.request)
                        } catch (error: Exception) {
                            val failed = failureOf(error)
                            cause = (failed.cause ?: failed).let(SafeCause(step.request)::of)
                            it.fail(failed.fault, System.currentTimeMillis())
                            continue
                        }
                        it.receive(response, System.currentTimeMillis())
                    }
                    is Step.Wait -> delay(step.duration.toMillis())
                    is Step.Done -> return step.reply
                    is Step.End -> return null
                }
            }
        } catch (error: HudhudException.Transport) {
            throw error.apply { if (this.cause == null) initCause(cause) }
        } catch (cancelled: CancellationException) {
            throw last.cancelled(cancelled)
        }
        @Suppress("UNREACHABLE_CODE")
        null
    }

    /** The failure of a transport; anything else that it threw is thrown on. */
    private suspend fun failureOf(error: Exception): TransportException = when (error) {
        is TransportException -> error
        // A transport's own time limit: as a cancellation it would end the caller's coroutine without a word.
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
