/// Words that say what a number is.
enum CodeWords {
    private static let code = [
        "ワンタイムパスワード", "ﾜﾝﾀｲﾑﾊﾟｽﾜｰﾄﾞ", "ワンタイムコード", "使い捨てパスワード", "認証コード", "確認コード",
        "検証コード", "セキュリティコード", "セキュリティーコード", "ログインコード", "パスコード", "コード", "認証番号",
        "確認番号", "認証キー", "暗証番号", "パスワード", "one-time password", "one time password",
        "password", "passcode", "pass code", "code", "otp", "pin",
    ].map { Array($0.unicodeScalars) }

    private static let other = [
        "電話", "ファクス", "ファックス", "内線", "郵便番号", "受付番号", "管理番号", "会員番号", "お客様番号", "お客さま番号",
        "顧客番号", "求人番号", "事業所番号", "求職番号", "求職者番号", "整理番号", "問い合わせ番号", "問合せ番号",
        "お問合せ番号", "照会番号", "注文番号", "予約番号", "伝票番号", "口座番号", "契約番号", "申請番号", "登録番号", "法人番号",
        "社員番号", "店番号", "支店番号", "メール番号", "ユーザid", "ユーザーid", "エラーコード", "qrコード", "バーコード",
        "クーポンコード", "招待コード", "郵便コード", "登録日", "送信日", "発行日", "日付", "日時", "tel", "fax", "phone",
        "call", "mobile", "postcode", "post code", "postal code", "zip", "zip code", "area code",
        "country code", "error code", "qr code", "promo code", "coupon code", "invitation code",
        "reference", "ref", "order", "customer", "account", "ticket", "case", "invoice", "member",
        "membership", "booking", "user id", "date",
    ].map { Array($0.unicodeScalars) }

    /// What the last of the words in a text says; of two that end together the longer one counts.
    ///
    /// - Parameter text: in small letters.
    /// - Returns: whether it is about a code, about another number, or neither.
    static func meaning(of text: ArraySlice<Unicode.Scalar>) -> CodeLine.Meaning {
        let code = last(Self.code, in: text)
        let other = last(Self.other, in: text)
        switch (code, other) {
        case (nil, nil): return .unknown
        case (_?, nil): return .code
        case (nil, _?): return .other
        case (let code?, let other?):
            return code.upperBound > other.upperBound
                || code.upperBound == other.upperBound && code.count > other.count ? .code : .other
        }
    }

    /// The word that ends last; the longest of those.
    private static func last(
        _ words: [[Unicode.Scalar]], in text: ArraySlice<Unicode.Scalar>
    ) -> Range<Int>? {
        var found: Range<Int>?
        for word in words where word.count <= text.count {
            let places = text.indices.dropLast(word.count - 1).reversed()
            guard let start = places.first(where: { isWord(word, at: $0, in: text) }) else {
                continue
            }
            let range = start..<(start + word.count)
            if let former = found {
                if (former.upperBound, former.count) < (range.upperBound, range.count) {
                    found = range
                }
            } else {
                found = range
            }
        }
        return found
    }

    /// Whether a word stands there, and is no part of another one.
    private static func isWord(
        _ word: [Unicode.Scalar], at start: Int, in text: ArraySlice<Unicode.Scalar>
    ) -> Bool {
        guard text[start] == word[0], text[start...].starts(with: word) else { return false }
        let before = start > text.startIndex ? text[start - 1] : " "
        let end = start + word.count
        let after = end < text.endIndex ? text[end] : " "
        if isLetter(word[0]) {
            return !isLetter(before) && (!isLetter(after) || isPlural(end, text))
        }
        // "店舗コード" is the code of something.
        return word != Array("コード".unicodeScalars) || !isKanjiOrKana(before)
    }

    private static func isPlural(_ end: Int, _ text: ArraySlice<Unicode.Scalar>) -> Bool {
        text[end] == "s" && !(end + 1 < text.endIndex && isLetter(text[end + 1]))
    }

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        (0x61...0x7A).contains(scalar.value)
    }

    /// Hiragana leads up to a word and does not begin it.
    private static func isKanjiOrKana(_ scalar: Unicode.Scalar) -> Bool {
        (0x30A1...0x30FF).contains(scalar.value) || (0x3400...0x9FFF).contains(scalar.value)
    }
}
