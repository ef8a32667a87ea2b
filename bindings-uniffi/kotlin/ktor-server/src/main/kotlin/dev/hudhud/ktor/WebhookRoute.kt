// Zagely's webhooks in a Ktor server.
package dev.hudhud.ktor

import dev.hudhud.DeliveryTooLargeException
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
 * Receives the vendor's deliveries at [path]. A verified delivery is handed to [handle], and answered with 204 unless
 * [handle] answers itself. Any other is answered with a status alone, and its reason is logged.
 *
 * The vendor waits ten seconds for an answer and tries again otherwise: remember [VerifiedDelivery.replayKey], and leave
 * long work to others.
 *
 * @param maxBodyBytes the longest body that is read; a longer one is answered with 413.
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
 * The delivery in a call, whose body is read if its headers may belong to a delivery.
 *
 * @throws WebhookException if it is not to be believed.
 * @throws DeliveryTooLargeException if the body is longer than [maxBodyBytes].
 */
public suspend fun Webhook.receive(call: ApplicationCall, maxBodyBytes: Int = Webhook.DEFAULT_MAX_BODY_BYTES): VerifiedDelivery {
    val header = { name: String -> call.request.headers.getAll(name).orEmpty() }
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
            // The rest is not to be waited for.
            channel.cancel(tooLarge)
            throw tooLarge
        }
        body.write(buffer, 0, count)
    }
    return receive(body.toByteArray(), header)
}
