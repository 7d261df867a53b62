import GateModel

// Runegate's mark: Dagaz, the rune for daybreak, drawn as two gate posts and the light between them.

enum Mark {
    /// For pages; takes its colours from the style sheet.
    static let inline: HTML = """
        <svg class="mark" viewBox="0 0 44 44" width="44" height="44" aria-hidden="true" focusable="false">\
        <rect width="44" height="44" rx="12"/><path d="M12.5 11.5v21M31.5 11.5v21M12.5 13l19 18M31.5 13l-19 18"/></svg>
        """

    /// For the browser's tab, in the owner's colour.
    static func icon(_ accent: AccentColor) -> String {
        """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 44 44"><rect width="44" height="44" rx="12" \
        fill="\(accent.css)"/><path d="M12.5 11.5v21M31.5 11.5v21M12.5 13l19 18M31.5 13l-19 18" fill="none" \
        stroke="\(accent.text)" stroke-width="3.2" stroke-linecap="round" stroke-linejoin="round"/></svg>

        """
    }

    /// Above "Check your mail".
    static let envelope: HTML = """
        <svg class="picture" viewBox="0 0 42 32" width="42" height="32" aria-hidden="true" focusable="false">\
        <rect x="2" y="2" width="38" height="28" rx="5"/><path d="m4 6 14.2 11.8a4.4 4.4 0 0 0 5.6 0L38 6"/></svg>

        """

    /// A tick, a cross or a question mark.
    static func state(_ state: FailureChain.State) -> HTML {
        let path =
            switch state {
            case .good: "m4 8.5 2.7 2.7L12 5.5"
            case .broken: "m5 5 6 6M11 5l-6 6"
            case .unknown: "M5.8 6a2.2 2.2 0 1 1 3.2 2c-.7.4-1 .8-1 1.4M8 12v.1"
            }
        return
            "<svg viewBox=\"0 0 16 16\" width=\"16\" height=\"16\" aria-hidden=\"true\"><path d=\"\(path)\"/></svg>"
    }
}
