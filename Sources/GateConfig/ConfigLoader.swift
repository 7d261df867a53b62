/// Reads the sources, in their order, into checked settings.
package enum ConfigLoader {
    /// All settings, or all problems.
    ///
    /// Reads files through `sources` and changes nothing.
    package static func load(_ sources: ConfigSources) -> LoadedConfiguration {
        let raw = RawSettings.collect(sources)
        var reader = SettingsReader(sources: sources, raw: raw)
        let settings = reader.settings()
        reader.checkRules(settings, exposed: raw.exposedSecrets)
        return LoadedConfiguration(
            settings: reader.errors.isEmpty
                ? .success(settings) : .failure(ConfigProblems(errors: reader.errors)),
            warnings: reader.warnings, effective: reader.effective())
    }
}
