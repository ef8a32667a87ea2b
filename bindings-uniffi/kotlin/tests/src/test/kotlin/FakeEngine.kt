// An engine of Ktor for tests.
package dev.hudhud.tests

import io.ktor.client.engine.HttpClientEngineBase
import io.ktor.client.engine.HttpClientEngineConfig
import io.ktor.client.request.HttpRequestData
import io.ktor.client.request.HttpResponseData
import io.ktor.http.content.OutgoingContent
import io.ktor.utils.io.ByteChannel
import io.ktor.utils.io.InternalAPI
import java.net.ConnectException

/** Writes each request [attempts] times. Then it fails as if it had no connection. */
open class FakeEngine(private val attempts: Int = 0) : HttpClientEngineBase("fake") {
    override val config = HttpClientEngineConfig()

    /** The number of bodies that were written. */
    @Volatile
    var written = 0

    @InternalAPI
    override suspend fun execute(data: HttpRequestData): HttpResponseData {
        repeat(attempts) {
            val body = data.body as OutgoingContent.WriteChannelContent
            checkNotNull(body.contentLength)
            body.writeTo(ByteChannel(autoFlush = true))
            written++
        }
        throw ConnectException("no connection")
    }
}
