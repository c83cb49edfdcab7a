internal import Cryptography
internal import Enrolment
internal import Platform

/// A request to a page, and who asks.
struct PageRequest {
    /// Whether something is to be done.
    let isPost: Bool
    let path: String
    var query = Form()
    var form = Form()
    var visitor = Visitor.unknown
    let language: Language
    /// What the browser shows to have the mailed code skipped.
    var skips: [String] = []
    /// Unix seconds.
    let now: Int64
    let random: RandomSource

    var words: PageMessages { PageMessages(language: language) }

    /// What somebody typed, without blanks around it.
    func typed(_ name: String) -> String {
        var text = Substring(form.text(name) ?? "").drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }

    /// A code as it was typed: people group digits, and have full-width ones.
    var code: String { Identifier.read(form.text("code") ?? "") ?? "" }
}

/// Who asks: somebody with an account, or nobody known.
struct Visitor {
    /// The random text in the cookie.
    let identity: String
    /// Whether the browser does not have it yet.
    let isNew: Bool
    let account: Account?
    /// What a form of this visitor has to send along.
    let formToken: String

    /// Somebody of whom nothing is known, nor is to be.
    static let unknown = Visitor(identity: "", isNew: false, account: nil, formToken: "")
}

/// What has been done just before a page is shown; it stands in the query.
enum Deed: String {
    case confirmed, revoked, unlocked, issued, password, resumed
}

/// What a page answers.
struct PageAnswer {
    var status = 200
    var title = ""
    var main: HTML = ""
    /// Where to go instead; a path of the site.
    var location: String?
    /// Whether it was a try that failed, and counts against the address.
    var isFailure = false
    /// Seconds until it may be tried again.
    var retryAfter: Int64?
    /// What the browser is to show from now on instead of what it has shown.
    var identity: String?
    /// What the browser is to show from now on to have the mailed code skipped.
    var skips: [String]?

    static func redirect(_ path: String) -> PageAnswer {
        PageAnswer(status: 303, location: path)
    }

    /// Goes to a page that tells what has been done.
    static func redirect(_ path: String, after deed: Deed) -> PageAnswer {
        redirect("\(path)\(path.contains("?") ? "&" : "?")done=\(deed.rawValue)")
    }
}
