import IssuerService
run()
