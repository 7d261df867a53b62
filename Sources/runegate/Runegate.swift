import ArgumentParser

/// The program: a list of verbs.
@main
struct Runegate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "runegate", abstract: "x")
}
