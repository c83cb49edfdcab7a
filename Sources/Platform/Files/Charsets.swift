internal import Glibc

/// Decodes text of any charset that the C library knows (iconv(3)).
///
/// What is invalid becomes U+FFFD. Where the library's converters are not installed, only few charsets are known.
///
/// - Parameters:
///   - bytes: the text.
///   - charset: a name as mails have it, in any case. The Japanese ones are taken as Japanese programs write them: with
///     the signs of Windows, and half-width katakana in ISO-2022-JP.
/// - Returns: the text; nil when the charset is not known.
package func decoded(_ bytes: [UInt8], charset: String) -> String? {
    let isName = charset.utf8.allSatisfy {
        (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
            || "_.:-".utf8.contains($0)
    }
    // An empty name would mean the charset of the environment.
    guard isName, (1...64).contains(charset.utf8.count) else { return nil }
    switch charset.lowercased() {
    case "utf-8", "utf8", "us-ascii", "ascii": return String(decoding: bytes, as: UTF8.self)
    case "shift_jis", "shift-jis", "sjis", "x-sjis", "ms_kanji", "windows-31j", "cswindows31j":
        return converted(bytes, from: "CP932")
    case "euc-jp", "x-euc-jp", "eucjp", "cp51932": return converted(bytes, from: "EUC-JP-MS")
    case "iso-2022-jp", "iso-2022-jp-1", "iso-2022-jp-ms", "csiso2022jp", "cp50220", "cp50221":
        return converted(eucJP(bytes), from: "EUC-JP-MS")
    default: return converted(bytes, from: charset)
    }
}

/// Changes ISO-2022-JP into EUC-JP, whose sets are the same: the C library knows more of their signs there.
private func eucJP(_ text: [UInt8]) -> [UInt8] {
    let sets: [(escape: String, prefix: [UInt8], count: Int)] = [
        ("\u{1B}(B", [], 0), ("\u{1B}(J", [], 0), ("\u{1B}$@", [], 2), ("\u{1B}$B", [], 2),
        ("\u{1B}(I", [0x8E], 1), ("\u{1B}$(D", [0x8F], 2),
    ]
    var set = sets[0]
    var bytes: [UInt8] = []
    var rest = text[...]
    while let byte = rest.first {
        if byte == 0x1B, let next = sets.first(where: { rest.starts(with: $0.escape.utf8) }) {
            set = next
            rest = rest.dropFirst(next.escape.utf8.count)
            continue
        }
        // A line ends in ASCII, whether the text says so or not.
        if byte == 0x0A || byte == 0x0D { set = sets[0] }
        let character = rest.prefix(set.count).prefix { (0x21...0x7E).contains($0) }
        if set.count > 0, character.count == set.count {
            bytes += set.prefix + character.map { $0 | 0x80 }
            rest = rest.dropFirst(set.count)
        } else {
            bytes.append(byte)
            rest = rest.dropFirst()
        }
    }
    return bytes
}

private func converted(_ bytes: [UInt8], from charset: String) -> String? {
    let converter = unsafe iconv_open("UTF-8", charset)
    // The library's sign of an error is the address -1.
    guard unsafe converter != iconv_t(bitPattern: -1) else { return nil }
    defer { _ = unsafe iconv_close(converter) }
    var text: [UInt8] = []
    var input = bytes.map { CChar(bitPattern: $0) }
    var chunk = [CChar](repeating: 0, count: 4096)
    var start = 0
    var isEnd = false
    while !isEnd {
        let left = input.count - start
        isEnd = left == 0
        let (consumed, produced, reason) = unsafe input.withUnsafeMutableBufferPointer { input in
            unsafe chunk.withUnsafeMutableBufferPointer { chunk in
                var from = unsafe input.baseAddress.map { unsafe $0 + start }
                var to = chunk.baseAddress
                var (fromLeft, toLeft) = (left, chunk.count)
                // Without an input, what the converter still holds is written.
                let result =
                    isEnd
                    ? unsafe iconv(converter, nil, nil, &to, &toLeft)
                    : unsafe iconv(converter, &from, &fromLeft, &to, &toLeft)
                return (left - fromLeft, chunk.count - toLeft, result == -1 ? errno : 0)
            }
        }
        start += consumed
        text += chunk[..<produced].lazy.map { UInt8(bitPattern: $0) }
        if reason == EILSEQ || reason == EINVAL, !isEnd {
            // The byte that begins what is invalid, or incomplete at the end, is passed over.
            text += Array("\u{FFFD}".utf8)
            start += 1
        } else if reason == E2BIG {
            isEnd = false
            guard consumed > 0 || produced > 0 else { return nil }
        } else if reason != 0 {
            return nil
        }
    }
    return String(decoding: text, as: UTF8.self)
}
