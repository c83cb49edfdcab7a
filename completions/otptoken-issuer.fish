# fish completion for otptoken-issuer

# Whether the command line has come to the command $argv[1], and to its operand $argv[2].
function __otptoken_issuer_at
    set -l words
    set -l option
    set -l ended
    for word in (commandline -opc)[2..-1]
        if set -q option[1]
            set -e option
        else if test "$word" = --; and not set -q ended[1]
            set ended yes
        else if string match -q -- '-?*' $word; and not set -q ended[1]
            contains -- $word --home --service-id --name --url --algorithm --email --start-password-file --language --sendmail --listen --sendmail --trust-proxy --tls-cert --tls-key --format --password-file
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

complete -c otptoken-issuer -f
complete -c otptoken-issuer -l home -x -a '(__fish_complete_directories)' -d 'keep all files in DIR'
complete -c otptoken-issuer -l help -d 'tell what the command takes'
complete -c otptoken-issuer -l version -d 'print the version'
complete -c otptoken-issuer -n "__otptoken_issuer_at ''" -a init -d 'makes a new issuer'
complete -c otptoken-issuer -n "__otptoken_issuer_at ''" -a issue -d 'issues a token to a person, and writes the mail about it'
complete -c otptoken-issuer -n "__otptoken_issuer_at ''" -a serve -d 'answers clients that enrol, and people with a browser'
complete -c otptoken-issuer -n "__otptoken_issuer_at ''" -a verify -d 'verifies a code: status 0 accepted, 1 rejected'
complete -c otptoken-issuer -n "__otptoken_issuer_at ''" -a list -d 'lists the users'
complete -c otptoken-issuer -n "__otptoken_issuer_at ''" -a export -d 'prints the seeds of all tokens, for another server'
complete -c otptoken-issuer -n "__otptoken_issuer_at ''" -a key -d 'makes, lists or takes back the keys of services that verify codes'
complete -c otptoken-issuer -n "__otptoken_issuer_at ''" -a account -d 'makes, lists or removes accounts of people who sign in at the pages'
complete -c otptoken-issuer -n "__otptoken_issuer_at ''" -a revoke -d 'ends a user\'s token'
complete -c otptoken-issuer -n "__otptoken_issuer_at ''" -a unlock -d 'forgets the wrong codes that have locked a user'
complete -c otptoken-issuer -n "__otptoken_issuer_at ''" -a completion -d 'prints a completion script for a shell'
complete -c otptoken-issuer -n "__otptoken_issuer_at ''" -a help -d 'tells what a command takes'
complete -c otptoken-issuer -n "__otptoken_issuer_at init" -l service-id -x -d 'the service ID that its users enter'
complete -c otptoken-issuer -n "__otptoken_issuer_at init" -l name -x -d 'who it is, as tokens show it'
complete -c otptoken-issuer -n "__otptoken_issuer_at init" -l url -x -d 'where clients reach it'
complete -c otptoken-issuer -n "__otptoken_issuer_at init" -l algorithm -x -d 'the hash function of its tokens: SHA1, SHA256 or SHA512; else SHA256'
complete -c otptoken-issuer -n "__otptoken_issuer_at issue" -l email -x -d 'where the mail goes'
complete -c otptoken-issuer -n "__otptoken_issuer_at issue" -l start-password-file -r -F -d 'read the start password from FILE (- for standard input) instead of making one'
complete -c otptoken-issuer -n "__otptoken_issuer_at issue" -l language -x -d 'that of the mail: en or ja'
complete -c otptoken-issuer -n "__otptoken_issuer_at issue" -l send -d 'send the mail, instead of leaving it in the outbox'
complete -c otptoken-issuer -n "__otptoken_issuer_at issue" -l sendmail -x -d 'send it with CMD instead of sendmail -t -i'
complete -c otptoken-issuer -n "__otptoken_issuer_at serve" -l listen -x -d 'where to listen; else 127.0.0.1:8080'
complete -c otptoken-issuer -n "__otptoken_issuer_at serve" -l send -d 'send the mail, instead of leaving it in the outbox'
complete -c otptoken-issuer -n "__otptoken_issuer_at serve" -l sendmail -x -d 'send it with CMD instead of sendmail -t -i'
complete -c otptoken-issuer -n "__otptoken_issuer_at serve" -l trust-proxy -x -d 'the proxy in front, which speaks TLS and names its clients'
complete -c otptoken-issuer -n "__otptoken_issuer_at serve" -l tls-cert -r -F -d 'the certificate to show, with its chain'
complete -c otptoken-issuer -n "__otptoken_issuer_at serve" -l tls-key -r -F -d 'its private key'
complete -c otptoken-issuer -n "__otptoken_issuer_at list" -l json -d 'print JSON instead of text'
complete -c otptoken-issuer -n "__otptoken_issuer_at export" -l format -x -d 'usersfile for pam_oath, oath-csv for privacyIDEA'
complete -c otptoken-issuer -n "__otptoken_issuer_at key 0" -a 'add list remove'
complete -c otptoken-issuer -n "__otptoken_issuer_at account" -l admin -d 'of add: the person looks after everybody\'s tokens'
complete -c otptoken-issuer -n "__otptoken_issuer_at account" -l off -d 'of mailed-code: no code is mailed at the sign-in any more'
complete -c otptoken-issuer -n "__otptoken_issuer_at account" -l password-file -r -F -d 'read the password from FILE (- for standard input) instead of making one'
complete -c otptoken-issuer -n "__otptoken_issuer_at account 0" -a 'add list password mailed-code remove'
complete -c otptoken-issuer -n "__otptoken_issuer_at completion 0" -a 'bash zsh fish'
complete -c otptoken-issuer -n "__otptoken_issuer_at help 0" -a 'init issue serve verify list export key account revoke unlock completion help'
