// Where the native library is.
package dev.hudhud

import com.sun.jna.Platform
import java.io.File
import java.io.IOException

/** The native library, taken out of the jar once: JNA and JNI then load the same file. */
internal object LibraryFile {
    /**
     * The path of the library: what the property `dev.hudhud.library` names, or what the jar holds for this platform under
     * JNA's name for it, such as `linux-x86-64/libhudhud_native.so`.
     */
    val path: String by lazy {
        // An app's libraries lie where the system finds them by name.
        if (Platform.isAndroid()) return@lazy "hudhud_native"
        System.getProperty("dev.hudhud.library")?.let { return@lazy File(it).absolutePath }
        try {
            com.sun.jna.Native.extractFromResourcePath("hudhud_native", LibraryFile::class.java.classLoader).absolutePath
        } catch (error: IOException) {
            val missing = "dev.hudhud has no native library for ${Platform.RESOURCE_PREFIX}: build it from source, " +
                "and name it by the property dev.hudhud.library or put it into a jar under that folder."
            throw UnsatisfiedLinkError(missing).initCause(error)
        }
    }
}
