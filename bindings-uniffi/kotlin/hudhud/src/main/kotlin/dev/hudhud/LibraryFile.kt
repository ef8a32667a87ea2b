// The location of the native library.
package dev.hudhud

import com.sun.jna.Platform
import java.io.File
import java.io.IOException
import java.io.InputStream
import java.nio.file.Files

/** The file of the native library. It is unpacked from the jar once, so that JNA and JNI load the same file. */
internal object LibraryFile {
    private const val NAME = "hudhud_native"
    private const val FILE = "dev.hudhud.library"
    private const val FOLDER = "dev.hudhud.library.dir"
    private const val JNA = "jna.tmpdir"

    /**
     * The path of the library. It is the value of the property `dev.hudhud.library`, if that is set.
     *
     * Otherwise the library for this platform is unpacked from the jar, where it has JNA's name for the platform, such as
     * `linux-x86-64/libhudhud_native.so`. It is unpacked into the first folder from which libraries can be loaded. JNA
     * unpacks its own library there too.
     */
    val path: String by lazy {
        // Android finds the libraries of an app by name.
        if (Platform.isAndroid()) return@lazy NAME
        System.getProperty(FILE)?.let { return@lazy File(it).absolutePath }
        val resource = "/${Platform.RESOURCE_PREFIX}/${System.mapLibraryName(NAME)}"
        val failures = LinkedHashMap<File, String>()
        for (folder in folders()) {
            val library = LibraryFile::class.java.getResourceAsStream(resource) ?: throw UnsatisfiedLinkError(
                "dev.hudhud has no native library for ${Platform.RESOURCE_PREFIX}: build it from source. " +
                    "Then set -D$FILE=… to its path, or put it into the folder ${Platform.RESOURCE_PREFIX} of a jar.",
            )
            val loaded = try {
                load(library, folder)
            } catch (error: IOException) {
                failures[folder] = error.message.orEmpty()
                continue
            } catch (error: UnsatisfiedLinkError) {
                failures[folder] = error.message.orEmpty().substringAfterLast(": ")
                continue
            }
            // JNA tries only one folder. This property sets it.
            val isUsual = failures.isEmpty() && System.getProperty(FOLDER) == null
            if (!isUsual && System.getProperty(JNA) == null) System.setProperty(JNA, folder.path)
            return@lazy loaded.path
        }
        throw UnsatisfiedLinkError(
            "dev.hudhud cannot load its native library from any of these folders: " +
                failures.entries.joinToString("; ") { (folder, why) -> "$folder ($why)" } +
                ". Set -D$FOLDER=… to a folder that is writable and not mounted noexec. " +
                "Or unpack $resource from the jar, and set -D$FILE=… to its path " +
                "and -Djna.boot.library.path=… to the folder of JNA's library.",
        )
    }

    /** Chooses the folder for JNA, before JNA chooses one. */
    fun prepare() {
        path
    }

    /** Returns the folders to try, in order: only the folder of the property, or JNA's folder and other common ones. */
    private fun folders(): List<File> {
        System.getProperty(FOLDER)?.let { return listOf(File(it).absoluteFile) }
        val cache = System.getenv("XDG_CACHE_HOME")?.ifBlank { null } ?: (System.getProperty("user.home").orEmpty() + "/.cache")
        val named = System.getProperty(JNA) ?: "$cache/JNA/temp".takeIf { Platform.isLinux() }
        val others = if (Platform.isWindows()) emptyList() else listOf(System.getenv("XDG_RUNTIME_DIR"), "/var/tmp", "/dev/shm")
        return (listOf(named, System.getProperty("java.io.tmpdir")) + others).filterNotNull().map { File(it).absoluteFile }.distinct()
    }

    /** Unpacks the library into a folder, and loads it to check that the folder permits it. */
    private fun load(library: InputStream, folder: File): File {
        if (!folder.isDirectory && !folder.mkdirs()) throw IOException("the folder cannot be created")
        // createTempFile makes the file readable by this user only, also in a folder that all users can write to.
        val file = Files.createTempFile(folder.toPath(), "hudhud", ".${System.mapLibraryName(NAME).substringAfterLast('.')}").toFile()
        try {
            library.use { input -> file.outputStream().use(input::copyTo) }
            System.load(file.path)
        } catch (error: Throwable) {
            file.delete()
            throw error
        }
        file.deleteOnExit()
        return file
    }
}
