// The command-line tool; everything it does is in OTPTokenCommands.
import OTPTokenCommands
import Platform

exitNow(run(Array(CommandLine.arguments.dropFirst())))
