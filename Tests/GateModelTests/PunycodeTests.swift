import Testing

@testable import GateModel

/// The sample strings of RFC 3492 §7.1, in its order.
///
/// Case annotations are left out.
private let samples: [(name: String, text: String, punycode: String)] = [
    (
        "A: Arabic",
        "\u{644}\u{64a}\u{647}\u{645}\u{627}\u{628}\u{62a}\u{643}\u{644}\u{645}\u{648}\u{634}\u{639}\u{631}\u{628}\u{64a}\u{61f}",
        "egbpdaj6bu4bxfgehfvwxn"
    ),
    ("B: Chinese, simplified", "他们为什么不说中文", "ihqwcrb4cv8a8dqg056pqjye"),
    ("C: Chinese, traditional", "他們爲什麽不說中文", "ihqwctvzc91f659drss3x8bo0yb"),
    ("D: Czech", "Pročprostěnemluvíčesky", "Proprostnemluvesky-uyb24dma41a"),
    (
        "E: Hebrew",
        "\u{5dc}\u{5de}\u{5d4}\u{5d4}\u{5dd}\u{5e4}\u{5e9}\u{5d5}\u{5d8}\u{5dc}\u{5d0}\u{5de}\u{5d3}\u{5d1}\u{5e8}\u{5d9}\u{5dd}\u{5e2}\u{5d1}\u{5e8}\u{5d9}\u{5ea}",
        "4dbcagdahymbxekheh6e0a7fei0b"
    ),
    (
        "F: Hindi", "यहलोगहिन्दीक्योंनहींबोलसकतेहैं", "i1baa7eci9glrd9b2ae1bj0hfcgg6iyaf8o0a1dig0cd"
    ),
    ("G: Japanese", "なぜみんな日本語を話してくれないのか", "n8jok5ay5dzabd5bym9f0cm5685rrjetr6pdxa"),
    (
        "H: Korean", "세계의모든사람들이한국어를이해한다면얼마나좋을까",
        "989aomsvi5e83db1d2a355cv1e0vak1dwrv93d5xbh15a0dt30a5jpsd879ccm6fea98c"
    ),
    ("I: Russian", "почемужеонинеговорятпорусски", "b1abfaaepdrnnbgefbadotcwatmq2g4l"),
    (
        "J: Spanish", "PorquénopuedensimplementehablarenEspañol",
        "PorqunopuedensimplementehablarenEspaol-fmd56a"
    ),
    ("K: Vietnamese", "TạisaohọkhôngthểchỉnóitiếngViệt", "TisaohkhngthchnitingVit-kjcr8268qyxafd2f1b9g"),
    ("L", "3年B組金八先生", "3B-ww4c5e180e575a65lsy2b"),
    ("M", "安室奈美恵-with-SUPER-MONKEYS", "-with-SUPER-MONKEYS-pc58ag80a8qai00g7n9n"),
    ("N", "Hello-Another-Way-それぞれの場所", "Hello-Another-Way--fc4qua05auwb3674vfr0b"),
    ("O", "ひとつ屋根の下2", "2-u9tlzr9756bt3uc0v"),
    ("P", "MajiでKoiする5秒前", "MajiKoi5-783gue6qz075azm5e"),
    ("Q", "パフィーdeルンバ", "de-jg4avhby1noc0d"),
    ("R", "そのスピードで", "d9juau41awczczp"),
    ("S: all basic", "-> $1.00 <-", "-> $1.00 <--"),
]

@Test(arguments: samples)
func `a sample of RFC 3492 encodes to its Punycode`(sample: (name: String, text: String, punycode: String)) {
    #expect(Punycode.encode(Array(sample.text.unicodeScalars)) == sample.punycode)
}

@Test(arguments: samples)
func `a sample of RFC 3492 decodes to its text`(sample: (name: String, text: String, punycode: String)) {
    #expect(Punycode.decode(sample.punycode.utf8) == Array(sample.text.unicodeScalars))
}

@Test(arguments: ["é-", "tda!", "99999999", "a-999999999999", "A", "\u{e9}", "-", "-xyz"])
func `what is no Punycode does not decode`(text: String) {
    #expect(Punycode.decode(text.utf8) == nil)
}

@Test func `encoding what was decoded gives the same text back`() {
    var generator = SystemRandomNumberGenerator()
    let alphabet = Array("abcdefghijklmnopqrstuvwxyz0123456789-".utf8)
    var decoded = 0
    for _ in 0..<20_000 {
        let text = (0..<Int.random(in: 1...12, using: &generator)).map { _ in
            alphabet.randomElement(using: &generator) ?? 0
        }
        guard let scalars = Punycode.decode(text), scalars.contains(where: { $0.value >= 0x80 }) else {
            continue
        }
        decoded += 1
        #expect(
            Punycode.encode(scalars)?.utf8.elementsEqual(text) == true,
            "\(String(decoding: text, as: UTF8.self))")
    }
    #expect(decoded > 100)
}
