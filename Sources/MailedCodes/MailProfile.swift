/// What is known of a service that mails codes.
package struct MailProfile: Sendable {
    /// What the command line calls it, and the token unless somebody says otherwise.
    package let name: String
    /// What it calls itself.
    package let issuer: String
    package let sender: String
    package let subject: String
    package let digits: Int
    /// For how many seconds a code holds.
    package let validity: Int
    /// For how many days it skips the code on a device.
    package let skipDays: Int

    package static let all = [
        MailProfile(
            name: "hellowork", issuer: "ハローワーク", sender: "system@mail.hellowork.mhlw.go.jp",
            subject: "【ハローワーク】ワンタイムパスワード通知", digits: 6, validity: 1800, skipDays: 90)
    ]
}
