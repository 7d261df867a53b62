/// Reads the sources, in their order, into checked settings.
package enum ConfigLoader {
    package static func load(_ sources: ConfigSources) -> LoadedConfiguration {
        LoadedConfiguration(
            settings: .failure(ConfigProblems(errors: [])), warnings: [], effective: [])
    }
}
