import Foundation
import FuzzTargets
import TestSupport
import Testing

/// What the decoders have been given by libFuzzer before, and thousands of inputs that differ a little.
@Suite struct ReplayTests {
    @Test func `every target has a corpus, and every corpus a target`() throws {
        let folders = try FileManager.default.contentsOfDirectory(
            atPath: Repository.file(Corpus.folder).path)
        #expect(folders.sorted() == FuzzTarget.allCases.map(\.rawValue).sorted())
    }

    @Test(arguments: FuzzTarget.allCases)
    func `what must hold holds for the corpus`(target: FuzzTarget) throws {
        let corpus = try Corpus(target)
        var outcomes: Set<Bool> = []
        for file in corpus.files {
            #expect(throws: Never.self, "\(file.name)") {
                outcomes.insert(try target.run(file.bytes))
            }
        }
        // A target that takes nothing, or everything, has lost sight of its decoder.
        #expect(outcomes == [true, false])
        #expect(corpus.files.count <= 30 && corpus.files.allSatisfy { $0.bytes.count < 4096 })
    }

    @Test(arguments: FuzzTarget.allCases)
    func `what must hold holds around the corpus`(target: FuzzTarget) throws {
        let inputs = try Corpus(target).files.map(\.bytes)
        var mutator = Mutator(random: SeededRandom(seed: 9), others: inputs)
        for _ in 0..<target.tries {
            let input = mutator.mutate(try #require(inputs.randomElement(using: &mutator.random)))
            do {
                _ = try target.run(input)
            } catch {
                Issue.record("\(error): \(Data(input).base64EncodedString())")
            }
        }
    }
}

extension FuzzTarget {
    /// As many inputs as take about a second.
    fileprivate var tries: Int { 2000 }
}
