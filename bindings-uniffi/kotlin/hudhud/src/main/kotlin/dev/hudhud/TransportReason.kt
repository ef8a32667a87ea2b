// The reason why no response came, in words, from the exceptions of all HTTP clients.
package dev.hudhud

import java.net.ConnectException
import java.net.NoRouteToHostException
import java.net.URI
import java.net.UnknownHostException
import java.net.SocketTimeoutException
import java.net.http.HttpTimeoutException
import java.nio.channels.ClosedChannelException
import java.nio.channels.UnresolvedAddressException
import java.security.cert.CertPathBuilderException
import java.security.cert.CertificateException
import java.security.cert.CertificateExpiredException
import java.security.cert.CertificateNotYetValidException
import java.util.concurrent.TimeoutException
import javax.net.ssl.SSLException
import javax.net.ssl.SSLPeerUnverifiedException
import kotlinx.coroutines.TimeoutCancellationException

/** Names the host and the reason of a failed attempt. The text contains nothing else of the request. */
internal object TransportReason {
    /** Returns a text such as `zagely.com: the host is unknown`. */
    fun of(request: Request, failed: TransportException): String {
        val causes = causesOf(failed).toList()
        return "${host(request)}: ${causes.firstNotNullOfOrNull { known(it, causes) } ?: generalReason(failed.fault)}"
    }

    /** Returns the host and the port, as the URL has them. */
    private fun host(request: Request): String =
        runCatching { URI.create(request.url).rawAuthority }.getOrNull() ?: request.url.substringAfter("://").substringBefore('/')

    private fun known(error: Throwable, all: List<Throwable>): String? = when (error) {
        is ResponseTooLargeException, is WrongStatusException -> error.message
        is UnknownHostException, is UnresolvedAddressException -> "the host is unknown"
        is SSLPeerUnverifiedException, is SSLException, is CertificateException -> certificate(all)
        // The causes of the exception of a JDK's client decide: it is a ConnectException for several reasons.
        is ConnectException -> refused(error, all)
        is NoRouteToHostException -> "there is no route to the host"
        is TimeoutException, is HttpTimeoutException, is SocketTimeoutException, is TimeoutCancellationException -> LATE
        // Ktor's own timeouts extend no class of the JDK, or IOException alone.
        else -> LATE.takeIf { error.javaClass.simpleName.contains("Timeout") }
    }

    private fun refused(error: ConnectException, all: List<Throwable>): String? = when {
        all.any { it is UnresolvedAddressException } -> "the host is unknown"
        error.javaClass.simpleName.contains("Timeout") -> LATE
        error.message.orEmpty().contains("refused", ignoreCase = true) -> REFUSED
        // The JDK's client connects a second time after a refusal, over a channel that is closed by then.
        all.any { it is ClosedChannelException } -> REFUSED
        else -> null
    }

    private fun certificate(all: List<Throwable>): String = when {
        all.any { it is CertificateExpiredException } -> "the certificate has expired"
        all.any { it is CertificateNotYetValidException } -> "the certificate is not valid yet"
        all.any { it is SSLPeerUnverifiedException || it is CertificateException && isForAnotherHost(it) } ->
            "the certificate is for another host"
        all.any { it is CertPathBuilderException || it is CertificateException } -> "the certificate is not trusted"
        else -> "the TLS connection failed"
    }

    private fun isForAnotherHost(error: CertificateException): Boolean =
        listOf("No subject alternative", "No name matching").any { error.message.orEmpty().startsWith(it) }

    private fun generalReason(fault: TransportFault): String = when (fault) {
        TransportFault.CONNECT -> "no connection could be made"
        TransportFault.TIMEOUT -> LATE
        TransportFault.CLOSED -> "the connection ended without a complete response"
    }

    private const val LATE = "no complete response within the time limit"
    private const val REFUSED = "the connection was refused"
}
