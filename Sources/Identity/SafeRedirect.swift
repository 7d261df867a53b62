/// Which `next` may be followed after signing in: a path of this origin, however a browser reads it.
package enum SafeRedirect {
    /// The path as given when it is safe, else nil.
    package static func check(_ next: String) -> String? { nil }
}
