// OkHttp as a transport.
package dev.hudhud.okhttp

import dev.hudhud.Header
import dev.hudhud.Request
import dev.hudhud.Response
import dev.hudhud.Transport
import dev.hudhud.TransportException
import dev.hudhud.TransportFault
import java.io.IOException
import java.io.InterruptedIOException
import kotlin.coroutines.resume
import kotlin.coroutines.resumeWithException
import kotlinx.coroutines.suspendCancellableCoroutine
import okhttp3.Call
import okhttp3.Callback
import okhttp3.EventListener
import okhttp3.OkHttpClient
import okhttp3.RequestBody.Companion.toRequestBody

/**
 * OkHttp as the transport. A [client] of one's own brings its proxy, interceptors and time limits; redirects and
 * repetitions of its own are switched off, because the library decides both.
 */
public class OkHttpTransport @JvmOverloads constructor(client: OkHttpClient = OkHttpClient()) : Transport {
    private val client = client.newBuilder()
        .followRedirects(false)
        .followSslRedirects(false)
        .retryOnConnectionFailure(false)
        .build()
    private val listeners = this.client.eventListenerFactory

    override suspend fun send(request: Request): Response = suspendCancellableCoroutine { continuation ->
        val began = Began()
        val body = request.body?.toRequestBody(null)
            // OkHttp wants a body with some methods, an empty one if need be.
            ?: ByteArray(0).toRequestBody(null).takeIf { request.method in setOf("POST", "PUT", "PATCH") }
        val builder = okhttp3.Request.Builder().url(request.url).method(request.method, body)
        request.headers.forEach { builder.addHeader(it.name, it.value) }
        val client = client.newBuilder().eventListenerFactory { call -> began + listeners.create(call) }.build()
        val call = client.newCall(builder.build())
        continuation.invokeOnCancellation { call.cancel() }
        call.enqueue(object : Callback {
            override fun onFailure(call: Call, e: IOException) =
                continuation.resumeWithException(TransportException(began.faultOf(e), e))

            override fun onResponse(call: Call, response: okhttp3.Response) {
                val read = response.use {
                    runCatching {
                        val headers = it.headers.map { (name, value) -> Header(name, value) }
                        Response(it.code, headers, it.body.bytes())
                    }
                }
                read.fold(
                    { continuation.resume(it) },
                    { continuation.resumeWithException(TransportException(began.faultOf(it), it)) },
                )
            }
        })
    }

    /** Whether anything was sent, which an exception alone does not tell. */
    private class Began : EventListener() {
        @Volatile private var sent = false

        override fun requestHeadersStart(call: Call) {
            sent = true
        }

        fun faultOf(error: Throwable): TransportFault = when {
            !sent -> TransportFault.CONNECT
            error is InterruptedIOException -> TransportFault.TIMEOUT
            else -> TransportFault.CLOSED
        }
    }
}
