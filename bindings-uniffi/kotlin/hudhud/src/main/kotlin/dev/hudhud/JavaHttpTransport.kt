// The JDK's own HTTP client as a transport.
package dev.hudhud

import java.io.IOException
import java.net.ConnectException
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpConnectTimeoutException
import java.net.http.HttpRequest
import java.net.http.HttpResponse
import java.net.http.HttpTimeoutException
import java.nio.channels.UnresolvedAddressException
import java.time.Duration
import java.util.concurrent.CompletionException
import javax.net.ssl.SSLHandshakeException
import kotlin.coroutines.resume
import kotlin.coroutines.resumeWithException
import kotlinx.coroutines.suspendCancellableCoroutine
import kotlinx.coroutines.withTimeoutOrNull

/**
 * `java.net.http` as the transport: nothing to add to a program. A [client] of one's own brings its proxy, executor and
 * TLS; it must not follow redirects.
 */
public class JavaHttpTransport @JvmOverloads constructor(
    private val client: HttpClient = usual,
    /** How long a whole response may take. */
    private val timeout: Duration = Duration.ofSeconds(30),
) : Transport {
    init {
        require(client.followRedirects() == HttpClient.Redirect.NEVER) {
            "The client follows redirects, and the keys would travel with them: build it with Redirect.NEVER."
        }
    }

    override suspend fun send(request: Request): Response {
        val body = request.body
        val publisher =
            if (body == null) HttpRequest.BodyPublishers.noBody() else HttpRequest.BodyPublishers.ofByteArray(body)
        val builder = HttpRequest.newBuilder(URI.create(request.url)).timeout(timeout)
        builder.method(request.method, publisher)
        request.headers.forEach { builder.header(it.name, it.value) }
        val response = try {
            // The client's own limit ends with the headers.
            withTimeoutOrNull(timeout.toMillis()) { exchange(builder.build()) }
                ?: throw TransportException(TransportFault.TIMEOUT)
        } catch (error: IOException) {
            throw TransportException(faultOf(error), error)
        }
        val headers = response.headers().map().flatMap { (name, values) -> values.map { Header(name, it) } }
        return Response(response.statusCode(), headers, response.body())
    }

    private suspend fun exchange(request: HttpRequest): HttpResponse<ByteArray> =
        suspendCancellableCoroutine { continuation ->
            val future = client.sendAsync(request, HttpResponse.BodyHandlers.ofByteArray())
            // Only with an interruption does the client let go of the connection.
            continuation.invokeOnCancellation { future.cancel(true) }
            future.whenComplete { response, error ->
                if (error == null) {
                    continuation.resume(response)
                } else {
                    val cause = if (error is CompletionException) error.cause ?: error else error
                    continuation.resumeWithException(cause as? IOException ?: IOException(cause))
                }
            }
        }

    private fun faultOf(error: Throwable): TransportFault {
        // A name that cannot be looked up is a ConnectException around an UnresolvedAddressException.
        val causes = generateSequence(error) { it.cause }.take(4)
        return when {
            causes.any { it is HttpConnectTimeoutException || it is ConnectException || it is UnresolvedAddressException } ->
                TransportFault.CONNECT
            error is SSLHandshakeException -> TransportFault.CONNECT
            error is HttpTimeoutException -> TransportFault.TIMEOUT
            else -> TransportFault.CLOSED
        }
    }

    private companion object {
        /** One for all: it has threads of its own. */
        val usual: HttpClient by lazy {
            HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(Duration.ofSeconds(10))
                .build()
        }
    }
}
