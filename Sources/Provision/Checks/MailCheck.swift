import GateConfig
import GateModel
import Mail
import NIOPosix

/// Whether the mail server lets us in; no mail is sent.
struct MailCheck {
    let mail: MailAnswers

    func result() async -> CheckResult {
        let account = MailAccount(
            host: mail.host.text, port: Int(mail.port.number), security: mail.security,
            user: mail.login?.user.text,
            password: mail.login?.password, fromName: nil, fromAddress: mail.sender, subject: "",
            bodyTemplate: nil)
        do throws(Fault) {
            let login = try MailLogin(
                account: account, caFile: mail.authorityFile?.text,
                group: MultiThreadedEventLoopGroup.singleton,
                time: SystemTime())
            guard let failure = await login.failure() else {
                return CheckResult("mail", .pass, "\(mail.host) lets us in")
            }
            return CheckResult("mail", .fail, failure.description)
        } catch {
            return CheckResult("mail", .fail, error.description)
        }
    }
}
