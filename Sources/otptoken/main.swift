import OTPTokenCommands
run()
