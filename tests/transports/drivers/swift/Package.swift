// swift-tools-version: 6.0
// The driver of the transport tests for Swift. `cargo xtask package swift` builds the package that it depends on.
import PackageDescription

let hudhud = Context.environment["HUDHUD_PACKAGE"] ?? "../../../../target/packages/swift/Hudhud"

let package = Package(
    name: "driver",
    platforms: [.macOS(.v13)],
    dependencies: [.package(path: hudhud)],
    targets: [.executableTarget(name: "driver", dependencies: [.product(name: "Hudhud", package: "Hudhud")])]
)
