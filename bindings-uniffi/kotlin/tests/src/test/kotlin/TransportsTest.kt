// The same calls, faults and cancellations over every transport, against the sandbox.
package dev.hudhud.tests

import dev.hudhud.*
import dev.hudhud.ktor.KtorTransport
import dev.hudhud.okhttp.OkHttpTransport
import io.ktor.client.HttpClient
import io.ktor.client.engine.cio.CIO
import io.ktor.client.plugins.HttpTimeout
import java.net.ServerSocket
import java.time.Duration
import java.util.UUID
import kotlin.concurrent.thread
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import okhttp3.OkHttpClient
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNotNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.EnumSource

class TransportsTest {
    enum class Kind(val open: () -> Transport, val withShortTimeout: () -> Transport) {
        JAVA_HTTP({ JavaHttpTransport() }, { JavaHttpTransport(timeout = Duration.ofMillis(300)) }),
        OKHTTP(
            { OkHttpTransport() },
            { OkHttpTransport(OkHttpClient.Builder().readTimeout(Duration.ofMillis(300)).build()) },
        ),
        KTOR(
            { KtorTransport(HttpClient(CIO)) },
            { KtorTransport(HttpClient(CIO) { install(HttpTimeout) { requestTimeoutMillis = 300 } }) },
        ),
    }

    /** A server that sends headers and a part of the body, then nothing. It reports when the client closes the connection. */
    private class Stalling : AutoCloseable {
        private val socket = ServerSocket(0)
        val url = "http://127.0.0.1:${socket.localPort}/"
        val begun = CompletableDeferred<Unit>()
        val left = CompletableDeferred<Unit>()
        private val thread = thread {
            socket.accept().use { connection ->
                val input = connection.getInputStream().bufferedReader()
                while (!input.readLine().isNullOrEmpty()) Unit
                connection.getOutputStream().run {
                    write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{".toByteArray())
                    flush()
                }
                begun.complete(Unit)
                runCatching { while (input.read() >= 0) Unit }
                left.complete(Unit)
            }
        }

        override fun close() {
            socket.close()
            thread.join(1000)
        }
    }

    @ParameterizedTest
    @EnumSource
    fun `an incomplete body is a timeout, and its connection is closed`(kind: Kind): Unit = runBlocking {
        Stalling().use { server ->
            val request = Request("account.health", "GET", server.url, emptyList())
            val error = withTimeout(5000) {
                assertThrows<TransportException> { runBlocking { kind.withShortTimeout().send(request) } }
            }
            assertEquals(TransportFault.TIMEOUT, error.fault)
            withTimeout(5000) { server.left.await() }
        }
    }

    @ParameterizedTest
    @EnumSource
    fun `a cancelled request closes its connection`(kind: Kind): Unit = runBlocking {
        Stalling().use { server ->
            val transport = kind.open()
            val sent = async(kotlinx.coroutines.Dispatchers.Default) {
                transport.send(Request("account.health", "GET", server.url, emptyList()))
            }
            withTimeout(5000) { server.begun.await() }
            withTimeout(5000) { sent.cancelAndJoin() }
            withTimeout(5000) { server.left.await() }
        }
    }

    @AfterEach
    fun noFaults() {
        Sandbox.admin("DELETE", "/faults")
    }

    @Test
    fun `a time limit that no clock can measure limits nothing`() {
        val longest = Duration.ofSeconds(Long.MAX_VALUE)
        val port = ServerSocket(0).use { it.localPort }
        val request = Request("account.me", "GET", "http://127.0.0.1:$port/", emptyList(), null, longest)
        for (transport in listOf(JavaHttpTransport(timeout = longest), OkHttpTransport(timeout = longest), KtorTransport(HttpClient(CIO), longest))) {
            val refused = assertThrows<TransportException> { runBlocking { transport.send(request) } }
            assertEquals(TransportFault.CONNECT, refused.fault, "$transport")
        }
    }

    @ParameterizedTest
    @EnumSource
    fun `no thread of a transport keeps a program alive`(kind: Kind) {
        val before = Thread.getAllStackTraces().keys
        runBlocking { Sandbox.zagely(kind.open()).account.me() }
        val left = (Thread.getAllStackTraces().keys - before).filter { !it.isDaemon }
        assertEquals(emptyList<String>(), left.map { it.name })
    }

    @ParameterizedTest
    @EnumSource
    fun `a message is queued, with its metadata`(kind: Kind): Unit = runBlocking {
        val zagely = Sandbox.zagely(kind.open())
        val call = SendMessage(to = "+15551234567", message = "hi 👋", sessionId = Sandbox.readyText("session_id"))
        val sent = zagely.messages.send(call)
        assertEquals(MessageStatus.Queued, sent.status)
        val options = CallOptions(idempotencyKey = UUID.randomUUID().toString())
        val first = zagely.withResponse(call, options)
        val again = zagely.withResponse(call, options)
        assertEquals(201, first.meta.status)
        assertTrue(again.meta.idempotentReplay)
        assertEquals(first.output.messageId, again.output.messageId)
        assertNotNull(Sandbox.wazaj(kind.open()).messages.sendText(SendText("+50912345678", "Hello")).messageId)
    }

    @ParameterizedTest
    @EnumSource
    fun `contacts are created, listed, updated and deleted`(kind: Kind): Unit = runBlocking {
        val zagely = Sandbox.zagely(kind.open())
        val tag = "t-" + UUID.randomUUID()
        val made = (1..5).map {
            zagely.contacts.create(
                CreateContact(
                    "+1555" + (1_000_000..9_999_999).random(), name = "Jane $it", email = "jane@example.com",
                    tags = listOf(tag), customFields = jsonObject("city" to "New York"),
                ),
            )
        }
        val listed = zagely.contacts.list(ListContacts(tags = listOf(tag), perPage = 2)).toList()
        assertEquals(made.map { it.id }.toSet(), listed.map { it.id }.toSet())
        val blocking = zagely.blocking.contacts.list(ListContacts(tags = listOf(tag), perPage = 2))
        assertEquals(5, blocking.count())
        assertEquals(2, zagely.contacts.list(ListContacts(tags = listOf(tag), perPage = 2)).take(2).toList().size)
        val id = made[0].id!!
        val changed = zagely.contacts.update(UpdateContact(id, name = Change.Set("Ann"), email = Change.Clear))
        assertEquals("Ann" to null, changed.name to changed.email)
        assertEquals(JsonValue.Text("New York"), zagely.contacts.get(id).customFields["city"])
        val file = "phone_number,name\n+1555${(1_000_000..9_999_999).random()},Imported\n".toByteArray()
        zagely.contacts.import(ImportContacts(file))
        // This call is a DELETE with a body.
        val group = zagely.contactGroups.create(CreateContactGroup(name = "G$tag", type = GroupType.Static))
        zagely.contactGroups.addContacts(AddGroupContacts(groupId = group.id!!, contactIds = listOf(id)))
        zagely.contactGroups.removeContacts(RemoveGroupContacts(groupId = group.id!!, contactIds = listOf(id)))
        assertEquals(0L, zagely.contactGroups.list().toList().first { it.id == group.id }.contactsCount)
        made.forEach { zagely.contacts.delete(it.id!!) }
        val missing = assertThrows<HudhudException.NotFound> { runBlocking { zagely.contacts.get(id) } }
        assertEquals("contacts.get", missing.failure.call)
    }

    @ParameterizedTest
    @EnumSource
    fun `a safe call is retried, and a lost message is not sent twice`(kind: Kind): Unit = runBlocking {
        val zagely = Sandbox.zagely(kind.open())
        Sandbox.fault("messages.send", "status=503", 2)
        val call = SendMessage(to = "+15551234567", message = "hi", sessionId = Sandbox.readyText("session_id"))
        assertNotNull(zagely.messages.send(call).messageId)
        Sandbox.fault("messages.send", "lost")
        val reply = zagely.withResponse(call)
        assertTrue(reply.meta.idempotentReplay, "the second attempt has the same idempotency key")
        Sandbox.fault("messages.send_text", "lost")
        val error = assertThrows<HudhudException.Transport> {
            runBlocking { Sandbox.wazaj(kind.open()).messages.sendText(SendText("+50912345678", "Hello")) }
        }
        assertEquals(TransportFault.CLOSED, error.failure.transportFault)
        Sandbox.fault("account.me", "status=429;retry-after=1")
        val before = System.nanoTime()
        zagely.account.me()
        assertTrue(System.nanoTime() - before >= 1_000_000_000L, "Retry-After was ignored")
    }

    @ParameterizedTest
    @EnumSource
    fun `each fault of the transport is reported`(kind: Kind): Unit = runBlocking {
        fun faultOf(send: suspend () -> Unit) =
            assertThrows<TransportException> { runBlocking { send() } }.fault
        fun request(url: String) = Request("account.health", "GET", url, emptyList())
        val port = ServerSocket(0).use { it.localPort }
        assertEquals(TransportFault.CONNECT, faultOf { kind.open().send(request("http://127.0.0.1:$port/")) })
        assertEquals(TransportFault.CONNECT, faultOf { kind.open().send(request("http://no-such-host.invalid/")) })
        val health = Sandbox.readyText("zagely_base_url") + "/api/v1/health"
        Sandbox.fault("account.health", "delay=1500")
        assertEquals(TransportFault.TIMEOUT, faultOf { kind.withShortTimeout().send(request(health)) })
        Sandbox.admin("DELETE", "/faults")
        Sandbox.fault("account.health", "truncate", 3)
        assertEquals(TransportFault.CLOSED, faultOf { kind.open().send(request(health)) })
        Sandbox.admin("DELETE", "/faults")
        // An app route without `Accept: application/json` redirects to a login page.
        val response = kind.open().send(request(Sandbox.readyText("zagely_base_url") + "/api/automations"))
        assertEquals(302, response.status, "the redirect was followed")
    }

    @ParameterizedTest
    @EnumSource
    fun `cancelling a coroutine ends its request and its wait`(kind: Kind): Unit = runBlocking {
        val zagely = Sandbox.zagely(kind.open(), Settings())
        for (fault in listOf("delay=8000", "status=429;retry-after=30")) {
            Sandbox.fault("account.me", fault)
            val call = async(kotlinx.coroutines.Dispatchers.Default) { zagely.account.me() }
            delay(400)
            withTimeout(2000) { call.cancelAndJoin() }
            assertThrows<CancellationException> { runBlocking { call.await() } }
            Sandbox.admin("DELETE", "/faults")
        }
    }
}
