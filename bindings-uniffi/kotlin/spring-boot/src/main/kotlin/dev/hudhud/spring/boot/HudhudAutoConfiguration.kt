// The clients and the receiver of webhooks that Spring Boot creates from properties.
package dev.hudhud.spring.boot

import dev.hudhud.AppRoutes
import dev.hudhud.JavaHttpTransport
import dev.hudhud.Observer
import dev.hudhud.RateLimiter
import dev.hudhud.Settings
import dev.hudhud.Transport
import dev.hudhud.VerifiedDelivery
import dev.hudhud.Wazaj
import dev.hudhud.Webhook
import dev.hudhud.WebhookEvent
import dev.hudhud.Zagely
import dev.hudhud.spring.WebhookArgument
import org.springframework.beans.factory.ListableBeanFactory
import org.springframework.beans.factory.ObjectProvider
import org.springframework.beans.factory.SmartInitializingSingleton
import org.springframework.boot.autoconfigure.AutoConfiguration
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication
import org.springframework.boot.context.properties.EnableConfigurationProperties
import org.springframework.context.annotation.Bean
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerAdapter
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping

/**
 * Creates a [Zagely], a [Wazaj] and a [Webhook] from the properties that begin with `hudhud`. An application's own beans of
 * these types replace them. The clients use beans of the types [Transport], [Settings] and [Observer]. Wazaj gets the
 * settings without their session, because it has no sessions.
 *
 * The bean `wazajRateLimiter` is the limiter of Wazaj. The bean `zagelyRateLimiter` is the limiter of Zagely. If there is no
 * bean `zagelyRateLimiter`, the only other bean of the type [RateLimiter] is the limiter of Zagely. If there is none, Zagely gets a
 * new limiter. A limiter belongs to one key, so no bean is used for both.
 */
@AutoConfiguration
@EnableConfigurationProperties(HudhudProperties::class)
public open class HudhudAutoConfiguration {
    /** Creates the client of Zagely if there is a public key. */
    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnProperty("hudhud.zagely.public-key")
    public open fun zagely(
        properties: HudhudProperties, transport: ObjectProvider<Transport>, settings: ObjectProvider<Settings>,
        observer: ObjectProvider<Observer>, beans: ListableBeanFactory,
    ): Zagely = properties.zagely.run {
        val shared = settings.getIfAvailable { Settings() }
        Zagely(
            publicKey.orEmpty(), secretKey.orEmpty(), transport.getIfAvailable { JavaHttpTransport() }, baseUrl,
            appToken?.let { AppRoutes(it) }, if (sessionId.isNullOrBlank()) shared else shared.copy(sessionId = sessionId), observer.getIfAvailable(),
            if (rateLimiter) ofZagely(beans.getBeansOfType(RateLimiter::class.java)) else null,
        )
    }

    private fun ofZagely(limiters: Map<String, RateLimiter>): RateLimiter {
        limiters["zagelyRateLimiter"]?.let { return it }
        val others = limiters - "wazajRateLimiter"
        check(others.size <= 1) { "there are several RateLimiter beans (${others.keys.joinToString()}): name one of them zagelyRateLimiter" }
        return others.values.firstOrNull() ?: RateLimiter()
    }

    /** Creates the client of Wazaj if there is a key. */
    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnProperty("hudhud.wazaj.api-key")
    public open fun wazaj(
        properties: HudhudProperties, transport: ObjectProvider<Transport>, settings: ObjectProvider<Settings>,
        observer: ObjectProvider<Observer>, beans: ListableBeanFactory,
    ): Wazaj = properties.wazaj.run {
        Wazaj(
            apiKey.orEmpty(), baseUrl.orEmpty(), transport.getIfAvailable { JavaHttpTransport() }, null,
            settings.getIfAvailable { Settings() }.copy(sessionId = null), observer.getIfAvailable(),
            if (rateLimiter) beans.getBeansOfType(RateLimiter::class.java)["wazajRateLimiter"] ?: RateLimiter() else null,
        )
    }

    /** Creates the webhook if there is a secret. */
    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnProperty("hudhud.webhook.secret")
    public open fun zagelyWebhook(properties: HudhudProperties): Webhook =
        Webhook(properties.webhook.secret, properties.webhook.tolerance)
}

/** Lets controllers have parameters of type `VerifiedDelivery` and `WebhookEvent` if there is a [Webhook]. */
@AutoConfiguration(after = [HudhudAutoConfiguration::class])
@ConditionalOnClass(WebMvcConfigurer::class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnBean(Webhook::class)
public open class WebhookAutoConfiguration {
    /** Creates the resolver of the parameters. */
    @Bean
    @ConditionalOnMissingBean
    public open fun zagelyWebhookArgument(webhook: Webhook, properties: HudhudProperties): WebhookArgument =
        WebhookArgument(webhook, properties.webhook.maxBodyBytes)
}

/** Refuses to start with a controller that receives deliveries, but without a [Webhook] that verifies them. */
@AutoConfiguration(after = [WebhookAutoConfiguration::class])
@ConditionalOnClass(WebMvcConfigurer::class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnMissingBean(Webhook::class, WebhookArgument::class)
public open class MissingWebhookAutoConfiguration {
    /** Creates the check, which runs when all controllers are known. */
    @Bean
    public open fun zagelyWebhookCheck(
        mappings: ObjectProvider<RequestMappingHandlerMapping>, adapters: ObjectProvider<RequestMappingHandlerAdapter>,
    ): SmartInitializingSingleton = SmartInitializingSingleton {
        val own = adapters.toList().flatMap { it.customArgumentResolvers.orEmpty() }
        val parameter = mappings.toList().flatMap { it.handlerMethods.values }.flatMap { it.methodParameters.toList() }.firstOrNull { parameter ->
            parameter.parameterType in RECEIVED && own.none { it.supportsParameter(parameter) }
        }
        check(parameter == null) {
            "${parameter?.executable?.declaringClass?.simpleName}.${parameter?.executable?.name}: a parameter of type " +
                "${parameter?.parameterType?.simpleName} needs the secret of the webhook: set the property hudhud.webhook.secret"
        }
    }

    private companion object {
        val RECEIVED = setOf<Class<*>>(VerifiedDelivery::class.java, WebhookEvent::class.java)
    }
}
