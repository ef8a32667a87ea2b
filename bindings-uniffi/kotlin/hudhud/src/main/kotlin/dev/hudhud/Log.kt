// The logger `hudhud`: that of SLF4J if the program has it, and standard error if the variable HUDHUD_LOG asks for it.
package dev.hudhud

import java.time.Instant
import org.slf4j.LoggerFactory

/** The levels of log lines, with the names that SLF4J gives them. */
internal enum class LogLevel { DEBUG, INFO, WARN, ERROR }

/**
 * Writes lines to SLF4J's logger `hudhud`. A line that this logger does not show goes to standard error if the environment
 * variable `HUDHUD_LOG` (`debug`, `info` or `warning`) includes its level. No line is therefore shown twice.
 */
internal object Log {
    private val levels = mapOf("debug" to LogLevel.DEBUG, "info" to LogLevel.INFO, "warning" to LogLevel.WARN, "warn" to LogLevel.WARN)

    /** The logger, or null in a program without SLF4J. */
    private val logger: SlfLogger? = try {
        SlfLogger()
    } catch (_: LinkageError) {
        null
    }

    /** The lowest level that is shown on standard error. */
    private val shown: LogLevel? = System.getenv("HUDHUD_LOG")?.trim()?.lowercase()?.ifEmpty { null }?.let { name ->
        levels[name].also { if (it == null) System.err.println("HUDHUD_LOG: expected debug, info or warning") }
    }

    /** True if a line of this level is shown. */
    fun isOn(level: LogLevel): Boolean = isShown(level) || isOnInLogger(level)

    /** Writes a line. */
    fun write(level: LogLevel, line: String, error: Throwable? = null) {
        if (isOnInLogger(level)) {
            try {
                logger?.write(level, line, error)
            } catch (_: Exception) {
                // An appender of the program fails. The call that is logged goes on.
            }
        } else if (isShown(level)) {
            System.err.println("${Instant.now()} hudhud $level $line")
            error?.printStackTrace()
        }
    }

    private fun isOnInLogger(level: LogLevel): Boolean = try {
        logger?.isOn(level) == true
    } catch (_: Exception) {
        false
    }

    private fun isShown(level: LogLevel): Boolean = shown != null && level >= shown
}

/** SLF4J's logger. The class cannot be loaded in a program without SLF4J. */
private class SlfLogger {
    private val logger = LoggerFactory.getLogger("hudhud")

    fun isOn(level: LogLevel): Boolean = when (level) {
        LogLevel.DEBUG -> logger.isDebugEnabled
        LogLevel.INFO -> logger.isInfoEnabled
        LogLevel.WARN -> logger.isWarnEnabled
        LogLevel.ERROR -> logger.isErrorEnabled
    }

    fun write(level: LogLevel, line: String, error: Throwable?) = when (level) {
        LogLevel.DEBUG -> logger.debug(line, error)
        LogLevel.INFO -> logger.info(line, error)
        LogLevel.WARN -> logger.warn(line, error)
        LogLevel.ERROR -> logger.error(line, error)
    }
}
