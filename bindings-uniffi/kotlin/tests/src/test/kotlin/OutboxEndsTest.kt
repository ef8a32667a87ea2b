// Outboxes whose sending ends early: by a cancellation, an interruption, a defect of the transport, or a full disk.
package dev.hudhud.tests

import dev.hudhud.*
import java.nio.file.Files
import java.nio.file.Path
import java.time.Duration
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicInteger
import kotlin.concurrent.thread
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout
import org.junit.jupiter.api.assertThrows
import org.junit.jupiter.api.io.TempDir

@Timeout(60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OutboxEndsTest {
    @TempDir lateinit var folder: Path
    private val path get() = folder.resolve("test.outbox")
    private val guests = (0 until 100).map { SendMessage(to = "+1555123%04d".format(it), message = "Hi $it") }
    private val sent = """{"data":{"message_id":"m-1","status":"queued"}}""".toByteArray()

    private fun zagely(rateLimiter: RateLimiter? = null, transport: Transport) =
        Zagely("pk_test", "sk_test", transport, settings = Settings(retry = RetryPolicy(1)), rateLimiter = rateLimiter)

    private fun causes(error: Throwable) = generateSequence(error) { it.cause }

    @Test
    fun `a cancellation keeps the messages that have not left`() = runBlocking {
        val begun = AtomicInteger()
        val client = zagely(RateLimiter()) { begun.incrementAndGet(); awaitCancellation() }
        Outbox.open(path, client).use { outbox ->
            outbox.addAll(guests)
            val sending = launch(Dispatchers.Default) { outbox.send(80) }
            delay(700)
            sending.cancelAndJoin()
            val left = begun.get().toLong()
            assertTrue(left in 1L..79L, "$left")
            assertEquals(listOf(left, 100 - left, 0L), outbox.report.run { listOf(inDoubt, waiting, inFlight) })
        }
    }

    @Test
    fun `a transport that throws a cancellation of its own ends the sending with an error`() {
        for (thrown in listOf<() -> Throwable>({ CancellationException("closed") }, { java.util.concurrent.CancellationException() })) {
            Files.deleteIfExists(path)
            Outbox.open(path, zagely { throw thrown() }).use { outbox ->
                outbox.addAll(guests)
                val error = assertThrows<HudhudException.Transport> { outbox.sendBlocking(1) }
                assertTrue("the transport threw java.util.concurrent.CancellationException" in error.failure.transportReason!!)
                assertTrue(causes(error).any { it is CancellationException }, "${error.cause}")
                assertEquals(listOf(1L, 99L), outbox.report.run { listOf(inDoubt, waiting) })
            }
        }
    }

    @Test
    fun `an exception of this library that a transport throws refuses no message`() {
        val other = zagely { Response(422, emptyList(), """{"error":{"code":"validation_failed","message":"no"}}""".toByteArray()) }
        val client = zagely { other.account.me(); error("not reached") }
        Outbox.open(path, client).use { outbox ->
            outbox.addAll(guests)
            val error = assertThrows<HudhudException.Transport> { outbox.sendBlocking(1) }
            assertTrue(causes(error).drop(1).any { it is HudhudException.Validation }, "${error.cause}")
            assertEquals(listOf(0L, 1L, 99L), outbox.report.run { listOf(refused, inDoubt, waiting) })
        }
    }

    @Test
    fun `a full disk after an accepted message is the error, and the message is not sent again`() {
        val count = AtomicInteger()
        val client = zagely {
            if (count.incrementAndGet() == 3) limitFiles("${Files.size(path)}:")
            Response(201, listOf(Header("Content-Type", "application/json")), sent)
        }
        try {
            Outbox.open(path, client).use { outbox ->
                outbox.addAll(guests)
                val error = assertThrows<OutboxException.File> { outbox.sendBlocking(1) }
                assertTrue("File too large" in error.message!! || "journal" in error.message!!, error.message)
            }
        } catch (error: OutboxException) {
            // The journal cannot be made durable at its end either.
            limitFiles("unlimited:")
        } finally {
            limitFiles("unlimited:")
        }
        Outbox.open(path, client).use { outbox ->
            assertEquals(listOf(2L, 1L, 97L), outbox.report.run { listOf(this.sent, inDoubt, waiting) })
        }
        assertEquals(3, count.get())
    }

    /** Limits the size of the files that this process writes. */
    private fun limitFiles(size: String) {
        val limit = ProcessBuilder("prlimit", "--pid", "${ProcessHandle.current().pid()}", "--fsize=$size").inheritIO().start()
        assertEquals(0, limit.waitFor())
    }

    @Test
    fun `an outbox can be closed after its future was cancelled`() {
        val begun = CountDownLatch(1)
        repeat(20) {
            Files.deleteIfExists(path)
            Outbox.open(path, zagely { begun.countDown(); awaitCancellation() }).use { outbox ->
                outbox.addAll(guests)
                val sending = outbox.sendAsync(20)
                assertTrue(begun.await(10, TimeUnit.SECONDS))
                assertTrue(sending.cancel(true))
            }
        }
    }

    @Test
    fun `an interruption of a blocking send is a cancellation and keeps the flag`() {
        val begun = CountDownLatch(1)
        var error: Throwable? = null
        var isInterrupted = false
        Outbox.open(path, zagely { begun.countDown(); awaitCancellation() }).use { outbox ->
            outbox.addAll(guests)
            val sender = thread {
                error = runCatching { outbox.sendBlocking(1) }.exceptionOrNull()
                isInterrupted = Thread.currentThread().isInterrupted
            }
            assertTrue(begun.await(10, TimeUnit.SECONDS))
            sender.interrupt()
            sender.join(10_000)
            assertTrue(error is CancellationException, "$error")
            assertTrue(isInterrupted)
            assertEquals(listOf(1L, 99L), outbox.report.run { listOf(inDoubt, waiting) })
        }
    }

    @Test
    fun `a message that is added during a send is sent by an idle coroutine`() = runBlocking {
        val (first, second) = CompletableDeferred<Unit>() to CompletableDeferred<Unit>()
        val client = zagely {
            if (first.complete(Unit)) second.await() else second.complete(Unit)
            Response(201, listOf(Header("Content-Type", "application/json")), sent)
        }
        Outbox.open(path, client).use { outbox ->
            outbox.add(guests[0])
            val sending = async(Dispatchers.Default) { outbox.send(2) }
            first.await()
            delay(200)
            outbox.add(guests[1])
            assertEquals(2L, sending.await().sent)
        }
    }

    @Test
    fun `blocking sends on all threads of a dispatcher end`() = runBlocking {
        val threads = Runtime.getRuntime().availableProcessors().coerceAtLeast(2) + 2
        val keys = ConcurrentHashMap.newKeySet<String>()
        val retrying = Settings(retry = RetryPolicy(3, Duration.ofMillis(200), Duration.ofMillis(200)))
        val client = Zagely("pk_test", "sk_test", { request ->
            val isFirst = keys.add(request.headers.first { it.name == "Idempotency-Key" }.value)
            Response(if (isFirst) 503 else 201, listOf(Header("Content-Type", "application/json")), sent)
        }, settings = retrying)
        repeat(threads) { number ->
            launch(Dispatchers.Default) {
                client.blocking.messages.send(guests[number].copy(sessionId = "s-1"))
            }
        }
    }
}
