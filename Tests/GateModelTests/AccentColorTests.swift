import GateModel
import Testing

struct AccentColorTests {
    @Test(arguments: [
        ("#ffffff", "#000"), ("#000000", "#fff"), ("#0b7285", "#fff"), ("#FFD43B", "#000"),
    ])
    func `text on the colour is readable`(color: String, text: String) {
        #expect(AccentColor(color).text == text)
        #expect(AccentColor(color).contrast(with: AccentColor(text == "#fff" ? "#ffffff" : "#000000")) >= 4.5)
    }

    @Test(arguments: ["red", "#12345", "#1234567", "#12345g", "#+12345", ""])
    func `a colour that is none is replaced`(color: String) {
        #expect(AccentColor(color) == AccentColor("nothing"))
    }

    @Test func `a colour is written as it was read`() {
        #expect(AccentColor("#0102fF").css == "#0102ff")
    }
}
