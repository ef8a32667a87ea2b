// The outbox: what it adds, sends, refuses, stops at and reports, and how it protects its journal.
package dev.hudhud.tests

import dev.hudhud.*
import dev.hudhud.testing.FakeTransport
import java.nio.file.Files
import java.nio.file.Path
import java.time.Duration
import java.util.concurrent.atomic.AtomicInteger
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Tag
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import org.junit.jupiter.api.io.TempDir

class OutboxTest {
    @TempDir lateinit var folder: Path
    private val path get() = folder.resolve("test.outbox")
    private val guests = (0 until 12).map { SendMessage(to = "+1555123%04d".format(it), message = "Hi $it é") }
    private val quick = Settings(retry = RetryPolicy(3, Duration.ofMillis(1), Duration.ofMillis(2)))
    private val sent = """{"data":{"message_id":"m-1","status":"queued"}}"""

    private fun zagely(transport: Transport, publicKey: String = "pk_test") =
        Zagely(publicKey, "sk_test", transport, settings = quick, rateLimiter = null)

    private fun accepting(count: Int) = FakeTransport().apply { repeat(count) { respond(201, sent) } }

    private fun keys(transport: FakeTransport) =
        transport.requests.map { request -> request.headers.first { it.name.equals("Idempotency-Key", true) }.value }

    private fun causes(error: Throwable) = generateSequence(error) { it.cause }

    private fun refusal(field: String) =
        """{"error":{"code":"validation_failed","message":"no","details":{"errors":{"$field":["no"]}}}}"""

    @Test
    fun `each message is sent once over two runs`() {
        val transport = accepting(12)
        for (added in listOf(12, 0)) Outbox.open(path, zagely(transport)).use { outbox ->
            assertEquals(added, outbox.addAll(guests))
            val report = outbox.sendBlocking()
            assertEquals(listOf(12L, 0L, true, null), listOf(report.sent, report.left, report.isComplete, report.stopped))
        }
        assertEquals((0 until 12).toSet(), keys(transport).map { it.substringAfterLast('-').toInt() }.toSet())
    }

    @Test
    fun `an invalid row of a list is named, and the rows before it stay`() {
        for ((wrong, expected) in listOf(
            SendMessage(to = "bob", message = "Hi") to "messages.send: invalid_request: The call is invalid and was not sent. to: ",
            guests[3].copy(message = "other") to "the outbox has another message under this id (message 3)",
        )) {
            Files.deleteIfExists(path)
            Outbox.open(path, zagely(accepting(0))).use { outbox ->
                val error = assertThrows<Exception> { outbox.addAll(guests.take(6) + wrong + guests.drop(6)) }
                assertTrue("row 7 of the list: $expected" in "$error", "$error")
                assertEquals(6 to false, outbox.report.run { total.toInt() to isClosed })
                assertEquals(6, outbox.addAll(guests))
            }
        }
    }

    @Test
    fun `refusals are final and have reasons without personal text`() {
        val transport = FakeTransport().respond(422, refusal("to"))
        repeat(11) { transport.respond(201, sent) }
        Outbox.open(path, zagely(transport)).use { outbox ->
            outbox.addAll(guests)
            val report = outbox.sendBlocking(1)
            assertEquals(mapOf("validation: validation_failed (to)" to 1L), report.refusedByReason)
            val message = outbox.messages(OutboxMessageState.REFUSED).single()
            assertEquals(listOf(1L, "+15551230000", "validation: validation_failed (to)"), listOf(message.row, message.id, message.reason))
            assertFalse("$message$outbox$report".contains("1555"))
        }
    }

    @Test
    fun `what concerns all messages stops the outbox and loses none`() {
        val transport = FakeTransport().respond(401, """{"error":{"code":"invalid_credentials","message":"no"}}""")
        Outbox.open(path, zagely(transport)).use { outbox ->
            outbox.addAll(guests)
            val report = outbox.sendBlocking(1)
            assertEquals(listOf("authentication: invalid_credentials", 12L), listOf(report.stopped, report.waiting))
            repeat(12) { transport.respond(201, sent) }
            assertEquals(12L, outbox.sendBlocking().sent)
        }
    }

    @Tag("one-jdk")
    @Test
    fun `a broken store of the rate limiter stops the outbox, and its error is thrown`() {
        val store = object : RateLimiterStore {
            override fun load(): ByteArray = "no state".toByteArray()
            override fun swap(old: ByteArray?, new: ByteArray): Boolean = true
        }
        val client = Zagely("pk_test", "sk_test", FakeTransport(), settings = quick, rateLimiter = RateLimiter(store))
        Outbox.open(path, client).use { outbox ->
            outbox.addAll(guests)
            val error = assertThrows<HudhudException.Store> { outbox.sendBlocking() }
            assertTrue("store" in error.message, error.message)
            assertEquals(listOf("store", 12L), listOf(outbox.report.stopped, outbox.report.waiting))
        }
    }

    @Test
    fun `without keys a lost response is unknown and not repeated`() {
        val transport = FakeTransport().fail(TransportFault.CLOSED)
        val wazaj = { Wazaj("wzj_test", "https://example.com/api/wazaj/business", transport, settings = quick) }
        repeat(2) {
            Outbox.open(path, wazaj()).use { outbox ->
                outbox.addAll(listOf(SendText("+15551230000", "Hi")))
                assertEquals(listOf(1L, 0L), outbox.sendBlocking().run { listOf(unknown, left) })
                assertEquals(listOf("transport: closed"), outbox.messages(OutboxMessageState.UNKNOWN).map { it.reason })
            }
        }
        assertEquals(1, transport.requests.size)
    }

    @Test
    fun `an invalid or another message is not added`() {
        Outbox.open(path, zagely(FakeTransport())).use { outbox ->
            assertThrows<HudhudException.InvalidRequest> { outbox.add(SendMessage(to = "0155", message = "Hi")) }
            assertThrows<IllegalArgumentException> { outbox.add(ListContacts()) }
            assertTrue(outbox.add(guests[0]))
            assertFalse(outbox.add(guests[0]))
            assertTrue(outbox.add(SendMessage(to = "+15557654321", message = "Hi")))
            // Another spelling of the number is the same recipient.
            assertThrows<OutboxException> { outbox.add(SendMessage(to = "+1 (555) 765-4321", message = "Hello")) }
            val other = SendMessage(to = "+15551230000", message = "Other")
            val error = assertThrows<OutboxException.Refused> { outbox.add(other) }
            assertTrue(error.message!!.contains("another message under this id (message 0)"))
            assertTrue(outbox.add(other, "second"))
            assertThrows<IllegalArgumentException> { outbox.sendBlocking(0) }
        }
    }

    @Test
    fun `a journal is used by one program at a time, and belongs to its key`() {
        Outbox.open(path, zagely(FakeTransport())).use {
            assertThrows<OutboxException.InUse> { Outbox.open(path, zagely(FakeTransport())) }
            val python = "import fcntl, sys; fcntl.flock(open(sys.argv[1], 'r+'), fcntl.LOCK_EX | fcntl.LOCK_NB)"
            assertEquals(1, ProcessBuilder("python3", "-c", python, "$path").start().waitFor())
        }
        assertThrows<OutboxException.Refused> { Outbox.open(path, zagely(FakeTransport(), "pk_other")) }
        val outbox = Outbox.open(path, zagely(FakeTransport()))
        outbox.close()
        outbox.close()
        assertThrows<OutboxException.File> { outbox.add(guests[0]) }
    }

    @Test
    fun `a journal that was begun in Python is continued`() {
        Files.copy(Path.of("../../../core/stores/outbox-file/tests/begun_in_python.outbox"), path)
        val transport = accepting(2)
        Outbox.open(path, zagely(transport)).use { outbox ->
            // The third message was being sent when the program stopped, more than 24 hours ago.
            assertEquals(listOf(5L, 1L, 1L, 1L, 2L), outbox.report.run { listOf(total, sent, refused, unknown, waiting) })
            assertEquals(listOf(3L, true), outbox.sendBlocking().run { listOf(this.sent, isComplete) })
        }
        assertEquals(setOf("3", "4"), keys(transport).map { it.substringAfterLast('-') }.toSet())
    }

    @Test
    fun `a cancellation leaves the messages in flight in doubt`() = runBlocking {
        val begun = AtomicInteger()
        val waiting = Transport {
            begun.incrementAndGet()
            awaitCancellation()
        }
        Outbox.open(path, zagely(waiting)).use { outbox ->
            outbox.addAll(guests)
            val sending = launch(Dispatchers.Default) { outbox.send(3) }
            while (begun.get() < 3) delay(5)
            val message = "the outbox is sending: wait until send ends, or cancel it, and then close the outbox"
            assertEquals(message, assertThrows<OutboxException.Sending> { outbox.close() }.message)
            sending.cancelAndJoin()
            assertEquals(listOf(3L, 9L, 0L), outbox.report.run { listOf(inDoubt, this.waiting, inFlight) })
        }
    }

    @Test
    fun `a defect of a transport ends the sending and keeps the message in doubt`() {
        Outbox.open(path, zagely(Transport { throw NoSuchElementException("a defect") })).use { outbox ->
            outbox.addAll(guests)
            val error = assertThrows<HudhudException.Transport> { outbox.sendBlocking(1) }
            assertTrue(causes(error).any { it is NoSuchElementException }, "${error.cause}")
            assertEquals(1L, outbox.report.inDoubt)
        }
    }
}
