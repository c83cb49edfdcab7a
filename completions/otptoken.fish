# fish completion for otptoken

# Whether the command line has come to the command $argv[1], and to its operand $argv[2].
function __otptoken_at
    set -l words
    set -l option
    set -l ended
    for word in (commandline -opc)[2..-1]
        if set -q option[1]
            set -e option
        else if test "$word" = --; and not set -q ended[1]
            set ended yes
        else if string match -q -- '-?*' $word; and not set -q ended[1]
            contains -- $word --home --passphrase-file --server --service-id --user-id --backend --name --start-password-file --mail --ca-file --profile --from --subject --to --digits --valid --skip-days --maildir --mbox --command --at --min-remaining --count --ca-file --new-passphrase-file --for --server --ca-file --timeout --device --format --password-file --format --password-file --password-file --password-file --ca-file
            and set option $word
        else
            set -a words $word
        end
    end
    test "$words[1]" = "$argv[1]"
    and begin
        not set -q argv[2]
        or test (count $words) -eq (math $argv[2] + 1)
    end
end

complete -c otptoken -f
complete -c otptoken -l home -x -a '(__fish_complete_directories)' -d 'keep all files in DIR'
complete -c otptoken -l passphrase-file -r -F -d 'read the passphrase from FILE (- for standard input) instead of asking'
complete -c otptoken -l quiet -d 'print no notes, only results and errors'
complete -c otptoken -l help -d 'tell what the command takes'
complete -c otptoken -l version -d 'print the version'
complete -c otptoken -n "__otptoken_at ''" -a init -d 'enrols: fetches a token from the service that issues it'
complete -c otptoken -n "__otptoken_at ''" -a show -d 'prints the current code'
complete -c otptoken -n "__otptoken_at ''" -a watch -d 'shows codes as they change'
complete -c otptoken -n "__otptoken_at ''" -a list -d 'lists the tokens'
complete -c otptoken -n "__otptoken_at ''" -a rename -d 'gives a token another name'
complete -c otptoken -n "__otptoken_at ''" -a remove -d 'removes a token from this machine'
complete -c otptoken -n "__otptoken_at ''" -a default -d 'chooses the token that is shown when none is named'
complete -c otptoken -n "__otptoken_at ''" -a passphrase -d 'sets, changes or removes the app lock'
complete -c otptoken -n "__otptoken_at ''" -a unlock -d 'keeps a locked store open for a while'
complete -c otptoken -n "__otptoken_at ''" -a lock -d 'ends what unlock began'
complete -c otptoken -n "__otptoken_at ''" -a clock -d 'checks this machine\'s clock against time servers'
complete -c otptoken -n "__otptoken_at ''" -a trust -d 'remembers on which devices a mailed code is skipped, and how long'
complete -c otptoken -n "__otptoken_at ''" -a import -d 'takes in the tokens of other authenticators'
complete -c otptoken -n "__otptoken_at ''" -a export -d 'hands tokens on to other authenticators'
complete -c otptoken -n "__otptoken_at ''" -a backup -d 'saves the tokens in a sealed file for another machine'
complete -c otptoken -n "__otptoken_at ''" -a restore -d 'takes in what backup saved'
complete -c otptoken -n "__otptoken_at ''" -a doctor -d 'looks for what is wrong, and says what to do'
complete -c otptoken -n "__otptoken_at ''" -a completion -d 'prints a completion script for a shell'
complete -c otptoken -n "__otptoken_at ''" -a help -d 'tells what a command takes'
complete -c otptoken -n "__otptoken_at init" -l server -x -d 'the issuer\'s address, https://…'
complete -c otptoken -n "__otptoken_at init" -l service-id -x -d 'the service ID from the mail'
complete -c otptoken -n "__otptoken_at init" -l user-id -x -d 'the user ID from the mail'
complete -c otptoken -n "__otptoken_at init" -l backend -x -a 'otptoken privacyidea' -d 'who issues tokens there: otptoken (the rule) or privacyidea'
complete -c otptoken -n "__otptoken_at init" -l name -x -d 'what to call the token here; else the issuer\'s name'
complete -c otptoken -n "__otptoken_at init" -l start-password-file -r -F -d 'read the start password from FILE (- for standard input) instead of asking'
complete -c otptoken -n "__otptoken_at init" -l mail -r -F -d 'read server, service ID and user ID out of the mail in FILE'
complete -c otptoken -n "__otptoken_at init" -l ca-file -r -F -d 'trust the certificates in PEM, and no others'
complete -c otptoken -n "__otptoken_at init" -l allow-http -d 'take a server without TLS that is not on this machine'
complete -c otptoken -n "__otptoken_at init" -l force -d 'enrol again, in the place of the token that is here'
complete -c otptoken -n "__otptoken_at init" -l mailed -d 'set up a token whose codes the service mails'
complete -c otptoken -n "__otptoken_at init" -l profile -x -a 'hellowork' -d 'with --mailed: what is known of SERVICE'
complete -c otptoken -n "__otptoken_at init" -l from -x -d 'with --mailed: who sends the mails'
complete -c otptoken -n "__otptoken_at init" -l subject -x -d 'with --mailed: what their subject holds'
complete -c otptoken -n "__otptoken_at init" -l to -x -d 'with --mailed: whom they go to, to tell accounts apart'
complete -c otptoken -n "__otptoken_at init" -l digits -x -d 'with --mailed: digits of the code; else 6'
complete -c otptoken -n "__otptoken_at init" -l valid -x -d 'with --mailed: how long it holds; else 30m'
complete -c otptoken -n "__otptoken_at init" -l skip-days -x -d 'with --mailed: how long the service skips it on a trusted device'
complete -c otptoken -n "__otptoken_at init" -l maildir -x -a '(__fish_complete_directories)' -d 'with --mailed: the Maildir where they arrive'
complete -c otptoken -n "__otptoken_at init" -l mbox -r -F -d 'with --mailed: the mbox where they arrive'
complete -c otptoken -n "__otptoken_at init" -l command -x -d 'with --mailed: prints the newest mail'
complete -c otptoken -n "__otptoken_at init" -l require-dkim -d 'with --mailed: take only mails that the sender\'s domain has signed'
complete -c otptoken -n "__otptoken_at show" -l next -d 'print the code that follows'
complete -c otptoken -n "__otptoken_at show" -l at -x -d 'print the code of TIME: unix seconds or RFC 3339'
complete -c otptoken -n "__otptoken_at show" -l min-remaining -x -d 'wait for the next code when this one ends sooner than that'
complete -c otptoken -n "__otptoken_at show" -l copy -d 'copy the code to the clipboard instead of printing it'
complete -c otptoken -n "__otptoken_at show" -l print -d 'with --copy: print it as well'
complete -c otptoken -n "__otptoken_at show" -l all -d 'print the codes of all tokens, with their names'
complete -c otptoken -n "__otptoken_at show" -l strict-clock -d 'print no code unless the clock is known to be right'
complete -c otptoken -n "__otptoken_at show" -l correct -d 'compute the code with the measured offset of the clock'
complete -c otptoken -n "__otptoken_at show" -l force -d 'print the code of a token that has ended'
complete -c otptoken -n "__otptoken_at show" -l wait -d 'wait for a code that is mailed: 30s, 15m; else 10m'
complete -c otptoken -n "__otptoken_at show" -l mark-seen -d 'flag the mail of the code as read, in a Maildir'
complete -c otptoken -n "__otptoken_at show" -l json -d 'print JSON instead of text'
complete -c otptoken -n "__otptoken_at show 0" -a '(otptoken list --names --passphrase-file /dev/null 2>/dev/null)'
complete -c otptoken -n "__otptoken_at watch" -l count -x -d 'end after N lines of output'
complete -c otptoken -n "__otptoken_at watch" -l force -d 'show the codes of tokens that have ended, too'
complete -c otptoken -n "__otptoken_at watch" -l json -d 'print JSON instead of text'
complete -c otptoken -n "__otptoken_at watch" -a '(otptoken list --names --passphrase-file /dev/null 2>/dev/null)'
complete -c otptoken -n "__otptoken_at list" -l names -d 'print the names alone, one a line'
complete -c otptoken -n "__otptoken_at list" -l json -d 'print JSON instead of text'
complete -c otptoken -n "__otptoken_at rename 0" -a '(otptoken list --names --passphrase-file /dev/null 2>/dev/null)'
complete -c otptoken -n "__otptoken_at remove" -l yes -d 'do not ask'
complete -c otptoken -n "__otptoken_at remove" -l revoke -d 'have the issuer revoke it first'
complete -c otptoken -n "__otptoken_at remove" -l no-revoke -d 'leave it valid at the issuer'
complete -c otptoken -n "__otptoken_at remove" -l ca-file -r -F -d 'trust the certificates in PEM, and no others'
complete -c otptoken -n "__otptoken_at remove" -l allow-http -d 'take a server without TLS that is not on this machine'
complete -c otptoken -n "__otptoken_at remove 0" -a '(otptoken list --names --passphrase-file /dev/null 2>/dev/null)'
complete -c otptoken -n "__otptoken_at default 0" -a '(otptoken list --names --passphrase-file /dev/null 2>/dev/null)'
complete -c otptoken -n "__otptoken_at passphrase" -l command -d 'lock with what passphrase.command of the config prints'
complete -c otptoken -n "__otptoken_at passphrase" -l new-passphrase-file -r -F -d 'with change: read the new passphrase from FILE'
complete -c otptoken -n "__otptoken_at passphrase 0" -a 'set change remove'
complete -c otptoken -n "__otptoken_at unlock" -l for -x -d 'how long: 30s, 15m, 8h, 7d; else 15m, or unlock.for'
complete -c otptoken -n "__otptoken_at clock" -l server -x -d 'ask ntp://HOST[:PORT] or nts://HOST[:PORT]; more than once for several'
complete -c otptoken -n "__otptoken_at clock" -l ca-file -r -F -d 'trust the certificates in PEM, and no others'
complete -c otptoken -n "__otptoken_at clock" -l timeout -x -d 'how long to wait for answers; else 3'
complete -c otptoken -n "__otptoken_at clock" -l if-due -d 'ask only servers that nobody here has asked for 30 minutes'
complete -c otptoken -n "__otptoken_at clock" -l json -d 'print JSON instead of text'
complete -c otptoken -n "__otptoken_at trust" -l device -x -d 'with add: what to call device and browser'
complete -c otptoken -n "__otptoken_at trust" -l yes -d 'with add: do not ask whether the device is shared'
complete -c otptoken -n "__otptoken_at trust" -l json -d 'print JSON instead of text'
complete -c otptoken -n "__otptoken_at trust 0" -a 'add list due clear'
complete -c otptoken -n "__otptoken_at trust 1" -a '(otptoken list --names --passphrase-file /dev/null 2>/dev/null)'
complete -c otptoken -n "__otptoken_at import" -l uri -d 'ask for an otpauth URI at the terminal'
complete -c otptoken -n "__otptoken_at import" -l format -x -a 'otpauth aegis 2fas andotp andotp-old freeotp-plus bitwarden pskc' -d 'take FILE for this format, whatever it looks like'
complete -c otptoken -n "__otptoken_at import" -l dry-run -d 'show what would come in, and change nothing'
complete -c otptoken -n "__otptoken_at import" -l password-file -r -F -d 'read the password of the other file from FILE (- for standard input)'
complete -c otptoken -n "__otptoken_at import 0" -F
complete -c otptoken -n "__otptoken_at export" -l format -x -a 'otpauth aegis pskc qr' -d 'aegis (the rule), otpauth, pskc or qr'
complete -c otptoken -n "__otptoken_at export" -l plain -d 'do not encrypt: whoever reads it has the secrets'
complete -c otptoken -n "__otptoken_at export" -l password-file -r -F -d 'read the password of the other file from FILE (- for standard input)'
complete -c otptoken -n "__otptoken_at export" -a '(otptoken list --names --passphrase-file /dev/null 2>/dev/null)'
complete -c otptoken -n "__otptoken_at backup" -l force -d 'write over a file that is there'
complete -c otptoken -n "__otptoken_at backup" -l verify -d 'write nothing: open FILE and compare it with the store'
complete -c otptoken -n "__otptoken_at backup" -l password-file -r -F -d 'read the password of the other file from FILE (- for standard input)'
complete -c otptoken -n "__otptoken_at backup 0" -F
complete -c otptoken -n "__otptoken_at restore" -l replace -d 'put it in the place of all tokens that are here'
complete -c otptoken -n "__otptoken_at restore" -l password-file -r -F -d 'read the password of the other file from FILE (- for standard input)'
complete -c otptoken -n "__otptoken_at restore 0" -F
complete -c otptoken -n "__otptoken_at doctor" -l ca-file -r -F -d 'trust the certificates in PEM, and no others'
complete -c otptoken -n "__otptoken_at doctor" -l json -d 'print JSON instead of text'
complete -c otptoken -n "__otptoken_at doctor" -l offline -d 'ask nobody: neither issuers nor time servers'
complete -c otptoken -n "__otptoken_at doctor" -l restore-backup -d 'put the store before its last change in the place of a damaged one'
complete -c otptoken -n "__otptoken_at completion 0" -a 'bash zsh fish'
complete -c otptoken -n "__otptoken_at help 0" -a 'init show watch list rename remove default passphrase unlock lock clock trust import export backup restore doctor completion help'
