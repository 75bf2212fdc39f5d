/// The shapes of all addresses with the methods they take, so that any other method is told so, whatever it is called.
struct KnownAddresses: Sendable {
  private let shapes: [(pieces: [String], methods: Set<String>)]

  init(_ routes: [RouteBook.Route]) {
    shapes = Dictionary(grouping: routes, by: \.path).map { path, routes in
      let methods = Set(routes.map(\.method.rawValue))
      return (path.split(separator: "/").map(String.init), methods.contains("GET") ? methods.union(["HEAD"]) : methods)
    }
  }

  /// For the `Allow` header: "GET, HEAD, POST"; nil when no route has such an address.
  func methods(of path: String) -> String? {
    let pieces = path.split(separator: "/")
    var methods: Set<String> = []
    for shape in shapes where shape.pieces.count == pieces.count {
      if zip(shape.pieces, pieces).allSatisfy({ $0 == $1 || $0.hasPrefix("{") }) { methods.formUnion(shape.methods) }
    }
    return methods.isEmpty ? nil : methods.sorted().joined(separator: ", ")
  }
}
