/// One field of a form, with what is wrong with it.
struct Field {
    let name: String
    let label: String
    var hint: String?
    var error: String?
    var value = ""
    /// More attributes of the input.
    var attributes: HTML = ""

    var html: HTML {
        let described = [hint.map { _ in "\(name)-hint" }, error.map { _ in "\(name)-error" }]
            .compactMap { $0 }.joined(separator: " ")
        let description: HTML = described.isEmpty ? "" : " aria-describedby=\"\(described)\""
        let fault: HTML = error == nil ? "" : " aria-invalid=\"true\""
        let hintLine: HTML? = hint.map { "<p class=\"hint\" id=\"\(name)-hint\">\($0)</p>\n" }
        let errorLine: HTML? = error.map { "<p class=\"error\" id=\"\(name)-error\">\($0)</p>\n" }
        return """
            <div class="field">
            <label for="\(name)">\(label)</label>
            \(hintLine)\(errorLine)<input id="\(name)" name="\(name)" value="\(value)" required\(description)\(fault)\(attributes)>
            </div>

            """
    }
}

/// A box to tick.
struct CheckBox {
    let name: String
    let label: String
    let hint: String
    var isTicked = false

    var html: HTML {
        let ticked: HTML = isTicked ? " checked" : ""
        return """
            <div class="field">
            <div class="check"><input type="checkbox" id="\(name)" name="\(name)" value="yes" aria-describedby="\(name)-hint"\(ticked)>
            <label for="\(name)">\(label)</label></div>
            <p class="hint" id="\(name)-hint">\(hint)</p>
            </div>

            """
    }
}

extension Pages {
    /// A form with its fields and one button.
    ///
    /// - Parameters:
    ///   - path: where it goes.
    ///   - fields: in order; the first one that has an error is told above all, for those who do not see it.
    ///   - box: below them.
    ///   - hidden: more that is sent.
    ///   - button: what the button says.
    ///   - request: whose form it is.
    /// - Returns: the form.
    func form(
        _ path: String, _ fields: [Field], _ box: CheckBox? = nil, hidden: [String: String] = [:],
        button: String, _ request: PageRequest
    ) -> HTML {
        let faults: [HTML] = fields.filter { $0.error != nil }.map {
            "<li><a href=\"#\($0.name)\">\($0.label)</a>: \($0.error ?? "")</li>\n"
        }
        let summary: HTML =
            faults.isEmpty
            ? ""
            : """
            <div class="summary" role="alert">
            <p>\(request.words.faults)</p>
            <ul>
            \(faults)</ul>
            </div>

            """
        let content: HTML =
            "\(fields.map(\.html))\(box?.html)<p><button type=\"submit\">\(button)</button></p>"
        return "\(summary)\(frame(path, " novalidate", hidden, content, request))"
    }

    /// A button that does something at once.
    func button(
        _ path: String, _ text: String, hidden: [String: String] = [:], _ request: PageRequest,
        isQuiet: Bool = false
    ) -> HTML {
        frame(
            path, isQuiet ? #" class="quiet""# : "", hidden,
            "<button type=\"submit\">\(text)</button>", request)
    }

    /// A form, with what each of them sends.
    private func frame(
        _ path: String, _ attributes: HTML, _ hidden: [String: String], _ content: HTML,
        _ request: PageRequest
    ) -> HTML {
        let sent = [("token", request.visitor.formToken)] + hidden.sorted { $0.key < $1.key }
        let inputs: [HTML] = sent.map {
            "<input type=\"hidden\" name=\"\($0.0)\" value=\"\($0.1)\">\n"
        }
        return """
            <form method="post" action="\(link(path))"\(attributes)>
            \(inputs)\(content)
            </form>

            """
    }

    /// A list of names and values.
    func facts(_ rows: [(name: String, value: String)]) -> HTML {
        let items: [HTML] = rows.map { "<div><dt>\($0.name)</dt><dd>\($0.value)</dd></div>\n" }
        return "<dl>\n\(items)</dl>\n"
    }

    /// The fields of a code, as one-time codes are filled in.
    func codeField(_ request: PageRequest, hint: String? = nil) -> Field {
        Field(
            name: "code", label: request.words.code, hint: hint ?? request.words.codeHint,
            attributes: #" inputmode="numeric" autocomplete="one-time-code" class="code" autofocus"#
        )
    }
}
