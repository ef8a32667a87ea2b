// A transport that answers from memory.
package dev.hudhud.testing

import dev.hudhud.Header
import dev.hudhud.Request
import dev.hudhud.Response
import dev.hudhud.Transport
import dev.hudhud.TransportException
import dev.hudhud.TransportFault
import java.util.concurrent.ConcurrentLinkedQueue

/**
 * Answers each request with the next prepared response, and records the requests.
 *
 * ```kotlin
 * val transport = FakeTransport().respond(201, """{"status":"queued","message_id":"m-1"}""")
 * val sent = Zagely("pk_test", "sk_test", transport).messages.send(…)
 * ```
 */
public class FakeTransport : Transport {
    private val outcomes = ConcurrentLinkedQueue<() -> Response>()
    private val sent = ConcurrentLinkedQueue<Request>()

    /** The requests so far, in order. */
    public val requests: List<Request> get() = sent.toList()

    /** Prepares a response with a status, a text body and headers. */
    @JvmOverloads
    public fun respond(status: Int, body: String = "", headers: Map<String, String> = JSON): FakeTransport =
        respond(status, body.toByteArray(), headers)

    /** Prepares a response with a status, a body of bytes and headers. */
    @JvmOverloads
    public fun respond(status: Int, body: ByteArray, headers: Map<String, String> = JSON): FakeTransport {
        val response = Response(status, headers.map { (name, value) -> Header(name, value) }, body)
        outcomes.add { response }
        return this
    }

    /** Prepares a failure. */
    public fun fail(fault: TransportFault): FakeTransport {
        outcomes.add { throw TransportException(fault) }
        return this
    }

    override suspend fun send(request: Request): Response {
        sent.add(request)
        val outcome = outcomes.poll() ?: error("${request.call}: no response was prepared for this request; call respond or fail first")
        return outcome()
    }

    private companion object {
        val JSON = mapOf("Content-Type" to "application/json")
    }
}
