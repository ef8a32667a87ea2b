// swift-tools-version: 6.0
// A server that receives Zagely's webhooks. `cargo xtask package swift` builds its dependency.
import PackageDescription

let hudhud = Context.environment["HUDHUD_PACKAGE"] ?? "../../target/packages/swift/Hudhud"

let package = Package(
    name: "swift-server",
    platforms: [.macOS(.v13)],
    dependencies: [.package(path: hudhud)],
    targets: [
        .executableTarget(
            name: "swift-server",
            dependencies: [
                .product(name: "Hudhud", package: "Hudhud"), .product(name: "HudhudSQLite", package: "Hudhud"),
                .product(name: "HudhudTesting", package: "Hudhud"),
            ])
    ]
)
