// Zagely's webhooks in a Ktor server.
package dev.hudhud.ktor

import dev.hudhud.DeliveryTooLargeException
import dev.hudhud.HeaderValues
import dev.hudhud.VerifiedDelivery
import dev.hudhud.Webhook
import dev.hudhud.WebhookException
import io.ktor.http.HttpHeaders
import io.ktor.http.HttpStatusCode
import io.ktor.server.application.ApplicationCall
import io.ktor.server.application.log
import io.ktor.server.request.receiveChannel
import io.ktor.server.response.respond
import io.ktor.server.routing.Route
import io.ktor.server.routing.application
import io.ktor.server.routing.post
import io.ktor.utils.io.cancel
import io.ktor.utils.io.readAvailable
import java.io.ByteArrayOutputStream

/**
 * Receives the vendor's deliveries at [path]. A verified delivery is passed to [handle], and answered with 204 unless
 * [handle] responds. A refused delivery is answered with a status and no body, and the reason is logged.
 *
 * The vendor waits ten seconds for a response, and retries the delivery otherwise. Remember [VerifiedDelivery.replayKey],
 * and do long work outside [handle].
 *
 * @param maxBodyBytes the largest body that is read, in bytes. A larger one is answered with 413.
 */
public fun Route.zagelyWebhook(
    path: String,
    webhook: Webhook,
    maxBodyBytes: Int = Webhook.DEFAULT_MAX_BODY_BYTES,
    handle: suspend (call: ApplicationCall, delivery: VerifiedDelivery) -> Unit,
): Route {
    require(maxBodyBytes > 0) { "maxBodyBytes: expected a number of bytes > 0" }
    return post(path) {
        val delivery = try {
            webhook.receive(call, maxBodyBytes)
        } catch (refused: WebhookException) {
            application.log.warn(refused.message)
            call.respond(HttpStatusCode.fromValue(refused.httpStatus))
            return@post
        } catch (refused: DeliveryTooLargeException) {
            application.log.warn(refused.message)
            call.respond(HttpStatusCode.fromValue(refused.httpStatus))
            return@post
        }
        handle(call, delivery)
        if (call.response.status() == null) call.respond(HttpStatusCode.NoContent)
    }
}

/**
 * Reads and verifies the delivery in a call. The body is read only if the headers of a delivery are present and well-formed.
 *
 * @throws WebhookException if the delivery is refused.
 * @throws DeliveryTooLargeException if the body is larger than [maxBodyBytes].
 */
public suspend fun Webhook.receive(call: ApplicationCall, maxBodyBytes: Int = Webhook.DEFAULT_MAX_BODY_BYTES): VerifiedDelivery {
    val header = HeaderValues { name -> call.request.headers.getAll(name).orEmpty() }
    checkHeaders(header)
    val announced = call.request.headers[HttpHeaders.ContentLength]?.toLongOrNull() ?: 0
    if (announced > maxBodyBytes) throw DeliveryTooLargeException(maxBodyBytes)
    val body = ByteArrayOutputStream()
    val channel = call.receiveChannel()
    val buffer = ByteArray(8192)
    while (true) {
        val count = channel.readAvailable(buffer, 0, buffer.size)
        if (count < 0) break
        if (count > maxBodyBytes - body.size()) {
            val tooLarge = DeliveryTooLargeException(maxBodyBytes)
            // Do not wait for the rest of the body.
            channel.cancel(tooLarge)
            throw tooLarge
        }
        body.write(buffer, 0, count)
    }
    return receive(header, body.toByteArray())
}
