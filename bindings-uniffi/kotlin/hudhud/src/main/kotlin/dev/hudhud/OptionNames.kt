// The names of options in errors: core names them in snake case, and Kotlin in camel case.
package dev.hudhud

/** Renames options in errors about them. Fields of a call keep the vendor's names. */
internal object OptionNames {
    /** Calls [run], which takes options alone. */
    inline fun <T> inKotlin(run: () -> T): T = try {
        run()
    } catch (error: HudhudException.InvalidRequest) {
        throw renamed(error) { true }
    }

    /** Calls [run], which takes a call and its options. */
    inline fun <T> ofCall(run: () -> T): T = try {
        run()
    } catch (error: HudhudException.InvalidRequest) {
        throw renamed(error) { it in OF_CALL }
    }

    /** Returns the error with other names for the options that [isOption] accepts by their first part. */
    fun renamed(error: HudhudException.InvalidRequest, isOption: (String) -> Boolean): HudhudException.InvalidRequest {
        val names = error.failure.fieldErrors.map { it.field }
            .filter { isOption(it.substringBefore('.')) && camel(it) != it }.associateWith(::camel)
        if (names.isEmpty()) return error
        fun told(text: String) = names.entries.fold(text) { told, (name, camel) ->
            told.replace(Regex("(?<![\\w.])${Regex.escape(name)}(?!\\w)"), Regex.escapeReplacement(camel))
        }
        val failure = error.failure
        val fields = failure.fieldErrors.map { FieldErrors(names[it.field] ?: it.field, it.messages.map(::told)) }
        return HudhudException.InvalidRequest(
            failure.copy(summary = told(failure.summary), reason = told(failure.reason), fieldErrors = fields),
        ).apply { stackTrace = error.stackTrace }
    }

    /**
     * Returns `retry.maxAttempts` for `retry.max_attempts`. The name of a call after `methods.` and of a header after
     * `headers.` stay.
     */
    private fun camel(name: String): String =
        if (name.startsWith("methods.") || name.startsWith("headers.")) name else name.replace(Regex("_([a-z])")) { it.groupValues[1].uppercase() }

    /** The options of calls, in snake case. */
    private val OF_CALL: Set<String> = listOf(CallOptions::class.java, RetryPolicy::class.java)
        .flatMap { options -> options.declaredFields.map { Halves.wire(it.name) } }.toSet()
}
