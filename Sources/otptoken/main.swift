// The command-line tool; everything it does is in OTPTokenCommands.
import OTPTokenCommands

run(Array(CommandLine.arguments.dropFirst()))
