// swift-tools-version: 6.0
// The Swift package. `cargo xtask package swift` assembles it from these files, the generated sources and the library.
import PackageDescription

#if canImport(Darwin)
// The XCFramework contains the module CHudhud.
let native = Target.binaryTarget(name: "CHudhud", path: "CHudhud.xcframework")
#else
// pkg-config finds the library through the folder `lib/pkgconfig`, which PKG_CONFIG_PATH must contain.
let native = Target.systemLibrary(name: "CHudhud", pkgConfig: "hudhud")
#endif

let package = Package(
    name: "Hudhud",
    platforms: [.macOS(.v13), .iOS(.v16)],
    products: [
        .library(name: "Hudhud", targets: ["Hudhud"]),
        .library(name: "HudhudSQLite", targets: ["HudhudSQLite"]),
        .library(name: "HudhudTesting", targets: ["HudhudTesting"]),
    ],
    targets: [
        native,
        .target(name: "Hudhud", dependencies: ["CHudhud", "CHudhudCurl"]),
        // Sends requests over the libcurl that Foundation uses on Linux.
        .target(name: "CHudhudCurl"),
        // The store of an inbox in SQLite, which is looked up in the running program: only users of this product need it.
        .target(name: "HudhudSQLite", dependencies: ["Hudhud", "CHudhudSQLite"]),
        .target(name: "CHudhudSQLite"),
        // Helpers for the tests of programs that use Hudhud.
        .target(name: "HudhudTesting", dependencies: ["Hudhud"]),
        // The conformance driver of the host `swift`.
        .executableTarget(name: "conformance", dependencies: ["Hudhud"]),
        // A program that is killed while it sends the messages of an outbox.
        .executableTarget(name: "outbox-program", dependencies: ["Hudhud"]),
        // A receiver that is killed while it handles the events of an inbox.
        .executableTarget(name: "inbox-program", dependencies: ["Hudhud", "HudhudSQLite"]),
        // The benchmark, and in CHmac the code that it is compared with.
        .executableTarget(name: "bench", dependencies: ["Hudhud", "HudhudSQLite", "HudhudTesting", "CHmac", "CHudhudSQLite"]),
        .target(name: "CHmac"),
        // The tests read the generated `answers.json`, core's samples of deliveries, and the spans that all hosts make, from
        // their own folder.
        .testTarget(
            name: "HudhudTests", dependencies: ["Hudhud", "HudhudSQLite", "HudhudTesting"],
            exclude: ["answers.json", "spans.json", "webhook-samples.json"]
        ),
    ]
)
