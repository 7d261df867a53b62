// "Check your mail", with the entry of the short code. It does not repeat the address: the answer is the
// same, byte for byte, whoever asks.

extension PageLayout {
    func checkMail(minutes: Int, isCodeWrong: Bool) -> HTML {
        page(
            title: "Check your mail",
            content: """
                \(isCodeWrong ? nil : Mark.envelope)<h1>Check your mail</h1>
                <p>\(Words.linkOnItsWay(minutes: minutes))</p>
                \(codeForm(isCodeWrong: isCodeWrong))
                <p class="quiet">Nothing there? Look in the spam folder, or
                <a href="/.runegate/login">try another address</a>.</p>
                """)
    }

    func codeForm(isCodeWrong: Bool) -> HTML {
        let problem: HTML? =
            isCodeWrong ? "<p class=\"problem\" id=\"problem\" role=\"alert\">\(Words.wrongCode)</p>\n" : nil
        let state: HTML? = isCodeWrong ? " aria-invalid=\"true\" aria-describedby=\"problem\" autofocus" : nil
        return """
            <form method="post" action="/.runegate/code" class="apart">
            <label for="code">Or type the code from the message</label>
            <input id="code" name="code" class="code" type="text" autocomplete="one-time-code" autocapitalize="characters"
            autocorrect="off" spellcheck="false" placeholder="XXXX-XXXX" minlength="8" maxlength="16" required\(state)>
            \(problem)<button type="submit" class="second">Sign in with the code</button>
            </form>
            """
    }
}
