// The clients and the receiver of webhooks that Spring Boot creates from properties.
package dev.hudhud.spring.boot

import dev.hudhud.AppRoutes
import dev.hudhud.JavaHttpTransport
import dev.hudhud.Observer
import dev.hudhud.RateLimiter
import dev.hudhud.Settings
import dev.hudhud.Transport
import dev.hudhud.Wazaj
import dev.hudhud.Webhook
import dev.hudhud.Zagely
import dev.hudhud.spring.WebhookArgument
import org.springframework.beans.factory.ObjectProvider
import org.springframework.boot.autoconfigure.AutoConfiguration
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication
import org.springframework.boot.context.properties.EnableConfigurationProperties
import org.springframework.context.annotation.Bean
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer

/**
 * Creates a [Zagely], a [Wazaj] and a [Webhook] from the properties that begin with `hudhud`. An application's own beans of
 * these types replace them. Beans of the types [Transport], [Settings] and [Observer] are used by the clients.
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
        observer: ObjectProvider<Observer>,
    ): Zagely = properties.zagely.run {
        Zagely(
            publicKey.orEmpty(), secretKey.orEmpty(), transport.getIfAvailable { JavaHttpTransport() }, baseUrl,
            appToken?.let { AppRoutes(it) }, settings.getIfAvailable { Settings() }, observer.getIfAvailable(),
            if (rateLimiter) RateLimiter() else null,
        )
    }

    /** Creates the client of Wazaj if there is a key. */
    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnProperty("hudhud.wazaj.api-key")
    public open fun wazaj(
        properties: HudhudProperties, transport: ObjectProvider<Transport>, settings: ObjectProvider<Settings>,
        observer: ObjectProvider<Observer>,
    ): Wazaj = properties.wazaj.run {
        Wazaj(
            apiKey.orEmpty(), baseUrl.orEmpty(), transport.getIfAvailable { JavaHttpTransport() }, null,
            settings.getIfAvailable { Settings() }, observer.getIfAvailable(), if (rateLimiter) RateLimiter() else null,
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
