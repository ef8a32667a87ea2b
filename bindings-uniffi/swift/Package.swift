// swift-tools-version: 6.0
// The Swift package. `cargo xtask package swift` puts it together: what stands here, what is generated, and the library.
import PackageDescription

#if canImport(Darwin)
// The XCFramework, with the module CHudhud inside.
let native = Target.binaryTarget(name: "CHudhud", path: "CHudhud.xcframework")
#else
// Found through `lib/pkgconfig`: PKG_CONFIG_PATH names that folder.
let native = Target.systemLibrary(name: "CHudhud", pkgConfig: "hudhud")
#endif

let package = Package(
    name: "Hudhud",
    platforms: [.macOS(.v13), .iOS(.v16)],
    products: [
        .library(name: "Hudhud", targets: ["Hudhud"]),
        .library(name: "HudhudTesting", targets: ["HudhudTesting"]),
    ],
    targets: [
        native,
        .target(name: "Hudhud", dependencies: ["CHudhud", "CHudhudCurl"]),
        // Requests over the libcurl that Foundation uses on Linux.
        .target(name: "CHudhudCurl"),
        // For the tests of programs that use Hudhud.
        .target(name: "HudhudTesting", dependencies: ["Hudhud"]),
        // The conformance driver of the host `swift`.
        .executableTarget(name: "conformance", dependencies: ["Hudhud"]),
        // What is measured, and what it is measured against.
        .executableTarget(name: "bench", dependencies: ["Hudhud", "HudhudTesting", "CHmac"]),
        .target(name: "CHmac"),
        // It reads what the generator wrote beside it.
        .testTarget(name: "HudhudTests", dependencies: ["Hudhud", "HudhudTesting"], exclude: ["answers.json"]),
    ]
)
