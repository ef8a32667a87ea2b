// Zagely's webhooks in Spring.
package dev.hudhud.spring

import dev.hudhud.DeliveryTooLargeException
import dev.hudhud.HeaderValues
import dev.hudhud.VerifiedDelivery
import dev.hudhud.Webhook
import dev.hudhud.WebhookEvent
import dev.hudhud.WebhookException
import jakarta.servlet.http.HttpServletRequest
import jakarta.servlet.http.HttpServletResponse
import java.io.ByteArrayOutputStream
import org.springframework.core.MethodParameter
import org.springframework.web.bind.support.WebDataBinderFactory
import org.springframework.web.context.request.NativeWebRequest
import org.springframework.web.method.support.HandlerMethodArgumentResolver
import org.springframework.web.method.support.ModelAndViewContainer
import org.springframework.web.servlet.HandlerExceptionResolver
import org.springframework.web.servlet.ModelAndView
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer

/**
 * Lets a controller's method have a parameter of type [VerifiedDelivery] or [WebhookEvent]. The body is read and verified
 * before the method runs. A refused delivery is answered with its status and no body, before the application's own
 * exception handlers run.
 *
 * ```kotlin
 * @Bean fun zagelyWebhook() = WebhookArgument(Webhook(secret))
 *
 * @PostMapping("/webhooks/zagely")
 * fun receive(delivery: VerifiedDelivery) { … }
 * ```
 *
 * @param maxBodyBytes the largest body that is read, in bytes. A larger one is answered with 413.
 * @throws IllegalArgumentException if the limit is not positive.
 */
public class WebhookArgument @JvmOverloads constructor(
    private val webhook: Webhook,
    private val maxBodyBytes: Int = Webhook.DEFAULT_MAX_BODY_BYTES,
) : HandlerMethodArgumentResolver, WebMvcConfigurer {
    init {
        require(maxBodyBytes > 0) { "maxBodyBytes: expected a number of bytes > 0" }
    }

    override fun addArgumentResolvers(resolvers: MutableList<HandlerMethodArgumentResolver>) {
        resolvers.add(this)
    }

    /** Adds the resolver before the application's own exception handlers, because one of them may handle every exception. */
    override fun extendHandlerExceptionResolvers(resolvers: MutableList<HandlerExceptionResolver>) {
        resolvers.add(0, HandlerExceptionResolver { _, response, _, error -> refuse(response, error) })
    }

    override fun supportsParameter(parameter: MethodParameter): Boolean =
        parameter.parameterType == VerifiedDelivery::class.java || parameter.parameterType == WebhookEvent::class.java

    override fun resolveArgument(
        parameter: MethodParameter,
        container: ModelAndViewContainer?,
        request: NativeWebRequest,
        binders: WebDataBinderFactory?,
    ): Any {
        val servlet = checkNotNull(request.getNativeRequest(HttpServletRequest::class.java)) { "WebhookArgument: expected a servlet request" }
        val header = HeaderValues { name -> servlet.getHeaders(name).toList() }
        webhook.checkHeaders(header)
        val delivery = webhook.receive(header, read(servlet))
        return if (parameter.parameterType == VerifiedDelivery::class.java) delivery else delivery.event
    }

    private fun read(request: HttpServletRequest): ByteArray {
        if (request.contentLengthLong > maxBodyBytes) throw DeliveryTooLargeException(maxBodyBytes)
        val body = ByteArrayOutputStream()
        val buffer = ByteArray(8192)
        while (true) {
            val count = request.inputStream.read(buffer)
            if (count < 0) return body.toByteArray()
            if (count > maxBodyBytes - body.size()) throw DeliveryTooLargeException(maxBodyBytes)
            body.write(buffer, 0, count)
        }
    }

    /** Responds with the status only, and logs the reason. */
    private fun refuse(response: HttpServletResponse, error: Exception): ModelAndView? {
        val status = when (error) {
            is WebhookException -> error.httpStatus
            is DeliveryTooLargeException -> error.httpStatus
            else -> return null
        }
        log.log(System.Logger.Level.WARNING, error.message)
        response.status = status
        // An empty ModelAndView means that the response is complete.
        return ModelAndView()
    }

    private companion object {
        val log: System.Logger = System.getLogger(WebhookArgument::class.java.name)
    }
}
