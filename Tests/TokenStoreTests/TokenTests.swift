import TestSupport
import Testing
import TokenStore

@Suite struct TokenTests {
    @Test(arguments: ["a", "a b", "例の銀行", "🏦", "-", String(repeating: "例", count: 64)])
    func `what may be a name`(_ name: String) {
        #expect(Token.isName(name))
    }

    @Test(arguments: [
        "", " ", " a", "a ", "a\n", "a\tb", "\u{7F}", "a\u{85}", "a\u{2028}b",
        String(repeating: "a", count: 65), "a" + String(repeating: "\u{301}", count: 512),
    ])
    func `what may not`(_ name: String) {
        #expect(!Token.isName(name))
    }

    @Test func `a name is found however it is composed`() {
        let tokens = [token("x"), token("caf\u{E9}")]
        #expect(tokens.index(named: "cafe\u{301}") == 1)
        #expect(tokens.index(named: "cafe") == nil)
    }

    @Test func `the default is the active one that is marked, else the first active one`() {
        var (first, second, third) = (token("1"), token("2"), token("3"))
        #expect([Token]().defaultToken == nil)
        #expect([first, second].defaultToken?.name == "1")
        second.isDefault = true
        #expect([first, second, third].defaultToken?.name == "2")
        second.state = .pending
        #expect([first, second, third].defaultToken?.name == "1")
        first.state = .pending
        #expect([first, second, third].defaultToken?.name == "3")
        #expect([first, second, third].active.map(\.name) == ["3"])
        third.state = .pending
        #expect([first, second, third].defaultToken == nil)
    }

    @Test func `a free name is the wish or a number behind it`() {
        #expect([Token]().freeName(like: "a") == "a")
        #expect([token("a")].freeName(like: "a") == "a 2")
        #expect([token("a"), token("a 2"), token("a 4")].freeName(like: "a") == "a 3")
        #expect([token("e\u{301}")].freeName(like: "é") == "é 2")
        let many = [token("a")] + (2...10_000).map { token("a \($0)") }
        #expect(many.freeName(like: "a") == "a 10001")
    }

    @Test(arguments: [
        String(repeating: "a", count: 64), String(repeating: "a", count: 63),
        String(repeating: "x\(String(repeating: "\u{301}", count: 7))", count: 64),
    ])
    func `a free name is a name, however long the wish`(_ wish: String) {
        var tokens = [token(wish)]
        for _ in 0..<12 {
            let free = tokens.freeName(like: wish)
            #expect(Token.isName(free))
            #expect(tokens.index(named: free) == nil)
            tokens.append(token(free))
        }
    }

    /// Each wish after all before it would be millions of tries.
    @Test func `thousands of wishes that begin alike get a number each`() {
        let start = String(repeating: "a", count: 60)
        var names = FreeNames(in: [])
        let given = (0..<5_000).map { names.take(like: "\(start)\(String($0 % 2, radix: 2))abc") }
        #expect(Set(given).count == given.count && given.allSatisfy(Token.isName))
        #expect(given[2] == "\(start)0a 2" && given[3] == "\(start)1a 2")
        #expect(given.last?.hasPrefix(start.dropLast(2)) == true)
    }
}
