// Zagely's webhooks in Spring.
package dev.hudhud.spring

import dev.hudhud.VerifiedDelivery
import dev.hudhud.Webhook
import dev.hudhud.WebhookEvent
import dev.hudhud.WebhookException
import jakarta.servlet.http.HttpServletRequest
import org.springframework.core.MethodParameter
import org.springframework.http.ResponseEntity
import org.springframework.web.bind.annotation.ControllerAdvice
import org.springframework.web.bind.annotation.ExceptionHandler
import org.springframework.web.bind.support.WebDataBinderFactory
import org.springframework.web.context.request.NativeWebRequest
import org.springframework.web.method.support.HandlerMethodArgumentResolver
import org.springframework.web.method.support.ModelAndViewContainer
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer

/**
 * Lets a controller's method take a [VerifiedDelivery] or a [WebhookEvent] as an argument: the body is read and verified
 * before the method runs, and a delivery that is not to be believed is answered with its status alone.
 *
 * ```kotlin
 * @Bean fun zagelyWebhook() = WebhookArgument(Webhook(secret))
 *
 * @PostMapping("/webhooks/zagely")
 * fun receive(delivery: VerifiedDelivery) { … }
 * ```
 */
@ControllerAdvice
public class WebhookArgument(private val webhook: Webhook) : HandlerMethodArgumentResolver, WebMvcConfigurer {
    override fun addArgumentResolvers(resolvers: MutableList<HandlerMethodArgumentResolver>) {
        resolvers.add(this)
    }

    override fun supportsParameter(parameter: MethodParameter): Boolean =
        parameter.parameterType == VerifiedDelivery::class.java || parameter.parameterType == WebhookEvent::class.java

    override fun resolveArgument(
        parameter: MethodParameter,
        container: ModelAndViewContainer?,
        request: NativeWebRequest,
        binders: WebDataBinderFactory?,
    ): Any {
        val servlet = checkNotNull(request.getNativeRequest(HttpServletRequest::class.java)) { "not a servlet's request" }
        val delivery = webhook.receive(servlet.inputStream.readAllBytes()) { servlet.getHeaders(it).toList() }
        return if (parameter.parameterType == VerifiedDelivery::class.java) delivery else delivery.event
    }

    /** The status alone: why is nobody's business but the log's. */
    @ExceptionHandler(WebhookException::class)
    public fun refuse(refused: WebhookException): ResponseEntity<Void> {
        log.log(System.Logger.Level.WARNING, refused.message)
        return ResponseEntity.status(refused.httpStatus).build()
    }

    private companion object {
        val log: System.Logger = System.getLogger(WebhookArgument::class.java.name)
    }
}
