// Cancelled calls: the exception has the idempotency key, and is a normal cancellation.
package dev.hudhud.tests

import dev.hudhud.*
import java.io.IOException
import java.util.concurrent.CompletionException
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import java.util.concurrent.TimeoutException
import kotlin.concurrent.thread
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.TimeoutCancellationException
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import kotlinx.coroutines.withTimeoutOrNull
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows

class CancelledTest {
    private val message = SendMessage(to = "+15551234567", message = "hi", sessionId = "s-1")
    private val sent = CompletableDeferred<String>()

    /** Never responds, and reports the idempotency key of the request, if it has one. */
    private val silent = Transport { request ->
        request.headers.firstOrNull { it.name == "Idempotency-Key" }?.let { sent.complete(it.value) }
        awaitCancellation()
    }
    private val zagely = Zagely("pk_test", "sk_test", silent)

    @Test
    fun `a cancelled coroutine and its awaiting caller get the idempotency key`(): Unit = runBlocking(Dispatchers.Default) {
        var inside: Throwable? = null
        coroutineScope {
            val call = async {
                try {
                    zagely.messages.send(message)
                } catch (error: Throwable) {
                    inside = error
                    throw error
                }
            }
            val key = sent.await()
            call.cancel()
            val outside = runCatching { call.await() }.exceptionOrNull() as CancellationException
            assertEquals(key, (inside as CallCancelledException).idempotencyKey)
            assertEquals("messages.send", (inside as CallCancelledException).call)
            assertEquals(listOf(key), outside.idempotencyKeys)
            assertTrue(call.isCancelled)
        }
    }

    @Test
    fun `a call that is cancelled in a wait says if it may have happened`(): Unit = runBlocking(Dispatchers.Default) {
        for ((status, mayHaveHappened) in listOf(429 to false, 503 to true)) {
            val answered = CompletableDeferred<Unit>()
            val waiting = Zagely("pk_test", "sk_test", {
                answered.complete(Unit)
                Response(status, listOf(Header("Retry-After", "30")), ByteArray(0))
            })
            var inside: Throwable? = null
            val call = async { try { waiting.messages.send(message) } catch (error: Throwable) { inside = error; throw error } }
            answered.await()
            delay(300)
            call.cancelAndJoin()
            val cancelled = inside as CallCancelledException
            assertEquals(mayHaveHappened, cancelled.mayHaveHappened, "$status")
            assertTrue(cancelled.idempotencyKey != null)
        }
        var inside: Throwable? = null
        val requested = CompletableDeferred<Unit>()
        val slow = Zagely("pk_test", "sk_test", { requested.complete(Unit); awaitCancellation() })
        val read = async { try { slow.account.me() } catch (error: Throwable) { inside = error; throw error } }
        requested.await()
        read.cancelAndJoin()
        assertFalse((inside as CallCancelledException).mayHaveHappened, "a call that only reads")
    }

    @Test
    fun `calls that are cancelled together have their own keys`(): Unit = runBlocking(Dispatchers.Default) {
        val keys = ConcurrentHashMap<String, String>()
        val limited = Zagely("pk_test", "sk_test", { request ->
            val body = request.body!!.decodeToString()
            keys[body.substringAfter("number ").substringBefore('"')] = request.headers.first { it.name == "Idempotency-Key" }.value
            awaitCancellation()
        })
        val errors = ConcurrentHashMap<String, CancellationException>()
        val calls = launch {
            repeat(80) { number ->
                launch {
                    try {
                        limited.messages.send(message.copy(message = "number $number"))
                    } catch (error: CancellationException) {
                        errors["$number"] = error
                        throw error
                    }
                }
            }
        }
        delay(700)
        calls.cancelAndJoin()
        assertTrue(keys.size in 1..79, "${keys.size}")
        for ((number, error) in errors) {
            assertEquals(listOfNotNull(keys[number]), error.idempotencyKeys, number)
            assertEquals(keys.containsKey(number), (error as CallCancelledException).mayHaveHappened, number)
        }
    }

    @Test
    fun `a transport that throws a cancellation of its own is a transport error`() {
        val broken = Zagely("pk_test", "sk_test", { throw CancellationException("closed") })
        val error = assertThrows<HudhudException.Transport> { runBlocking { broken.messages.send(message) } }
        assertEquals("the transport threw java.util.concurrent.CancellationException", error.failure.transportReason)
        assertTrue(error.failure.idempotencyKey != null)
    }

    @Test
    fun `the exception of withTimeout has the idempotency key`(): Unit = runBlocking {
        val error = assertThrows<TimeoutCancellationException> { runBlocking { withTimeout(300) { zagely.messages.send(message) } } }
        assertEquals(listOf(sent.await()), error.idempotencyKeys)
        assertNull(withTimeoutOrNull(300) { zagely.messages.send(message) })
    }

    @Test
    fun `a cancelled future has the idempotency key`() {
        val ended = CountDownLatch(1)
        val watched = Zagely("pk_test", "sk_test", { request -> try { silent.send(request) } finally { ended.countDown() } })
        val future = watched.async.messages.send(message)
        val key = runBlocking { sent.await() }
        assertTrue(future.cancel(true))
        assertTrue(future.isCancelled)
        assertEquals(listOf(key), assertThrows<CancellationException> { future.join() }.idempotencyKeys)
        assertTrue(ended.await(10, TimeUnit.SECONDS))
        val route = watched.async.request(Method.GET, "/api/v1/labels")
        assertTrue(route.cancel(false))
        assertEquals(emptyList<String>(), assertThrows<CancellationException> { route.join() }.idempotencyKeys)
        val refused = watched.async.messages.send(message.copy(to = "no"))
        assertTrue(assertThrows<CompletionException> { refused.join() }.cause is HudhudException.InvalidRequest)
    }

    @Test
    fun `the time limit of a future keeps the idempotency key`() {
        val future = zagely.async.messages.send(message).orTimeout(300, TimeUnit.MILLISECONDS)
        val late = assertThrows<CompletionException> { future.join() }
        assertTrue(late.cause is TimeoutException, "${late.cause}")
        assertEquals(listOf(runBlocking { sent.await() }), late.idempotencyKeys)
    }

    @Test
    fun `an interrupted blocking call throws a HudhudException with the key and keeps the interrupt flag`() {
        val ended = CountDownLatch(1)
        var error: Throwable? = null
        var isInterrupted = false
        val caller = thread {
            error = runCatching { zagely.blocking.messages.send(message) }.exceptionOrNull()
            isInterrupted = Thread.currentThread().isInterrupted
            ended.countDown()
        }
        val key = runBlocking { sent.await() }
        caller.interrupt()
        assertTrue(ended.await(10, TimeUnit.SECONDS))
        assertEquals(key, (error as HudhudException.Transport).failure.idempotencyKey)
        assertTrue(isInterrupted)
    }

    @Test
    fun `a timeout and an IOException inside a transport are transport errors`() {
        val once = Settings(retry = RetryPolicy(1))
        val late = Zagely("pk_test", "sk_test", { withTimeout(50) { awaitCancellation() } }, settings = once)
        val timeout = assertThrows<HudhudException.Transport> { late.blocking.messages.send(message) }
        assertEquals(TransportFault.TIMEOUT, timeout.failure.transportFault)
        val broken = Zagely("pk_test", "sk_test", { throw IOException("the cable +15551234567 is cut") }, settings = once)
        val closed = assertThrows<HudhudException.Transport> { broken.blocking.messages.send(message) }
        assertEquals(TransportFault.CLOSED, closed.failure.transportFault)
        assertTrue("java.io.IOException" in closed.cause!!.message!!)
        assertTrue("1555" !in closed.stackTraceToString())
    }
}
