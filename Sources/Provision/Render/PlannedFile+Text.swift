extension PlannedFile {
    /// A file that everybody may read.
    init(path: String, _ text: ConfigText, mode: UInt16 = 0o644) {
        self.init(path: path, text: text.text, mode: mode)
    }

    /// A file that root alone may read, and whose lines are never shown.
    init(secret path: String, _ text: ConfigText) {
        self.init(path: path, text: text.text, mode: 0o600, isSecret: true)
    }

    /// A unit or a drop-in, by its name.
    init(unit name: String, _ text: ConfigText) {
        self.init(path: "\(Paths.units)/\(name)", text: text.text)
    }
}
