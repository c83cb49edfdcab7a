extension ProgramTable {
    /// Reads a command line, and answers it at once when it asks for help, the version or a completion script: none
    /// of these touches a file or libcrypto.
    ///
    /// - Parameter arguments: without the program's name.
    /// - Returns: what else was asked for, or nil when it is answered.
    /// - Throws: the words for a line that was not understood.
    package func answered(_ arguments: [String]) throws(CommandFailure) -> Invocation? {
        let line: Invocation
        do {
            line = try parse(arguments)
        } catch {
            throw error.failure(program: name)
        }
        if line.has("version") {
            try writeResult("\(name) \(version)\n")
        } else if line.has("help") {
            try tell(line.command)
        } else if line.command == "help" {
            try tell(line.operands.first)
        } else if line.command == "completion" {
            guard let shell = Shell(rawValue: line.operands[0]) else {
                throw .unknownShell(line.operands[0])
            }
            try writeResult(completion(for: shell))
        } else {
            return line
        }
        return nil
    }

    private func tell(_ name: String?) throws(CommandFailure) {
        guard let name else { return try writeResult(help()) }
        guard let command = commands.first(where: { $0.name == name }) else {
            throw UsageError.unknownCommand(
                name, nearest: nearest(to: name, in: commands.map(\.name))
            )
            .failure(program: self.name)
        }
        try writeResult(help(command))
    }
}

/// Prints a result on standard output.
///
/// - Parameter text: all of it.
/// - Throws: the words for an output that takes nothing.
package func writeResult(_ text: String) throws(CommandFailure) {
    try writeResult(Array(text.utf8).span)
}

/// Prints a result on standard output.
///
/// - Parameter bytes: all of it.
/// - Throws: the words for an output that takes nothing.
package func writeResult(_ bytes: Span<UInt8>) throws(CommandFailure) {
    do {
        try writeAll(bytes, to: 1)
    } catch {
        throw .cannotWrite(error)
    }
}

/// Prints a line for the person on standard error.
package func writeNote(_ text: String) {
    // Nobody is left to be told that standard error does not work.
    try? writeAll(Array("\(text)\n".utf8), to: 2)
}

/// Rows in columns that line up on a terminal, wide characters included.
package func alignedTable(_ rows: [[String]]) -> String {
    let widths = (rows.first ?? []).indices.map { column in
        rows.map { displayWidth($0[column]) }.max() ?? 0
    }
    return rows.map { row in
        let text = zip(row, widths).map { padded($0, to: $1) }.joined(separator: "  ")
        let end = text.lastIndex { $0 != " " }.map(text.index(after:)) ?? text.startIndex
        return text[..<end] + "\n"
    }.joined()
}
