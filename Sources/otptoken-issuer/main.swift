// The issuing side; everything it does is in IssuerService.
import IssuerService

run(Array(CommandLine.arguments.dropFirst()))
