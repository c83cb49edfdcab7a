# bash completion for otptoken-issuer
_otptoken_issuer() {
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
            *:--home | init:--service-id | init:--name | init:--url | init:--algorithm | issue:--email | issue:--start-password-file | issue:--language | issue:--sendmail | serve:--listen | serve:--sendmail | serve:--trust-proxy | serve:--tls-cert | serve:--tls-key | export:--format | account:--password-file) option=$word ;;
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
        issue:--start-password-file) compopt -o default ;;
        serve:--tls-cert) compopt -o default ;;
        serve:--tls-key) compopt -o default ;;
        account:--password-file) compopt -o default ;;
        esac
    elif [[ $cur == -* && ! $ended ]]; then
        case $command in
        init) COMPREPLY=($(compgen -W '--service-id --name --url --algorithm --home --help --version' -- "$cur")) ;;
        issue) COMPREPLY=($(compgen -W '--email --start-password-file --language --send --sendmail --home --help --version' -- "$cur")) ;;
        serve) COMPREPLY=($(compgen -W '--listen --send --sendmail --trust-proxy --tls-cert --tls-key --home --help --version' -- "$cur")) ;;
        verify) COMPREPLY=($(compgen -W '--home --help --version' -- "$cur")) ;;
        list) COMPREPLY=($(compgen -W '--json --home --help --version' -- "$cur")) ;;
        export) COMPREPLY=($(compgen -W '--format --home --help --version' -- "$cur")) ;;
        key) COMPREPLY=($(compgen -W '--home --help --version' -- "$cur")) ;;
        account) COMPREPLY=($(compgen -W '--admin --off --password-file --home --help --version' -- "$cur")) ;;
        revoke) COMPREPLY=($(compgen -W '--home --help --version' -- "$cur")) ;;
        unlock) COMPREPLY=($(compgen -W '--home --help --version' -- "$cur")) ;;
        completion) COMPREPLY=($(compgen -W '--home --help --version' -- "$cur")) ;;
        help) COMPREPLY=($(compgen -W '--home --help --version' -- "$cur")) ;;
        '') COMPREPLY=($(compgen -W '--home --help --version' -- "$cur")) ;;
        esac
    else
        case $command:$operands in
        :0) COMPREPLY=($(compgen -W 'init issue serve verify list export key account revoke unlock completion help' -- "$cur")) ;;
        key:0) COMPREPLY=($(compgen -W 'add list remove' -- "$cur")) ;;
        account:0) COMPREPLY=($(compgen -W 'add list password mailed-code remove' -- "$cur")) ;;
        completion:0) COMPREPLY=($(compgen -W 'bash zsh fish' -- "$cur")) ;;
        help:0) COMPREPLY=($(compgen -W 'init issue serve verify list export key account revoke unlock completion help' -- "$cur")) ;;
        esac
    fi
}
complete -F _otptoken_issuer otptoken-issuer
