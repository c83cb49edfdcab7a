internal import Platform

/// What the pages say, in the language of who reads them; the labels are those of the banks' pages.
struct PageMessages {
    let language: Language

    func localized(
        _ english: @autoclosure () -> String, ja japanese: @autoclosure () -> String
    ) -> String {
        Platform.localized(english(), ja: japanese(), in: language)
    }

    var navigation: String { localized("Pages", ja: "ページ") }
    var back: String { localized("Back", ja: "戻る") }
    func again(_ label: String) -> String { localized("\(label), again", ja: "\(label)（確認）") }
    var notTheSame: String { localized("is not the same as above", ja: "上の入力と一致しません") }
    var faults: String { localized("Please put this right:", ja: "入力内容を確認してください。") }

    // MARK: What went wrong

    var notFound: (title: String, text: String) {
        (
            localized("No such page", ja: "ページがありません"),
            localized("There is no page here.", ja: "お探しのページはありません。")
        )
    }
    var noSuchToken: (title: String, text: String) {
        (
            localized("No such token", ja: "トークンがありません"),
            localized("Nobody has this user ID.", ja: "そのユーザIDのトークンはありません。")
        )
    }
    var forbidden: (title: String, text: String) {
        (
            localized("Not for you", ja: "権限がありません"),
            localized("This page is for administrators.", ja: "管理者用のページです。")
        )
    }
    var malformed: (title: String, text: String) {
        (
            localized("Not understood", ja: "リクエストを処理できません"),
            localized(
                "No form of this site sends such a request.", ja: "このサイトのフォームから送られたものではありません。")
        )
    }
    var tooOld: (title: String, text: String) {
        (
            localized("This page was too old", ja: "ページの有効期限が切れました"),
            localized(
                "Nothing was done. Go back, load the page again, and try once more.",
                ja: "何も変更していません。前のページを読み込み直して、もう一度お試しください。")
        )
    }
    var unavailable: (title: String, text: String) {
        (
            localized("Not now", ja: "ただいまご利用いただけません"),
            localized(
                "Something is wrong here; try again later.", ja: "サーバに問題が発生しました。時間をおいてお試しください。")
        )
    }
    var busy: (title: String, text: String) {
        (
            localized("One moment", ja: "混み合っています"),
            localized(
                "Many people are signing in. Load this page again in a few seconds.",
                ja: "ログインが集中しています。数秒待ってから、このページを読み込み直してください。")
        )
    }
    func throttled(_ seconds: Int64) -> (title: String, text: String) {
        (localized("Too many tries", ja: "試行回数が多すぎます"), tooManyTries(seconds))
    }

    // MARK: Signing in

    var signIn: String { localized("Sign in", ja: "ログイン") }
    var signOut: String { localized("Sign out", ja: "ログアウト") }
    var address: String { localized("Mail address", ja: "メールアドレス") }
    var password: String { localized("Password", ja: "パスワード") }
    var currentPassword: String { localized("Present password", ja: "現在のパスワード") }
    var newPassword: String { localized("New password", ja: "新しいパスワード") }
    var setPassword: String { localized("Set password", ja: "パスワードを変更") }
    var passwordHint: String {
        localized("At least 8 characters.", ja: "8 文字以上で入力してください。")
    }
    var passwordUnfit: String {
        localized("has to have 8 to 256 characters", ja: "8〜256 文字で入力してください")
    }
    var passwordWrong: String { localized("is not the right one", ja: "パスワードが違います") }
    var signInRefused: String {
        localized(
            "Address or password is wrong.", ja: "メールアドレスかパスワードが違います。")
    }
    func tooManyTries(_ seconds: Int64) -> String {
        localized(
            "Too many tries failed. Try again in \(seconds) s.",
            ja: "失敗が続いたため、\(seconds) 秒後にもう一度お試しください。")
    }

    // MARK: Issuing a token

    var issueTitle: String {
        localized("Issue a one-time password token", ja: "ワンタイムパスワードトークン発行")
    }
    var issueText: String {
        localized(
            "A mail with the service ID and the user ID goes to this address. The start password is asked for once, when the token is set up; it is not in the mail.",
            ja: "入力したアドレスに、サービスIDとユーザIDをメールでお送りします。利用開始パスワードは初期設定のときに一度だけ使います。メールには書かれません。")
    }
    var phoneAddress: String { localized("Mail address for the token", ja: "携帯電話メールアドレス") }
    var addressHint: String {
        localized(
            "4 to 64 letters, digits and symbols.", ja: "半角英数字・記号 4〜64 文字")
    }
    var addressUnfit: String {
        localized(
            "has to be 4 to 64 letters, digits and symbols with one @",
            ja: "半角英数字・記号 4〜64 文字で、@ を 1 つ含めてください")
    }
    var startPassword: String { localized("Start password", ja: "利用開始パスワード") }
    var startPasswordHint: String {
        localized("4 to 8 digits of your choice.", ja: "お好きな半角数字 4〜8 桁")
    }
    var startPasswordUnfit: String {
        localized("has to be 4 to 8 digits", ja: "半角数字 4〜8 桁で入力してください")
    }
    var issue: String { localized("Issue the token", ja: "トークン発行") }
    var skip: String { localized("Go on with this token", ja: "トークン発行の省略") }
    var hasToken: String {
        localized("You have a token already.", ja: "トークンは発行済みです。")
    }
    var hasPendingToken: String {
        localized(
            "A token is issued to you already and waits for its first code. Another one takes its place.",
            ja: "トークンは発行済みで、認証確認を待っています。発行し直すと、発行済みのものは使えなくなります。")
    }

    // MARK: Confirming it

    var confirmTitle: String { localized("Confirm the token", ja: "ワンタイムパスワード認証確認") }
    var confirmText: String {
        localized(
            "Keep this page open, set the token up, and enter the code that it shows.",
            ja: "この画面を開いたまま初期設定を行い、表示されたワンタイムパスワードを入力してください。")
    }
    var setUp: String {
        localized(
            "On the computer that is to show the codes:", ja: "コードを表示するパソコンで、次のコマンドを実行します。")
    }
    var serviceID: String { localized("Service ID", ja: "サービスID") }
    var userID: String { localized("User ID", ja: "ユーザID") }
    var code: String { localized("Code", ja: "ワンタイムパスワード") }
    var codeHint: String {
        localized("The 8 digits that the token shows now.", ja: "トークンに表示されている 8 桁の数字")
    }
    var confirm: String { localized("Confirm", ja: "認証確認") }

    /// Why a code is not taken, and what to do.
    func reason(_ reason: Verdict.Reason) -> String {
        switch reason {
        case .unknown, .revoked:
            localized("this token is of no use any more", ja: "このトークンは失効しています")
        case .pending:
            localized(
                "the token is not set up yet: run the command above first",
                ja: "初期設定がまだ終わっていません。先に上のコマンドを実行してください")
        case .expired: localized("this token has come to its end", ja: "トークンの有効期限が切れています")
        case .locked:
            localized(
                "ten wrong codes have locked this token: ask an administrator",
                ja: "10 回間違えたため、トークンがロックされています。管理者にご連絡ください")
        case .malformed: localized("a code has 8 digits", ja: "8 桁の数字を入力してください")
        case .used:
            localized(
                "this code was used before: wait for the next one", ja: "使用済みのコードです。次のコードをお待ちください")
        case .wrong:
            localized(
                "is wrong; if it is what the token shows, that machine's clock is off",
                ja: "コードが違います。表示どおりに入力しても通らない場合は、パソコンの時計を確認してください")
        }
    }
}

// The pages about tokens that there are.
extension PageMessages {
    var myToken: String { localized("My token", ja: "トークンの状態") }
    var noToken: String { localized("No token is issued to you.", ja: "トークンは発行されていません。") }
    var issueAgain: String { localized("Issue another one instead", ja: "トークンを発行し直す") }
    var replace: String { localized("Replace the device", ja: "機種変更") }
    var replaceText: String {
        localized(
            "A code of the present device ends its token; then another one is issued. If the device is lost, ask an administrator.",
            ja: "現在の端末に表示されているコードを入力すると、そのトークンを失効させ、新しいトークンの発行に進みます。端末をなくした場合は、管理者にご連絡ください。")
    }
    var revoke: String { localized("Revoke the token", ja: "トークンの失効手続き") }
    var revokeText: String {
        localized(
            "A current code ends the token at once; no code of it is accepted any more. If the device is lost, ask an administrator.",
            ja: "現在のコードを入力すると、トークンはただちに失効し、コードは使えなくなります。端末をなくした場合は、管理者にご連絡ください。")
    }
    var lockedText: String {
        localized(
            "Ten wrong codes have locked the token. An administrator can unlock it.",
            ja: "コードを 10 回間違えたため、トークンがロックされています。管理者に解除を依頼してください。")
    }

    /// What has just been done.
    func done(_ deed: Deed) -> String {
        switch deed {
        case .confirmed: localized("The token is confirmed.", ja: "認証確認が完了しました。")
        case .revoked: localized("The token is revoked.", ja: "トークンを失効させました。")
        case .unlocked: localized("The token is unlocked.", ja: "ロックを解除しました。")
        case .issued:
            localized(
                "This token is issued; a mail is on its way.", ja: "トークンを発行し、メールをお送りしました。")
        case .password: localized("The password is changed.", ja: "パスワードを変更しました。")
        case .resumed:
            localized(
                "The code is asked for everywhere again.", ja: "すべての端末・ブラウザで、ワンタイムパスワードの入力を再開しました。")
        }
    }

    /// A token as a list of facts.
    func facts(of user: UserSummary, _ issuer: Issuer) -> [(name: String, value: String)] {
        var rows = [
            (localized("State", ja: "状態"), state(user)),
            (serviceID, issuer.serviceID), (userID, user.userID), (phoneAddress, user.email),
            (localized("Issued", ja: "発行日"), localDate(user.issuedAt)),
        ]
        if let time = user.expiresAt { rows.append((ends, localDate(time))) }
        if user.state != .issued, user.state != .lapsed {
            rows.append(
                (lastUsed, user.lastUsed.map(localMoment) ?? localized("never", ja: "なし")))
        }
        return rows
    }

    private var ends: String { localized("Ends", ja: "有効期限") }
    private var lastUsed: String { localized("Last used", ja: "最終使用") }

    func state(_ user: UserSummary) -> String {
        if user.isLocked { return localized("locked", ja: "ロック中") }
        return switch user.state {
        case .issued: localized("issued, not set up yet", ja: "発行済み（初期設定前）")
        case .enrolled: localized("set up, not confirmed yet", ja: "初期設定済み（認証確認前）")
        case .active: localized("active", ja: "使用中")
        case .revoked: localized("revoked", ja: "失効")
        case .lapsed: localized("not set up in time", ja: "未使用のまま失効")
        case .expired: localized("expired", ja: "期限切れ")
        }
    }

    // MARK: Administration

    var administration: String { localized("Administration", ja: "管理") }
    var search: String { localized("Address or user ID", ja: "メールアドレスまたはユーザID") }
    var find: String { localized("Search", ja: "検索") }
    var newer: String { localized("← newer", ja: "← 新しいもの") }
    var older: String { localized("older →", ja: "古いもの →") }
    var allTokens: String { localized("All tokens", ja: "トークン一覧") }
    var unlock: String { localized("Unlock", ja: "ロック解除") }
    var reissue: String { localized("Issue anew", ja: "再発行") }
    var reissueText: String {
        localized(
            "This token is revoked, and a new one is issued to the same address. Tell the person the start password yourself.",
            ja: "このトークンを失効させ、同じアドレスに新しいトークンを発行します。利用開始パスワードは、メール以外の方法で本人に伝えてください。")
    }
    func tokenOf(_ email: String) -> String {
        localized("Token of \(email)", ja: "\(email) のトークン")
    }
    func count(_ count: Int) -> String {
        localized("\(count) token\(count == 1 ? "" : "s")", ja: "\(count) 件")
    }

    var tableHeader: [String] {
        [
            userID, address, localized("State", ja: "状態"), localized("Issued", ja: "発行日"), ends,
            lastUsed,
        ]
    }

    /// A row of the table, without its user ID.
    func cells(_ user: UserSummary) -> [String] {
        [
            user.email, state(user), localDate(user.issuedAt),
            user.expiresAt.map(localDate) ?? "–", user.lastUsed.map(localDate) ?? "–",
        ]
    }
}
