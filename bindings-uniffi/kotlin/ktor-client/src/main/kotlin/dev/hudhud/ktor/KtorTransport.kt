// Ktor's HTTP client as a transport.
package dev.hudhud.ktor

import dev.hudhud.Header
import dev.hudhud.Request
import dev.hudhud.Response
import dev.hudhud.Transport
import dev.hudhud.TransportException
import dev.hudhud.TransportFault
import io.ktor.client.HttpClient
import io.ktor.client.network.sockets.ConnectTimeoutException
import io.ktor.client.network.sockets.SocketTimeoutException
import io.ktor.client.plugins.HttpRequestTimeoutException
import io.ktor.client.request.request
import io.ktor.client.request.setBody
import io.ktor.client.statement.readRawBytes
import io.ktor.http.ContentType
import io.ktor.http.HttpMethod
import io.ktor.http.content.ByteArrayContent
import io.ktor.util.flattenEntries
import java.io.IOException
import java.net.ConnectException
import java.nio.channels.UnresolvedAddressException
import kotlin.coroutines.cancellation.CancellationException

/**
 * Ktor's HTTP client as the transport, with any engine: `KtorTransport(HttpClient(CIO))`. Redirects are switched off, and
 * no status is a failure, because the library decides both.
 */
public class KtorTransport(client: HttpClient) : Transport {
    private val client = client.config {
        followRedirects = false
        expectSuccess = false
    }

    override suspend fun send(request: Request): Response = try {
        val response = client.request(request.url) {
            method = HttpMethod(request.method)
            val (type, others) = request.headers.partition { it.name.equals("Content-Type", ignoreCase = true) }
            others.forEach { headers.append(it.name, it.value) }
            // Ktor takes the type of a body from the body alone.
            request.body?.let { body -> setBody(ByteArrayContent(body, type.firstOrNull()?.let { ContentType.parse(it.value) })) }
        }
        val headers = response.headers.flattenEntries().map { (name, value) -> Header(name, value) }
        Response(response.status.value, headers, response.readRawBytes())
    } catch (error: IOException) {
        throw TransportException(faultOf(error), error)
    } catch (error: UnresolvedAddressException) {
        throw TransportException(TransportFault.CONNECT, error)
    } catch (error: CancellationException) {
        throw error
    } catch (error: IllegalStateException) {
        // What Ktor says of a body that is shorter than it was announced.
        throw TransportException(TransportFault.CLOSED, error)
    }

    private fun faultOf(error: IOException): TransportFault = when (error) {
        is ConnectTimeoutException, is ConnectException, is java.net.UnknownHostException -> TransportFault.CONNECT
        is HttpRequestTimeoutException, is SocketTimeoutException, is java.net.SocketTimeoutException -> TransportFault.TIMEOUT
        else -> TransportFault.CLOSED
    }
}
