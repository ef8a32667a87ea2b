// The outbox: sends each of many messages once. Core decides, and the native library keeps the journal.
package dev.hudhud

import java.nio.file.Path
import java.time.Duration
import java.util.concurrent.CompletableFuture
import java.util.concurrent.ConcurrentHashMap
import java.util.function.Consumer
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.joinAll
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext

/**
 * Sends each of many messages once, even if the program is stopped or killed in between.
 *
 * ```kotlin
 * Outbox.open(Path.of("invitations.outbox"), zagely).use { outbox ->
 *     outbox.addAll(guests.map { SendMessage(to = it.number, message = "Hi ${it.name}") })
 *     println(outbox.send().sent)
 * }
 * ```
 *
 * Run the same program again to continue: messages that the outbox already has are not added again, and what was sent is not
 * sent again. The journal is a file that contains the recipients and the texts. Only its owner can read it, and one program at a
 * time can use it. Any host of this library can continue it. `docs/outbox.md` explains the rules and what they cannot promise.
 *
 * Coroutines and threads can share an outbox.
 */
public class Outbox<V> private constructor(
    private val handle: OutboxHandle,
    private val client: Client<V>,
    private val call: String,
) : AutoCloseable {
    /** Rises with each outcome and each new message, so that coroutines that wait for a message ask again. */
    private val outcomes = MutableStateFlow(0L)

    /** The coroutines of [sendAsync]. */
    private val background = ConcurrentHashMap.newKeySet<Job>()

    /**
     * Adds a message, and returns false if the outbox already has it. While [send] runs, an idle coroutine of it sends the message.
     *
     * @param message the call that sends it.
     * @param id the id under which it is sent once. Default: the recipient.
     * @param row the row of your list. [messages] returns it.
     * @throws HudhudException.InvalidRequest if the call is invalid.
     * @throws OutboxException if the outbox has another message under this id, or takes no more messages.
     */
    @JvmOverloads
    public fun add(message: CallInput<V, *>, id: String? = null, row: Long = 0): Boolean {
        require(row >= 0) { "row: expected a number >= 0" }
        val (name, fields) = client.outboxFields(message, row)
        require(name == call) { "${if (row > 0) "row $row of the list: " else ""}expected a message of $call, not of $name" }
        return handle.add(id, row, fields).also { outcomes.update { it + 1 } }
    }

    /**
     * Adds all messages of the outbox, and closes the outbox for further ones. Returns the number of new messages. The rows are
     * numbered from 1.
     *
     * If a message is invalid, the error states its row. The messages of the earlier rows are then in the outbox. The other
     * messages are not, and the outbox stays open. Correct the row and call this function again with the whole list: no message
     * is added twice.
     *
     * @throws HudhudException.InvalidRequest if a call is invalid.
     * @throws OutboxException if the outbox has another message under an id, or takes no more messages.
     */
    public fun addAll(messages: Iterable<CallInput<V, *>>): Int {
        var count = 0
        for ((at, message) in messages.withIndex()) if (add(message, row = at + 1L)) count++
        handle.closeList()
        return count
    }

    /** The counts of messages. */
    public val report: OutboxReport get() = handle.report()

    /** Returns the messages in a state, such as the unknown ones. Each is read from the journal when it is needed. */
    public fun messages(state: OutboxMessageState): Iterable<OutboxMessage> =
        handle.numbers(state).asSequence().map(handle::message).asIterable()

    /**
     * Sends all messages that have no outcome, and returns the report. It waits while the vendor is unavailable. It stops if a
     * person must act: the report's `stopped` is then the reason.
     *
     * A cancellation ends the calls at once. Their messages are then in doubt, or unknown if they have no keys.
     *
     * @param concurrency the number of messages in flight at a time.
     * @param progress a function that is called after each outcome.
     * @throws HudhudException.Store if the store of the client's rate limiter fails. Its cause says what to correct.
     * @throws HudhudException.Transport if the transport threw an exception that is no failure of a connection.
     */
    @JvmSynthetic
    public suspend fun send(concurrency: Int = 8, progress: ((OutboxReport) -> Unit)? = null): OutboxReport {
        require(concurrency >= 1) { "concurrency: expected a number >= 1" }
        handle.beginSending()
        try {
            val run = Run(progress)
            coroutineScope { repeat(concurrency) { launch { work(run) } } }
            run.failure?.let { throw it }
            withContext(Dispatchers.IO) { handle.flush() }
        } finally {
            handle.endSending()
        }
        return report
    }

    /**
     * Does the same and blocks the thread, for Java. An interruption ends it as a cancellation does: with a
     * `CancellationException`. The interrupt flag stays set.
     */
    @JvmName("send")
    @JvmOverloads
    public fun sendBlocking(concurrency: Int = 8, progress: Consumer<OutboxReport>? = null): OutboxReport = try {
        runBlocking { send(concurrency, progress?.let { it::accept }) }
    } catch (interruption: InterruptedException) {
        Thread.currentThread().interrupt()
        throw CancellationException("the thread was interrupted", interruption)
    }

    /** Does the same in the background, for Java. Cancelling the future ends it. */
    @JvmOverloads
    public fun sendAsync(concurrency: Int = 8, progress: Consumer<OutboxReport>? = null): CompletableFuture<OutboxReport> {
        val future = CallFuture.start(scope, null) { send(concurrency, progress?.let { it::accept }) }
        background += future.job
        future.job.invokeOnCompletion { background -= future.job }
        return future
    }

    private class Run(val progress: ((OutboxReport) -> Unit)?) {
        @Volatile var failure: Throwable? = null

        fun fail(error: Throwable) {
            synchronized(this) { failure = failure ?: error }
        }
    }

    private suspend fun work(run: Run) {
        try {
            while (run.failure == null) {
                val seen = outcomes.value
                when (val step = handle.next(now())) {
                    is OutboxStep.Send -> deliver(run, step)
                    is OutboxStep.Wait -> endsWithinRealTime(step.millis.toLong()) { outcomes.first { it != seen } }
                    is OutboxStep.Busy -> outcomes.first { it != seen }
                    is OutboxStep.Stopped, is OutboxStep.Done -> break
                }
            }
        } catch (cancelled: CancellationException) {
            throw cancelled
        } catch (error: Throwable) {
            run.fail(error)
        }
        outcomes.update { it + 1 }
    }

    /** Sends a message and records its outcome. */
    private suspend fun deliver(run: Run, step: OutboxStep.Send) {
        try {
            // If the outcome cannot be written, the message is in flight in the journal, and in doubt when it is opened again.
            when (val outcome = outcomeOf(step)) {
                is ApiResponse<*> -> handle.sent(step.number, outcome.response.body)
                is HudhudException -> {
                    handle.failed(step.number, outcome.failure, now())
                    // Its cause says what to correct.
                    if (outcome is HudhudException.Store || LastSent.isMistake(outcome)) throw outcome
                }
            }
        } finally {
            outcomes.update { it + 1 }
        }
        run.progress?.invoke(report)
    }

    /** Sends a message. Returns the response or the exception of the call. Records that another exception ended it. */
    private suspend fun outcomeOf(step: OutboxStep.Send): kotlin.Any {
        val last = LastSent(call)
        try {
            withContext(NonCancellable + Dispatchers.IO) { handle.flush() }
            val (message, options) = client.callByName(call, step.fields)
            val deadline = step.deadline?.let { Duration.ofMillis(it.toLong()) }
            return client.run(client.exchange(message, options.copy(idempotencyKey = step.key, deadline = deadline)), last)
        } catch (error: HudhudException) {
            return error
        } catch (error: Throwable) {
            // The exception may be a cancellation that other calls share, so the call itself decides.
            try {
                if (last.mayHaveHappened) handle.lost(step.number, now()) else handle.notSent(step.number, now())
            } catch (journal: OutboxException) {
                error.addSuppressed(journal)
            }
            throw error
        }
    }

    /**
     * Makes the journal durable and releases it. Waits for the end of a [sendAsync] whose future was cancelled.
     *
     * @throws OutboxException while [send] runs.
     */
    override fun close() {
        val ending = background.filter { it.isCancelled }
        if (ending.isNotEmpty()) runBlocking { endsWithinRealTime(LONGEST_END) { ending.joinAll() } }
        handle.release()
    }

    /** Returns the counts of messages. */
    override fun toString(): String = with(report) { "Outbox($sent sent, $refused refused, $unknown unknown, $left left of $total)" }

    public companion object {
        private val scope = CoroutineScope(SupervisorJob() + Dispatchers.Default)

        /** The longest wait for the end of cancelled calls, in milliseconds. A transport may ignore its cancellation. */
        private const val LONGEST_END = 10_000L

        private fun now(): ULong = System.currentTimeMillis().toULong()

        /**
         * Opens the journal, or begins it. A journal belongs to the client's public key and base URL.
         *
         * @param path the file of the journal.
         * @param client the client that sends.
         * @param stopAfterRefusals the number of refusals in a row after which the outbox stops. 0: refusals do not stop it.
         * @throws OutboxException if another program uses the journal, it is damaged, or it belongs to another call or key.
         */
        @JvmStatic
        @JvmOverloads
        public fun open(path: Path, client: Zagely, stopAfterRefusals: Int = 20): Outbox<Zagely> =
            begin(path, client, "messages.send", stopAfterRefusals)

        /** Opens the journal, or begins it, for a call of Wazaj: `messages.send_text`, or `messages.send_template`. */
        @JvmStatic
        @JvmOverloads
        public fun open(
            path: Path, client: Wazaj, call: String = "messages.send_text", stopAfterRefusals: Int = 20,
        ): Outbox<Wazaj> = begin(path, client, call, stopAfterRefusals)

        private fun <V> begin(path: Path, client: Client<V>, call: String, stopAfterRefusals: Int): Outbox<V> {
            require(stopAfterRefusals >= 0) { "stopAfterRefusals: expected a number >= 0" }
            val handle = client.openOutbox(path.toString(), call)
            handle.stopAfterRefusals(stopAfterRefusals.toLong())
            return Outbox(handle, client, call)
        }
    }
}
