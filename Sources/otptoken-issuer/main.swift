// The issuing side; everything it does is in IssuerService.
import IssuerService
import Platform

exitNow(run(Array(CommandLine.arguments.dropFirst())))
