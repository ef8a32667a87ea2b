// The health indicator, for the packages of Spring Boot 3 and of Spring Boot 4.
package dev.hudhud.spring.boot

import dev.hudhud.CallOptions
import dev.hudhud.CheckHealth
import dev.hudhud.HudhudException
import dev.hudhud.Lane
import dev.hudhud.Zagely
import org.springframework.boot.actuate.health.Health as Health3
import org.springframework.boot.actuate.health.HealthIndicator as HealthIndicator3
import org.springframework.boot.autoconfigure.AutoConfiguration
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty
import org.springframework.boot.health.contributor.Health
import org.springframework.boot.health.contributor.HealthIndicator
import org.springframework.context.annotation.Bean
import org.springframework.context.annotation.Configuration

/**
 * Adds the health indicator `hudhud` if there is a client of Zagely. By default it sends no request, because the
 * vendor counts requests. It then reports only that the client exists. With `hudhud.health.request=true` it sends a
 * request.
 */
@AutoConfiguration(after = [HudhudAutoConfiguration::class])
@ConditionalOnBean(Zagely::class)
@ConditionalOnProperty("management.health.hudhud.enabled", matchIfMissing = true)
public open class HealthAutoConfiguration {
    /** The indicator of Spring Boot 4. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(name = ["org.springframework.boot.health.contributor.HealthIndicator"])
    public open class Boot4 {
        /** Creates the indicator. */
        @Bean
        public open fun hudhudHealthIndicator(zagely: Zagely, properties: HudhudProperties): HealthIndicator = HealthIndicator {
            val fault = faultOf(zagely, properties)
            val health = if (fault == null) Health.up() else Health.down().withDetail("error", fault)
            health.withDetail("client", zagely.toString()).build()
        }
    }

    /** The indicator of Spring Boot 3. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(name = ["org.springframework.boot.actuate.health.HealthIndicator"])
    public open class Boot3 {
        /** Creates the indicator. */
        @Bean
        public open fun hudhudHealthIndicator(zagely: Zagely, properties: HudhudProperties): HealthIndicator3 = HealthIndicator3 {
            val fault = faultOf(zagely, properties)
            val health = if (fault == null) Health3.up() else Health3.down().withDetail("error", fault)
            health.withDetail("client", zagely.toString()).build()
        }
    }
}

/** Sends a request in the urgent lane, if the properties say so. Returns the error, or null. */
private fun faultOf(zagely: Zagely, properties: HudhudProperties): String? {
    if (!properties.health.request) return null
    return try {
        zagely.blocking.account.health(CheckHealth(), CallOptions(deadline = properties.health.deadline, lane = Lane.URGENT))
        null
    } catch (error: HudhudException) {
        error.message
    }
}
