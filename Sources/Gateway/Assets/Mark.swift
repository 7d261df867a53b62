// Runegate's mark: Dagaz, the rune for daybreak, drawn as two gate posts and the light between them.

enum Mark {
    /// For pages; takes its colours from the style sheet.
    static let inline: HTML = """
        <svg class="mark" viewBox="0 0 44 44" width="44" height="44" aria-hidden="true" focusable="false">\
        <rect width="44" height="44" rx="12"/><path d="M12.5 11.5v21M31.5 11.5v21M12.5 13l19 18M31.5 13l-19 18"/></svg>
        """

    /// For the browser's tab, in the owner's colour.
    static func icon(_ accent: Accent) -> String {
        """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 44 44"><rect width="44" height="44" rx="12" \
        fill="\(accent.css)"/><path d="M12.5 11.5v21M31.5 11.5v21M12.5 13l19 18M31.5 13l-19 18" fill="none" \
        stroke="\(accent.text)" stroke-width="3.2" stroke-linecap="round" stroke-linejoin="round"/></svg>

        """
    }

    /// Above "Check your mail".
    static let envelope: HTML = """
        <svg class="picture" viewBox="0 0 48 48" width="48" height="48" aria-hidden="true" focusable="false">\
        <rect x="5" y="11" width="38" height="27" rx="5"/><path d="m7 14.5 14.2 11.8a4.4 4.4 0 0 0 5.6 0L41 14.5"/></svg>

        """
}
