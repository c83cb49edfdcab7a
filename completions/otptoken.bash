# bash completion for otptoken
# The names that go on from $1, which may be quoted already. compgen would expand them: they are compared here.
_otptoken_tokens() {
    local name quote= special i
    case $1 in
    \"*) quote=\" special='\"$`' ;;
    \'*) quote=\' special= ;;
    *) special='\ "'\''$`&;|()<>*?[]{}!#~=:@^' ;;
    esac
    while IFS= read -r name; do
        for ((i = 0; i < ${#special}; i++)); do
            name=${name//"${special:i:1}"/"\\${special:i:1}"}
        done
        [[ $quote == \' ]] && name=${name//\'/"'\\''"}
        [[ $quote$name == "$1"* ]] && COMPREPLY+=("$name")
    done < <(otptoken list --names --passphrase-file /dev/null 2>/dev/null)
}
_otptoken() {
    local cur=${COMP_WORDS[COMP_CWORD]} word option= command= operands=0 ended= i
    COMPREPLY=()
    # bash makes three words of --option=value.
    for ((i = 1; i < COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        if [[ $option ]]; then
            [[ $word == = ]] || option=
        elif [[ $word == -- && ! $ended ]]; then
            ended=1
        elif [[ $word == -?* && ! $ended ]]; then
            case $command:$word in
            *:--home | *:--passphrase-file | init:--server | init:--service-id | init:--user-id | init:--backend | init:--name | init:--start-password-file | init:--mail | init:--ca-file | init:--profile | init:--from | init:--subject | init:--to | init:--digits | init:--valid | init:--skip-days | init:--maildir | init:--mbox | init:--command | show:--at | show:--min-remaining | watch:--count | remove:--ca-file | passphrase:--new-passphrase-file | unlock:--for | clock:--server | clock:--ca-file | clock:--timeout | trust:--device | import:--format | import:--password-file | export:--format | export:--password-file | backup:--password-file | restore:--password-file | doctor:--ca-file) option=$word ;;
            esac
        elif [[ ! $command ]]; then
            command=$word
        else
            ((operands++))
        fi
    done
    if [[ $option ]]; then
        [[ $cur == = ]] && cur=
        case $command:$option in
        *:--home) compopt -o dirnames ;;
        *:--passphrase-file) compopt -o default ;;
        init:--backend) COMPREPLY=($(compgen -W 'otptoken privacyidea' -- "$cur")) ;;
        init:--start-password-file) compopt -o default ;;
        init:--mail) compopt -o default ;;
        init:--ca-file) compopt -o default ;;
        init:--profile) COMPREPLY=($(compgen -W 'hellowork' -- "$cur")) ;;
        init:--maildir) compopt -o dirnames ;;
        init:--mbox) compopt -o default ;;
        remove:--ca-file) compopt -o default ;;
        passphrase:--new-passphrase-file) compopt -o default ;;
        clock:--ca-file) compopt -o default ;;
        import:--format) COMPREPLY=($(compgen -W 'otpauth aegis 2fas andotp andotp-old freeotp-plus bitwarden pskc' -- "$cur")) ;;
        import:--password-file) compopt -o default ;;
        export:--format) COMPREPLY=($(compgen -W 'otpauth aegis pskc qr' -- "$cur")) ;;
        export:--password-file) compopt -o default ;;
        backup:--password-file) compopt -o default ;;
        restore:--password-file) compopt -o default ;;
        doctor:--ca-file) compopt -o default ;;
        esac
    elif [[ $cur == -* && ! $ended ]]; then
        case $command in
        init) COMPREPLY=($(compgen -W '--server --service-id --user-id --backend --name --start-password-file --mail --ca-file --allow-http --force --mailed --profile --from --subject --to --digits --valid --skip-days --maildir --mbox --command --require-dkim --home --passphrase-file --quiet --help --version' -- "$cur")) ;;
        show) COMPREPLY=($(compgen -W '--next --at --min-remaining --copy --print --all --strict-clock --correct --force --wait --mark-seen --json --home --passphrase-file --quiet --help --version' -- "$cur")) ;;
        watch) COMPREPLY=($(compgen -W '--count --force --json --home --passphrase-file --quiet --help --version' -- "$cur")) ;;
        list) COMPREPLY=($(compgen -W '--names --json --home --passphrase-file --quiet --help --version' -- "$cur")) ;;
        rename) COMPREPLY=($(compgen -W '--home --passphrase-file --quiet --help --version' -- "$cur")) ;;
        remove) COMPREPLY=($(compgen -W '--yes --revoke --no-revoke --ca-file --allow-http --home --passphrase-file --quiet --help --version' -- "$cur")) ;;
        default) COMPREPLY=($(compgen -W '--home --passphrase-file --quiet --help --version' -- "$cur")) ;;
        passphrase) COMPREPLY=($(compgen -W '--command --new-passphrase-file --home --passphrase-file --quiet --help --version' -- "$cur")) ;;
        unlock) COMPREPLY=($(compgen -W '--for --home --passphrase-file --quiet --help --version' -- "$cur")) ;;
        lock) COMPREPLY=($(compgen -W '--home --passphrase-file --quiet --help --version' -- "$cur")) ;;
        clock) COMPREPLY=($(compgen -W '--server --ca-file --timeout --if-due --json --home --passphrase-file --quiet --help --version' -- "$cur")) ;;
        trust) COMPREPLY=($(compgen -W '--device --yes --json --home --passphrase-file --quiet --help --version' -- "$cur")) ;;
        import) COMPREPLY=($(compgen -W '--uri --format --dry-run --password-file --home --passphrase-file --quiet --help --version' -- "$cur")) ;;
        export) COMPREPLY=($(compgen -W '--format --plain --password-file --home --passphrase-file --quiet --help --version' -- "$cur")) ;;
        backup) COMPREPLY=($(compgen -W '--force --verify --password-file --home --passphrase-file --quiet --help --version' -- "$cur")) ;;
        restore) COMPREPLY=($(compgen -W '--replace --password-file --home --passphrase-file --quiet --help --version' -- "$cur")) ;;
        doctor) COMPREPLY=($(compgen -W '--ca-file --json --offline --restore-backup --home --passphrase-file --quiet --help --version' -- "$cur")) ;;
        completion) COMPREPLY=($(compgen -W '--home --passphrase-file --quiet --help --version' -- "$cur")) ;;
        help) COMPREPLY=($(compgen -W '--home --passphrase-file --quiet --help --version' -- "$cur")) ;;
        '') COMPREPLY=($(compgen -W '--home --passphrase-file --quiet --help --version' -- "$cur")) ;;
        esac
    else
        case $command:$operands in
        :0) COMPREPLY=($(compgen -W 'init show watch list rename remove default passphrase unlock lock clock trust import export backup restore doctor completion help' -- "$cur")) ;;
        show:0) _otptoken_tokens "$cur" ;;
        watch:*) _otptoken_tokens "$cur" ;;
        rename:0) _otptoken_tokens "$cur" ;;
        remove:0) _otptoken_tokens "$cur" ;;
        default:0) _otptoken_tokens "$cur" ;;
        passphrase:0) COMPREPLY=($(compgen -W 'set change remove' -- "$cur")) ;;
        trust:0) COMPREPLY=($(compgen -W 'add list due clear' -- "$cur")) ;;
        trust:1) _otptoken_tokens "$cur" ;;
        import:0) compopt -o default ;;
        export:*) _otptoken_tokens "$cur" ;;
        backup:0) compopt -o default ;;
        restore:0) compopt -o default ;;
        completion:0) COMPREPLY=($(compgen -W 'bash zsh fish' -- "$cur")) ;;
        help:0) COMPREPLY=($(compgen -W 'init show watch list rename remove default passphrase unlock lock clock trust import export backup restore doctor completion help' -- "$cur")) ;;
        esac
    fi
}
complete -F _otptoken otptoken
