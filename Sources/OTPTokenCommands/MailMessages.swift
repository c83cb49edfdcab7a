internal import MailedCodes
internal import Platform

/// What is said about a mail that `init --mail` reads.
extension Messages {
    static func noMail(_ file: String) -> CommandFailure {
        CommandFailure(
            .failure,
            localized(
                "\(printableFile(file)) is no mail that can be read",
                ja: "\(printableFile(file)) はメールとして読めません"),
            hints: [
                localized(
                    "save the mail alone, as it came", ja: "メールを 1 通だけ、届いたまま保存してください")
            ])
    }

    static func noIssuanceMail(_ file: String) -> CommandFailure {
        CommandFailure(
            .failure,
            localized(
                "\(printableFile(file)) names no server, service ID or user ID",
                ja: "\(printableFile(file)) にサーバ、サービスID、ユーザIDが見つかりません"),
            hints: [
                localized(
                    "is it the mail about the token? else give --server, --service-id and --user-id",
                    ja: "トークン発行のメールか確かめてください。違うときは --server、--service-id、--user-id で指定できます")
            ])
    }

    static func ambiguousMail(_ ambiguity: IssuanceNotice.Ambiguity) -> CommandFailure {
        let option: String
        let what: String
        switch ambiguity.item {
        case .server:
            (option, what) = ("--server", localized("servers", ja: "サーバ"))
        case .serviceID:
            (option, what) = ("--service-id", localized("service IDs", ja: "サービスID"))
        case .userID:
            (option, what) = ("--user-id", localized("user IDs", ja: "ユーザID"))
        }
        let (first, second) = (printable(ambiguity.first), printable(ambiguity.second))
        return CommandFailure(
            .failure,
            localized(
                "the mail names two \(what): \(first) and \(second)",
                ja: "メールに\(what)が 2 つあります: \(first) と \(second)"),
            hints: [localized("give the right one by \(option)", ja: "\(option) で正しいほうを指定してください")])
    }
}
