import GateModel
import Testing

struct AccentColorTests {
    @Test(arguments: [
        "#000000", "#ffffff", "#ffd400", "#4f46e5", "#767676", "#777777", "#ff0000", "#00ff00", "#0a7d5a",
    ])
    func `text on the colour can be read`(color: String) {
        let accent = AccentColor(color)
        #expect(accent.contrast(with: AccentColor(accent.text == "#fff" ? "#ffffff" : "#000000")) >= 4.5)
        #expect(accent.css == color)
    }

    @Test func `the contrast ratio is WCAG's`() {
        #expect(abs(AccentColor("#000000").contrast(with: AccentColor("#ffffff")) - 21) < 0.001)
        #expect(abs(AccentColor("#777777").contrast(with: AccentColor("#ffffff")) - 4.478) < 0.001)
    }

    @Test(arguments: ["red", "#12345", "#1234567", "#12345g", "#+12345", ""])
    func `a colour that is none is replaced`(color: String) {
        #expect(AccentColor(color) == AccentColor("nothing"))
    }

    @Test func `a colour is written as it was read`() {
        #expect(AccentColor("#0102fF").css == "#0102ff")
    }
}
