// Zagely's webhooks in Spring.
package dev.hudhud.spring

import dev.hudhud.DeliveryTooLargeException
import dev.hudhud.HeaderValues
import dev.hudhud.InboxReceipt
import dev.hudhud.VerifiedDelivery
import dev.hudhud.Webhook
import dev.hudhud.WebhookEvent
import dev.hudhud.WebhookException
import jakarta.servlet.http.HttpServletRequest
import jakarta.servlet.http.HttpServletResponse
import java.io.ByteArrayOutputStream
import org.springframework.core.MethodParameter
import org.springframework.http.HttpStatusCode
import org.springframework.http.MediaType
import org.springframework.http.converter.HttpMessageConverter
import org.springframework.http.server.ServerHttpRequest
import org.springframework.http.server.ServerHttpResponse
import org.springframework.web.bind.annotation.ControllerAdvice
import org.springframework.web.bind.support.WebDataBinderFactory
import org.springframework.web.context.request.NativeWebRequest
import org.springframework.web.method.support.HandlerMethodArgumentResolver
import org.springframework.web.method.support.ModelAndViewContainer
import org.springframework.web.servlet.HandlerExceptionResolver
import org.springframework.web.servlet.ModelAndView
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyAdvice

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
 * If the method returns the [InboxReceipt] of an inbox, the response has its status and headers and no body.
 *
 * @param maxBodyBytes the largest body that is read, in bytes. A larger one is answered with 413.
 * @throws IllegalArgumentException if the limit is not positive.
 */
@ControllerAdvice
public class WebhookArgument @JvmOverloads constructor(
    private val webhook: Webhook,
    private val maxBodyBytes: Int = Webhook.DEFAULT_MAX_BODY_BYTES,
) : HandlerMethodArgumentResolver, WebMvcConfigurer, ResponseBodyAdvice<Any> {
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

    /** Returns true: the type of a returned value may be known only when it is written. */
    override fun supports(returnType: MethodParameter, converterType: Class<out HttpMessageConverter<*>>): Boolean = true

    /** Responds with the status and the headers of a receipt. Spring itself would write the receipt as JSON with the status 200. */
    override fun beforeBodyWrite(
        body: Any?,
        returnType: MethodParameter,
        selectedContentType: MediaType,
        selectedConverterType: Class<out HttpMessageConverter<*>>,
        request: ServerHttpRequest,
        response: ServerHttpResponse,
    ): Any? {
        if (body !is InboxReceipt) return body
        response.setStatusCode(HttpStatusCode.valueOf(body.httpStatus))
        body.headers.forEach { (name, value) -> response.headers.set(name, value) }
        return null
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
